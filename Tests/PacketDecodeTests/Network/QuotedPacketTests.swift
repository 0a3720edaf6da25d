import PacketDecode
import Testing

/// The packets that ICMP errors quote.
@Suite struct QuotedPacketTests {
    private let ipv4 = FrameBuilder.Network.ipv4(
        IPv4Header(source: IPv4Address(192, 0, 2, 1), destination: IPv4Address(192, 0, 2, 2)))
    private let ipv6 = FrameBuilder.Network.ipv6(
        IPv6Header(
            source: IPv6Address(high: 0x2001_0db8_0000_0000, low: 1),
            destination: IPv6Address(high: 0x2001_0db8_0000_0000, low: 2)))

    private func segment(_ network: FrameBuilder.Network, length: Int) -> [UInt8] {
        FrameBuilder(
            network: network,
            transport: .tcp(
                TCPHeader(
                    sourcePort: 1234, destinationPort: 80, sequenceNumber: SequenceNumber(rawValue: 99),
                    flags: [.ack]),
                options: TCPOption.encoded([.timestamps(TCPTimestamps(value: 1, echoReply: 2))])),
            payload: [UInt8](repeating: 7, count: length)
        ).encode()
    }

    private func error(
        type: UInt8, restOfHeader: UInt32 = 0, quoting packet: [UInt8]
    ) -> [UInt8] {
        FrameBuilder(
            network: ipv4, transport: .icmp(ICMPHeader(type: type, restOfHeader: restOfHeader)), payload: packet
        ).encode()
    }

    private func errorOverIPv6(
        type: UInt8, restOfHeader: UInt32 = 0, quoting packet: [UInt8]
    ) -> [UInt8] {
        FrameBuilder(
            network: ipv6, transport: .icmpv6(ICMPHeader(type: type, restOfHeader: restOfHeader)), payload: packet
        ).encode()
    }

    @Test func whatLinuxQuotes() throws {
        let quoted = try #require(decodeQuoted(LoopbackFrames.portUnreachable))
        #expect(quoted.ports?.source == 33200)
        #expect(quoted.ports?.destination == 40999)
        #expect(quoted.networkOffset == 42)
        #expect(quoted.payload == ByteRange(from: 70, to: 73))
        #expect(quoted.stop == nil)
        let overIPv6 = try #require(decodeQuoted(LoopbackFrames.portUnreachableOverIPv6, as: .ipv6))
        #expect(overIPv6.ports?.source == 41496)
        #expect(overIPv6.stop == nil)
        let frame = LoopbackFrames.portUnreachable
        let report = PacketDecoder.verifyChecksums(of: quoted, frame.span)
        #expect(report == ChecksumReport(network: .valid, transport: .partial))
    }

    /// RFC 792 asks for the header and eight octets, no more.
    @Test(arguments: [3, 4, 5, 11, 12] as [UInt8])
    func eightOctetsArePrefix(type: UInt8) throws {
        let bytes = error(type: type, quoting: Array(segment(ipv4, length: 100).prefix(28)))
        let quoted = try #require(decodeQuoted(bytes, as: .ipv4))
        guard case .prefix(let prefix) = quoted.transport else {
            Issue.record("no prefix")
            return
        }
        #expect(prefix.protocol == .tcp)
        #expect(prefix.sourcePort == 1234)
        #expect(prefix.destinationPort == 80)
        #expect(prefix.sequenceNumber == SequenceNumber(rawValue: 99))
        #expect(
            quoted.stop == DecodeError(.tcp, at: 48, .tooShort(needed: 20, available: 8, limit: .quotation)))
        #expect(decode(bytes, as: .ipv4).stop == nil)
    }

    @Test func everyLengthOfQuotation() throws {
        let packet = segment(ipv4, length: 100)
        for length in 1...packet.count {
            let quoted = try #require(decodeQuoted(error(type: 3, quoting: Array(packet.prefix(length))), as: .ipv4))
            let available = UInt32(length)
            switch length {
            case ..<20:
                #expect(
                    quoted.stop
                        == DecodeError(.ipv4, at: 28, .tooShort(needed: 20, available: available, limit: .quotation)))
            case ..<40:
                #expect(
                    quoted.stop
                        == DecodeError(
                            .tcp, at: 48, .tooShort(needed: 20, available: available - 20, limit: .quotation)))
                let ports = quoted.ports?.source
                #expect(ports == (length < 24 ? nil : 1234))
            case ..<52:
                #expect(
                    quoted.stop
                        == DecodeError(
                            .tcpOptions, at: 48, .tooShort(needed: 32, available: available - 20, limit: .quotation)))
                #expect(quoted.payloadLength == 100)
            default:
                #expect(quoted.stop == nil)
                #expect(quoted.payload.count == length - 52)
                #expect(quoted.payloadLength == 100)
            }
        }
    }

    @Test func packetTooBig() throws {
        let bytes = errorOverIPv6(type: 2, restOfHeader: 1280, quoting: Array(segment(ipv6, length: 1400).prefix(1232)))
        let quoted = try #require(decodeQuoted(bytes, as: .ipv6))
        #expect(quoted.tcp?.destinationPort == 80)
        #expect(quoted.payloadLength == 1400)
        #expect(quoted.payload.count == 1232 - 72)
        #expect(quoted.stop == nil)
    }

    @Test func errorThatQuotesAnEcho() throws {
        let echo = FrameBuilder(
            network: ipv4, transport: .icmp(ICMPHeader(type: 8, restOfHeader: 0x0007_0001)), payload: [1, 2]
        ).encode()
        let bytes = error(type: 11, quoting: echo)
        let quoted = try #require(decodeQuoted(bytes, as: .ipv4))
        guard case .icmp(let header) = quoted.transport else {
            Issue.record("no ICMP header")
            return
        }
        #expect(header.identifier == 7)
        #expect(PacketDecoder.decodeQuoted(in: quoted, bytes.span) == nil)
    }

    @Test func errorThatQuotesAnError() throws {
        let inner = error(type: 3, quoting: segment(ipv4, length: 0))
        let bytes = error(type: 11, quoting: inner)
        let quoted = try #require(decodeQuoted(bytes, as: .ipv4))
        let innermost = PacketDecoder.decodeQuoted(in: quoted, bytes.span)
        #expect(innermost?.tcp?.sourcePort == 1234)
    }

    /// RFC 4884: 128 octets of the packet, then an extension structure. The length is in 32-bit words.
    @Test(arguments: [3, 11, 12] as [UInt8])
    func lengthAttribute(type: UInt8) throws {
        let packet = Array(segment(ipv4, length: 300).prefix(128))
        let extensions: [UInt8] = [0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0, 0, 1]
        let bytes = error(type: type, restOfHeader: 32 << 16, quoting: packet + extensions)
        guard case .icmp(let header) = decode(bytes, as: .ipv4).transport else {
            Issue.record("no ICMP header")
            return
        }
        #expect(header.quoted == ByteRange(from: 28, to: 156))
        let quoted = try #require(decodeQuoted(bytes, as: .ipv4))
        #expect(quoted.payload.end == 156)
    }

    /// RFC 4884 §4.1 (IPv6): in 64-bit words.
    @Test(arguments: [1, 3] as [UInt8])
    func lengthAttributeOverIPv6(type: UInt8) {
        let packet = Array(segment(ipv6, length: 300).prefix(128))
        let bytes = errorOverIPv6(type: type, restOfHeader: 16 << 24, quoting: packet + [0x20, 0, 0, 0])
        guard case .icmpv6(let header) = decode(bytes, as: .ipv6).transport else {
            Issue.record("no ICMPv6 header")
            return
        }
        #expect(header.quoted == ByteRange(from: 48, to: 176))
    }

    @Test func lengthAttributeBeyondTheMessage() {
        let bytes = error(type: 3, restOfHeader: 255 << 16, quoting: segment(ipv4, length: 0))
        guard case .icmp(let header) = decode(bytes, as: .ipv4).transport else {
            Issue.record("no ICMP header")
            return
        }
        #expect(header.quoted.end == bytes.count)
    }

    @Test func onlyErrorsQuote() {
        for type in UInt8.min...UInt8.max {
            let quotes = decodeQuoted(error(type: type, quoting: segment(ipv4, length: 0)), as: .ipv4) != nil
            #expect(quotes == [3, 4, 5, 11, 12].contains(type))
            let quotesOverIPv6 =
                decodeQuoted(errorOverIPv6(type: type, quoting: segment(ipv6, length: 0)), as: .ipv6) != nil
            #expect(quotesOverIPv6 == (1...4).contains(type))
        }
        #expect(decodeQuoted(error(type: 3, quoting: []), as: .ipv4) == nil)
        #expect(decodeQuoted(LoopbackFrames.syn) == nil)
    }
}
