import PacketDecode
import Testing

@Suite struct IPv4HeaderTests {
    /// The example of Wikipedia's "Internet checksum": a UDP datagram of 95 octets from 192.168.0.1 to 192.168.0.199.
    private let golden: [UInt8] =
        [
            0x45,  // version, header length
            0x00,  // differentiated services
            0x00, 0x73,  // total length: 115
            0x00, 0x00,  // identification
            0x40, 0x00,  // flags: DF
            0x40,  // time to live
            0x11,  // protocol: UDP
            0xb8, 0x61,  // header checksum
            0xc0, 0xa8, 0x00, 0x01,  // source
            0xc0, 0xa8, 0x00, 0xc7,  // destination
        ] + [UInt8](repeating: 0x55, count: 95)

    private func header(of packet: DecodedPacket) throws -> IPv4Header {
        guard case .ipv4(let header) = packet.network else { throw NoHeader() }
        return header
    }
    private struct NoHeader: Error {}

    @Test func golden_isDecoded() throws {
        let packet = decode(golden, as: .ipv4)
        let header = try header(of: packet)
        #expect(header.headerLength == 20)
        #expect(header.totalLength == 115)
        #expect(header.dontFragment)
        #expect(!header.moreFragments)
        #expect(!header.isReservedFlagSet)
        #expect(!header.isFragment)
        #expect(header.timeToLive == 64)
        #expect(header.protocol == .udp)
        #expect(header.headerChecksum == 0xb861)
        #expect(header.source.description == "192.168.0.1")
        #expect(header.destination.description == "192.168.0.199")
        #expect(header.options.isEmpty)
        #expect(packet.ipProtocol == .udp)
        #expect(packet.transportOffset == 20)
        #expect(checksums(golden, as: .ipv4).network == .valid)
        #expect(encoded(header.encode) == Array(golden.prefix(20)))
    }

    @Test func everyBitOfItsFields() throws {
        var bytes = golden
        bytes[1] = 0xb9  // DSCP 46, ECN 1
        bytes[4...5] = [0xab, 0xcd]
        bytes[6...7] = [0xbf, 0xff]
        let packet = decode(bytes, as: .ipv4)
        let header = try header(of: packet)
        #expect(header.differentiatedServicesCodePoint == 46)
        #expect(header.explicitCongestionNotification == .capable1)
        #expect(header.identification == 0xabcd)
        #expect(header.isReservedFlagSet)
        #expect(!header.dontFragment)
        #expect(header.moreFragments)
        #expect(header.fragmentOffset == 65528)
        #expect(header.isFragment)
        #expect(packet.isFragment)
        #expect(packet.transport == .none)
        #expect(packet.payload.count == 95)
        #expect(encoded(header.encode) == Array(bytes.prefix(20)))
        #expect(checksums(bytes, as: .ipv4).network == .invalid)
    }

    @Test(arguments: 0..<20)
    func cut(length: Int) {
        let bytes = Array(golden.prefix(length))
        #expect(
            decode(bytes, as: .ipv4, originalLength: 115).stop
                == DecodeError(
                    .ipv4, at: 0, .tooShort(needed: 20, available: UInt32(length), limit: .snapshotLength)))
        #expect(
            decode(bytes, as: .ipv4).stop
                == DecodeError(.ipv4, at: 0, .tooShort(needed: 20, available: UInt32(length), limit: .frame)))
        #expect(decode(bytes, as: .ipv4).network == .none)
    }

    @Test(arguments: 0..<5)
    func headerLengthTooSmall(words: UInt8) {
        var bytes = golden
        bytes[0] = 0x40 | words
        let packet = decode(bytes, as: .ipv4)
        #expect(
            packet.stop
                == DecodeError(
                    .ipv4, at: 0, .headerLengthTooSmall(octets: UInt16(words) * 4, minimum: 20)))
        #expect(packet.network == .none)
    }

    @Test(arguments: [1, 19] as [UInt8])
    func totalLengthBelowHeader(length: UInt8) throws {
        var bytes = golden
        bytes[3] = length
        let packet = decode(bytes, as: .ipv4)
        #expect(
            packet.stop
                == DecodeError(
                    .ipv4, at: 0, .tooShort(needed: 20, available: UInt32(length), limit: .ipv4TotalLength)))
        #expect(try header(of: packet).totalLength == UInt16(length))
        #expect(packet.payload.isEmpty)
        #expect(packet.payloadLength == 0)
    }

    @Test func totalLengthBeyondFrame() throws {
        var bytes = golden
        bytes[2...3] = [0x01, 0x00]
        let packet = decode(bytes, as: .ipv4)
        #expect(
            packet.stop
                == DecodeError(.ipv4, at: 0, .lengthExceeds(stated: 256, available: 115, limit: .frame)))
        #expect(packet.udp?.sourcePort == 0x5555)
        #expect(checksums(bytes, as: .ipv4).transport == .unverifiable)
    }

    @Test func totalLengthBelowFrameLeavesPaddingOut() {
        let bytes = LoopbackFrames.rst + [0, 0, 0, 0, 0, 0]
        let packet = decode(bytes)
        #expect(packet.payload == ByteRange(from: 54, to: 54))
        #expect(packet.payloadLength == 0)
        #expect(packet.stop == nil)
    }

    @Test func totalLengthZeroTakesTheFrame() throws {
        var bytes = LoopbackFrames.rst + [1, 2, 3]
        bytes[16...17] = [0, 0]
        let packet = decode(bytes, originalLength: 5000)
        #expect(try header(of: packet).totalLength == 0)
        #expect(packet.payload.count == 3)
        #expect(packet.payloadLength == 5000 - 54)
        #expect(packet.stop == nil)
    }

    @Test(arguments: 20..<32)
    func optionsCut(length: Int) throws {
        var bytes = golden
        bytes[0] = 0x48
        bytes[20..<32] = [7, 11, 4, 1, 2, 3, 4, 5, 6, 7, 8, 0]
        let packet = decode(Array(bytes.prefix(length)), as: .ipv4, originalLength: 115)
        #expect(
            packet.stop
                == DecodeError(
                    .ipv4Options, at: 0,
                    .tooShort(needed: 32, available: UInt32(length), limit: .snapshotLength)))
        #expect(try header(of: packet).options == ByteRange(from: 20, to: length))
        #expect(packet.payload == ByteRange(from: length, to: length))
        #expect(packet.payloadLength == 83)
        #expect(checksums(Array(bytes.prefix(length)), as: .ipv4, originalLength: 115).network == .unverifiable)
    }

    @Test func firstFragmentKeepsItsTransport() {
        var bytes = golden
        bytes[6...7] = [0x20, 0x00]
        bytes[24...25] = [0x02, 0x00]  // UDP length: of the whole datagram
        let packet = decode(bytes, as: .ipv4)
        #expect(packet.isFragment)
        #expect(packet.udp?.length == 512)
        #expect(packet.stop == nil)
        #expect(packet.payloadLength == 87)
        #expect(checksums(bytes, as: .ipv4).transport == .unverifiable)
    }

    @Test func authenticationHeaderIsPassed() {
        let header: [UInt8] = [
            0x11,  // next header: UDP
            0x04,  // length: 24 octets
            0x00, 0x00,  // reserved
            0x00, 0x00, 0x00, 0x01,  // security parameters index
            0x00, 0x00, 0x00, 0x02,  // sequence number
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,  // integrity check value
        ]
        let bytes = FrameBuilder(
            network: .ipv4(
                IPv4Header(
                    source: IPv4Address(192, 0, 2, 1), destination: IPv4Address(192, 0, 2, 2),
                    protocol: .authenticationHeader)), payload: header + LoopbackFrames.udp[34...]
        ).encode()
        let packet = decode(bytes, as: .ipv4)
        #expect(packet.authenticationHeader == ByteRange(from: 20, to: 44))
        #expect(packet.ipProtocol == .udp)
        #expect(packet.udp?.destinationPort == 40999)
        for length in 20..<44 {
            let cut = decode(Array(bytes.prefix(length)), as: .ipv4, originalLength: bytes.count)
            let needed: UInt32 = length < 32 ? 12 : 24
            #expect(
                cut.stop
                    == DecodeError(
                        .authenticationHeader, at: 20,
                        .tooShort(needed: needed, available: UInt32(length - 20), limit: .snapshotLength)))
        }
        var small = bytes
        small[21] = 0
        #expect(decode(small, as: .ipv4).stop?.reason == .headerLengthTooSmall(octets: 8, minimum: 12))
    }
}
