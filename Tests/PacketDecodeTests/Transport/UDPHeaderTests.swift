import PacketDecode
import Testing

@Suite struct UDPHeaderTests {
    @Test func golden_isDecoded() throws {
        let packet = decode(LoopbackFrames.udp)
        let header = try #require(packet.udp)
        #expect(header.sourcePort == 33200)
        #expect(header.destinationPort == 40999)
        #expect(header.length == 11)
        #expect(header.checksum == 0xfe1e)
        #expect(packet.transportOffset == 34)
        #expect(Array(LoopbackFrames.udp[packet.payload.indices]) == Array("hi\n".utf8))
        #expect(packet.segmentLength == 0)
        #expect(packet.stop == nil)
        #expect(encoded(header.encode) == Array(LoopbackFrames.udp[34..<42]))
        #expect(checksums(LoopbackFrames.udp) == ChecksumReport(network: .valid, transport: .partial))
    }

    @Test(arguments: 34..<42)
    func cut(length: Int) {
        let packet = decode(Array(LoopbackFrames.udp.prefix(length)), originalLength: 45)
        #expect(
            packet.stop
                == DecodeError(
                    .udp, at: 34,
                    .tooShort(needed: 8, available: UInt32(length - 34), limit: .snapshotLength)))
        #expect(packet.ports?.destination == (length < 38 ? nil : 40999))
        #expect(packet.udp == nil)
        if length >= 38 {
            #expect(checksums(Array(LoopbackFrames.udp.prefix(length)), originalLength: 45).transport == .unverifiable)
        }
    }

    @Test(arguments: 0..<8)
    func lengthTooSmall(length: UInt8) {
        var bytes = LoopbackFrames.udp
        bytes[39] = length
        let packet = decode(bytes)
        #expect(
            packet.stop == DecodeError(.udp, at: 34, .headerLengthTooSmall(octets: UInt16(length), minimum: 8)))
        #expect(packet.udp?.length == UInt16(length))
        #expect(packet.payload.count == 3)
    }

    @Test func lengthBeyondPacket() {
        var bytes = LoopbackFrames.udp
        bytes[39] = 12
        let packet = decode(bytes)
        #expect(
            packet.stop
                == DecodeError(.udp, at: 34, .lengthExceeds(stated: 12, available: 11, limit: .ipv4TotalLength)))
        #expect(packet.payload.count == 3)
        #expect(checksums(bytes).transport == .unverifiable)
    }

    /// What IP carries behind the datagram is neither its data nor under its checksum.
    @Test func lengthBelowPacket() {
        var builder = FrameBuilder(
            network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
            transport: .udp(UDPHeader(sourcePort: 1, destinationPort: 2)), payload: [1, 2, 3])
        let bytes = builder.encode()
        builder.network = .ipv4(
            IPv4Header(source: .loopback, destination: .loopback, protocol: .udp))
        builder.transport = .none
        builder.payload = Array(bytes[20...]) + [0xff, 0xff]
        let padded = builder.encode()
        let packet = decode(padded, as: .ipv4)
        #expect(packet.payload.count == 3)
        #expect(packet.payloadLength == 3)
        #expect(packet.stop == nil)
        #expect(checksums(padded, as: .ipv4).transport == .valid)
    }

    @Test func checksumZero() {
        var bytes = LoopbackFrames.udp
        bytes[40...41] = [0, 0]
        #expect(checksums(bytes).transport == .absent)
        var overIPv6 = LoopbackFrames.udpOverIPv6
        overIPv6[46...47] = [0, 0]
        #expect(checksums(overIPv6, as: .ipv6).transport == .invalid)
    }

    /// A sum that comes to 0 is sent as 0xFFFF (RFC 768).
    @Test func sumOfZeroIsSentAsOnes() throws {
        var builder = FrameBuilder(
            network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
            transport: .udp(UDPHeader(sourcePort: 1, destinationPort: 2)), payload: [0, 0])
        let checksum = try #require(decode(builder.encode(), as: .ipv4).udp?.checksum)
        builder.payload = [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
        let bytes = builder.encode()
        #expect(decode(bytes, as: .ipv4).udp?.checksum == 0xFFFF)
        #expect(checksums(bytes, as: .ipv4).transport == .valid)
    }
}
