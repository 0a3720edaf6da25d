import PacketDecode
import Testing

@Suite struct TCPHeaderTests {
    @Test func golden_isDecoded() throws {
        let packet = decode(LoopbackFrames.syn)
        let header = try #require(packet.tcp)
        #expect(header.sourcePort == 52006)
        #expect(header.destinationPort == 40999)
        #expect(header.sequenceNumber.rawValue == 2_825_866_018)
        #expect(header.acknowledgmentNumber.rawValue == 0)
        #expect(header.headerLength == 40)
        #expect(header.reservedBits == 0)
        #expect(header.flags == .syn)
        #expect(header.window == 65495)
        #expect(header.checksum == 0xfe30)
        #expect(header.urgentPointer == 0)
        #expect(header.options.range == ByteRange(from: 54, to: 74))
        #expect(header.options.maximumSegmentSize == 65495)
        #expect(header.options.isSACKPermitted)
        #expect(header.options.timestamps == TCPTimestamps(value: 2_817_516_386, echoReply: 0))
        #expect(header.options.windowScale == 10)
        #expect(header.options.sackBlocks.isEmpty)
        #expect(packet.transportOffset == 34)
        #expect(packet.payload == ByteRange(from: 74, to: 74))
        #expect(packet.segmentLength == 1)
        #expect(packet.stop == nil)
        #expect(encoded(header.encode) == Array(LoopbackFrames.syn[34..<54]))
    }

    @Test func kernelsChecksums() {
        #expect(checksums(LoopbackFrames.syn) == ChecksumReport(network: .valid, transport: .partial))
        #expect(checksums(LoopbackFrames.rst) == ChecksumReport(network: .valid, transport: .valid))
    }

    @Test func everyBitOfItsFields() throws {
        var bytes = LoopbackFrames.rst
        bytes[46...47] = [0x5f, 0xff]
        bytes[52...53] = [0xab, 0xcd]
        let header = try #require(decode(bytes).tcp)
        #expect(header.reservedBits == 7)
        #expect(header.flags == [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr, .ae])
        #expect(header.urgentPointer == 0xabcd)
        #expect(decode(bytes).segmentLength == 2)
        #expect(encoded(header.encode) == Array(bytes[34..<54]))
        #expect(checksums(bytes).transport == .invalid)
    }

    @Test(arguments: 0...74)
    func cutBySnapshot(length: Int) {
        let packet = decode(Array(LoopbackFrames.syn.prefix(length)), originalLength: 74)
        let available = UInt32(length)
        func stop(
            _ layer: DecodeError.Layer, at offset: Int, needed: UInt32
        ) -> DecodeError {
            DecodeError(
                layer, at: offset,
                .tooShort(needed: needed, available: available - UInt32(offset), limit: .snapshotLength))
        }
        switch length {
        case ..<14: #expect(packet.stop == stop(.ethernet, at: 0, needed: 14))
        case ..<34: #expect(packet.stop == stop(.ipv4, at: 14, needed: 20))
        case ..<54:
            #expect(packet.stop == stop(.tcp, at: 34, needed: 20))
            #expect(packet.tcp == nil)
            #expect(packet.ports?.source == (length < 38 ? nil : 52006))
            if case .prefix(let prefix) = packet.transport {
                #expect(prefix.sequenceNumber?.rawValue == (length < 42 ? nil : 2_825_866_018))
            }
        case ..<74:
            #expect(packet.stop == stop(.tcpOptions, at: 34, needed: 40))
            #expect(packet.tcp?.window == 65495)
            #expect(packet.tcp?.options.range == ByteRange(from: 54, to: length))
            #expect(packet.payload == ByteRange(from: length, to: length))
            #expect(packet.payloadLength == 0)
            #expect(packet.segmentLength == 1)
        default: #expect(packet.stop == nil)
        }
        #expect(packet.stop?.isCutBySnapshot == (length < 74 ? true : nil))
    }

    /// The frame ended there on the wire: it is malformed, and the first length that does not hold is IPv4's.
    @Test(arguments: 34..<74)
    func cutOnTheWire(length: Int) {
        let packet = decode(Array(LoopbackFrames.syn.prefix(length)))
        #expect(
            packet.stop
                == DecodeError(
                    .ipv4, at: 14,
                    .lengthExceeds(stated: 60, available: UInt32(length - 14), limit: .frame)))
        #expect(packet.stop?.isCutBySnapshot == false)
        #expect((packet.tcp != nil) == (length >= 54))
    }

    @Test(arguments: 0..<5)
    func dataOffsetTooSmall(words: UInt8) {
        var bytes = LoopbackFrames.syn
        bytes[46] = words << 4
        let packet = decode(bytes)
        #expect(
            packet.stop
                == DecodeError(.tcp, at: 34, .headerLengthTooSmall(octets: UInt16(words) * 4, minimum: 20)))
        #expect(packet.tcp?.flags == .syn)
        #expect(packet.payload == ByteRange(from: 54, to: 74))
    }

    @Test func dataOffsetBeyondSegment() {
        var bytes = LoopbackFrames.syn
        bytes[46] = 0xf0
        let packet = decode(bytes)
        #expect(
            packet.stop
                == DecodeError(.tcpOptions, at: 34, .tooShort(needed: 60, available: 40, limit: .ipv4TotalLength)))
        #expect(packet.tcp?.options.maximumSegmentSize == 65495)
        #expect(packet.payloadLength == 0)
    }

    @Test func cutPayload() {
        let bytes = FrameBuilder(
            network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2)), payload: [UInt8](repeating: 3, count: 100)
        ).encode()
        let packet = decode(Array(bytes.prefix(60)), as: .ipv4, originalLength: 140)
        #expect(packet.payload.count == 20)
        #expect(packet.payloadLength == 100)
        #expect(packet.stop == nil)
        #expect(checksums(Array(bytes.prefix(60)), as: .ipv4, originalLength: 140).transport == .unverifiable)
    }

    @Test func aPartialChecksumIsToldInACutFrame() {
        let bytes = FrameBuilder(
            network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2)), payload: [UInt8](repeating: 3, count: 100),
            checksums: .partial
        ).encode()
        #expect(checksums(Array(bytes.prefix(60)), as: .ipv4, originalLength: 140).transport == .partial)
        let syn = Array(LoopbackFrames.syn.prefix(60))
        #expect(checksums(syn, originalLength: 74).transport == .partial)
    }

    @Test func fixedHeaderAloneIsEnough() throws {
        let packet = decode(LoopbackFrames.rst)
        let header = try #require(packet.tcp)
        #expect(header.flags == [.rst, .ack])
        #expect(header.options.range.isEmpty)
        #expect(packet.segmentLength == 0)
        #expect(header.acknowledgmentNumber.rawValue == 2_825_866_019)
    }
}
