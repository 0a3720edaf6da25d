import PacketDecode
import Testing

@Suite struct ICMPHeaderTests {
    /// An echo request of 8 octets of data, as Linux's ping sends it, without a link header.
    private let echo = FrameBuilder(
        network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
        transport: .icmp(ICMPHeader(type: 8, restOfHeader: 0x1234_0001)), payload: [1, 2, 3, 4, 5, 6, 7, 8]
    ).encode()

    @Test func echoRequest() {
        let packet = decode(echo, as: .ipv4)
        guard case .icmp(let header) = packet.transport else {
            Issue.record("no header")
            return
        }
        #expect(ICMPType(rawValue: header.type) == .echoRequest)
        #expect(header.identifier == 0x1234)
        #expect(header.sequenceNumber == 1)
        #expect(header.quoted.isEmpty)
        #expect(packet.payload == ByteRange(from: 28, to: 36))
        #expect(checksums(echo, as: .ipv4) == ChecksumReport(network: .valid, transport: .valid))
        #expect(encoded(header.encode) == Array(echo[20..<28]))
        #expect(decodeQuoted(echo, as: .ipv4) == nil)
    }

    @Test(arguments: 20..<28)
    func cut(length: Int) {
        let packet = decode(Array(echo.prefix(length)), as: .ipv4, originalLength: 36)
        #expect(
            packet.stop
                == DecodeError(
                    .icmp, at: 20,
                    .tooShort(needed: 8, available: UInt32(length - 20), limit: .snapshotLength)))
        #expect(packet.transport == .none)
        #expect(packet.transportOffset == 20)
    }

    @Test func kernelsErrorsHaveValidChecksums() {
        #expect(checksums(LoopbackFrames.portUnreachable) == ChecksumReport(network: .valid, transport: .valid))
        #expect(
            checksums(LoopbackFrames.portUnreachableOverIPv6, as: .ipv6)
                == ChecksumReport(network: nil, transport: .valid))
    }

    @Test func aChangedOctetIsInvalid() {
        for offset in LoopbackFrames.portUnreachable.indices.dropFirst(34) where offset != 39 {
            var bytes = LoopbackFrames.portUnreachable
            bytes[offset] ^= 0x10
            #expect(checksums(bytes).transport == .invalid, "octet \(offset)")
        }
    }

    @Test func eachVersionHasItsOwnProtocol() {
        let ipv4 = FrameBuilder(
            network: .ipv4(IPv4Header(source: .loopback, destination: .loopback, protocol: .icmpv6)),
            payload: [UInt8](repeating: 0, count: 8)
        ).encode()
        #expect(decode(ipv4, as: .ipv4).transport == .none)
        let ipv6 = FrameBuilder(
            network: .ipv6(IPv6Header(source: .loopback, destination: .loopback, nextHeader: .icmp)),
            payload: [UInt8](repeating: 0, count: 8)
        ).encode()
        #expect(decode(ipv6, as: .ipv6).transport == .none)
        #expect(decode(ipv6, as: .ipv6).ipProtocol == .icmp)
    }
}
