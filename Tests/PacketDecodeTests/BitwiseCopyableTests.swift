import PacketDecode
import Testing

/// What the compiler proves by accepting this file: decoding allocates nothing and counts no references.
@Suite struct BitwiseCopyableTests {
    private func isBitwiseCopyable<Value: BitwiseCopyable & Sendable>(_: Value.Type) -> Bool { true }

    @Test func packetsAndHeadersAre() {
        #expect(isBitwiseCopyable(DecodedPacket.self))
        #expect(isBitwiseCopyable(EthernetHeader.self))
        #expect(isBitwiseCopyable(LinuxSLLHeader.self))
        #expect(isBitwiseCopyable(ARPMessage.self))
        #expect(isBitwiseCopyable(IPv4Header.self))
        #expect(isBitwiseCopyable(IPv6Header.self))
        #expect(isBitwiseCopyable(TCPHeader.self))
        #expect(isBitwiseCopyable(TCPOption.self))
        #expect(isBitwiseCopyable(UDPHeader.self))
        #expect(isBitwiseCopyable(ICMPHeader.self))
        #expect(isBitwiseCopyable(DecodeError.self))
        #expect(isBitwiseCopyable(FrameInfo.self))
    }

    /// The value is copied where it is kept: its size is part of the decoder's speed.
    @Test func packetStaysSmall() {
        #expect(MemoryLayout<DecodedPacket>.size <= 280)
    }
}
