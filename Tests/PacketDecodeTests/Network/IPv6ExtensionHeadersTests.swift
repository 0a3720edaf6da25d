import PacketDecode
import Testing

@Suite struct IPv6ExtensionHeadersTests {
    private let source = IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)
    private let destination = IPv6Address(high: 0x2001_0db8_0000_0000, low: 2)
    private let udp = FrameBuilder.Transport.udp(UDPHeader(sourcePort: 1000, destinationPort: 2000))
    /// Router alert and two octets of padding.
    private let hopByHop = FrameBuilder.ExtensionHeader(kind: .hopByHopOptions, octets: [0, 0, 5, 2, 0, 0, 1, 0])
    private let destinationOptions = FrameBuilder.ExtensionHeader(
        kind: .destinationOptions, octets: [0, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    private let fragment = IPv6FragmentHeader(
        nextHeader: .udp, fragmentOffset: 0, moreFragments: false, identification: 0x0102_0304)

    private func routing(type: UInt8, segmentsLeft: UInt8) -> FrameBuilder.ExtensionHeader {
        var octets: [UInt8] = [0, 2, type, segmentsLeft, 0, 0, 0, 0]
        octets += [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]
        return FrameBuilder.ExtensionHeader(kind: .routing, octets: octets)
    }

    private func frame(
        _ headers: [FrameBuilder.ExtensionHeader], _ transport: FrameBuilder.Transport? = nil,
        payload: [UInt8] = [1, 2, 3]
    ) -> [UInt8] {
        FrameBuilder(
            network: .ipv6(IPv6Header(source: source, destination: destination), extensionHeaders: headers),
            transport: transport ?? udp, payload: payload
        ).encode()
    }

    private func chain(_ packet: DecodedPacket) throws -> IPv6ExtensionHeaders {
        guard case .ipv6(let header) = packet.network else { throw NoHeader() }
        return header.extensionHeaders
    }
    private struct NoHeader: Error {}

    @Test func everyKindIsWalked() throws {
        let authentication = FrameBuilder.ExtensionHeader(
            kind: .authenticationHeader, octets: [0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9])
        let bytes = frame([
            hopByHop, routing(type: 0, segmentsLeft: 0), .fragment(fragment), authentication, destinationOptions,
        ])
        let packet = decode(bytes, as: .ipv6)
        #expect(packet.stop == nil)
        #expect(packet.udp?.destinationPort == 2000)
        #expect(packet.ipProtocol == .udp)
        let chain = try chain(packet)
        #expect(chain.count == 5)
        #expect(chain.upperLayer == .udp)
        #expect(chain.range == ByteRange(from: 40, to: 40 + 8 + 24 + 8 + 16 + 16))
        #expect(chain.fragment?.identification == 0x0102_0304)
        #expect(!packet.isFragment)
        guard case .ipv6(let header) = packet.network else { return }
        var walk = IPv6ExtensionHeaderWalk(header)
        var kinds: [IPProtocol] = []
        var end = 40
        while let next = walk.next(in: bytes.span) {
            #expect(next.range.start == end)
            end = next.range.end
            kinds.append(next.kind)
        }
        #expect(kinds == [.hopByHopOptions, .routing, .fragment, .authenticationHeader, .destinationOptions])
        #expect(end == Int(packet.transportOffset))
        #expect(checksums(bytes, as: .ipv6).transport == .valid)
    }

    @Test(arguments: 40..<80)
    func cut(length: Int) throws {
        let bytes = frame([hopByHop, routing(type: 0, segmentsLeft: 0), .fragment(fragment)])
        let packet = decode(Array(bytes.prefix(length)), as: .ipv6, originalLength: bytes.count)
        let (start, size): (Int, UInt32) =
            switch length {
            case ..<48: (40, 8)
            case ..<72: (48, length < 56 ? 8 : 24)
            default: (72, 8)
            }
        #expect(
            packet.stop
                == DecodeError(
                    .ipv6Extension, at: start,
                    .tooShort(needed: size, available: UInt32(length - start), limit: .snapshotLength)))
        #expect(try chain(packet).range.end == start)
        #expect(packet.payload == ByteRange(from: start, to: length))
    }

    @Test func laterFragmentHasNoTransport() throws {
        let later = IPv6FragmentHeader(
            nextHeader: .udp, fragmentOffset: 1448, moreFragments: true, identification: 7)
        let packet = decode(frame([.fragment(later)]), as: .ipv6)
        #expect(packet.isFragment)
        #expect(packet.transport == .none)
        #expect(packet.ipProtocol == .udp)
        #expect(packet.payload.count == 11)
        #expect(try chain(packet).fragment == later)
        #expect(encoded(later.encode) == [17, 0, 0x05, 0xa9, 0, 0, 0, 7])
    }

    @Test func firstFragmentIsUnverifiable() {
        let first = IPv6FragmentHeader(nextHeader: .udp, fragmentOffset: 0, moreFragments: true, identification: 7)
        let bytes = frame([.fragment(first)])
        #expect(decode(bytes, as: .ipv6).udp?.sourcePort == 1000)
        #expect(checksums(bytes, as: .ipv6).transport == .unverifiable)
    }

    @Test(arguments: [0, 2, 4] as [UInt8])
    func routingHeaderTellsTheFinalDestination(type: UInt8) throws {
        let bytes = frame([routing(type: type, segmentsLeft: 1)])
        let packet = decode(bytes, as: .ipv6)
        #expect(try chain(packet).finalDestination == ByteRange(from: 48, to: 64))
        guard case .ipv6(let header) = packet.network else { return }
        #expect(header.finalDestination(in: bytes.span) == IPv6Address(high: 0x2001_0db8_0000_0000, low: 9))
        #expect(checksums(bytes, as: .ipv6).transport == .valid)
        let done = frame([routing(type: type, segmentsLeft: 0)])
        #expect(try chain(decode(done, as: .ipv6)).finalDestination.isEmpty)
        #expect(checksums(done, as: .ipv6).transport == .valid)
    }

    @Test func jumbogram() {
        // A jumbo payload option of 100,000 octets.
        let jumbo = FrameBuilder.ExtensionHeader(
            kind: .hopByHopOptions, octets: [0, 0, 0xc2, 4, 0x00, 0x01, 0x86, 0xa0])
        let bytes = frame([jumbo], payload: [UInt8](repeating: 0xaa, count: 100_000 - 16))
        let packet = decode(bytes, as: .ipv6)
        #expect(packet.stop == nil)
        #expect(packet.udp?.length == 0)
        #expect(packet.payloadLength == 99_984)
        #expect(checksums(bytes, as: .ipv6).transport == .valid)
        let padded = decode(bytes + [0, 0], as: .ipv6)
        #expect(padded.payloadLength == 99_984)
        let short = decode(Array(bytes.dropLast()), as: .ipv6)
        #expect(
            short.stop
                == DecodeError(.ipv6, at: 0, .lengthExceeds(stated: 100_000, available: 99_999, limit: .frame)))
    }

    @Test func hopByHopWithoutLengthNeedsTheJumboOption() {
        var bytes = frame([hopByHop])
        bytes[4...5] = [0, 0]
        #expect(
            decode(bytes, as: .ipv6).stop
                == DecodeError(.ipv6, at: 0, .tooShort(needed: 8, available: 0, limit: .ipv6PayloadLength)))
    }

    @Test func malformedOptionIsNoted() {
        var bad = hopByHop
        bad.octets[3] = 9
        let packet = decode(frame([bad]), as: .ipv6)
        #expect(packet.stop == DecodeError(.ipv6Extension, at: 42, .malformedOption(kind: 5)))
        #expect(packet.udp?.sourcePort == 1000)
    }

    @Test func optionsAreTyped() {
        let bytes = frame([hopByHop, destinationOptions])
        guard case .ipv6(let header) = decode(bytes, as: .ipv6).network else {
            Issue.record("no header")
            return
        }
        var walk = IPv6ExtensionHeaderWalk(header)
        var options: [IPv6Option] = []
        while let next = walk.next(in: bytes.span) {
            var inner = IPv6OptionWalk(next)
            while let (option, _) = inner.next(in: bytes.span) { options.append(option) }
        }
        #expect(
            options == [
                .routerAlert(0), .padN(data: ByteRange(from: 48, to: 48)), .padN(data: ByteRange(from: 52, to: 64)),
            ])
    }

    @Test func longChainsEndWithTheirOctets() throws {
        let bytes = frame([FrameBuilder.ExtensionHeader](repeating: hopByHop, count: 1000))
        let packet = decode(bytes, as: .ipv6)
        #expect(try chain(packet).count == 1000)
        #expect(packet.udp?.sourcePort == 1000)
    }
}
