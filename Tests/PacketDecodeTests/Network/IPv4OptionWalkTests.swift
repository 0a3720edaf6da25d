import PacketDecode
import Testing

@Suite struct IPv4OptionWalkTests {
    private func walk(_ bytes: [UInt8]) -> [IPv4Option] {
        var walk = IPv4OptionWalk(range: ByteRange(from: 0, to: bytes.count))
        var options: [IPv4Option] = []
        while let (option, _) = walk.next(in: bytes.span) { options.append(option) }
        return options
    }

    @Test func everyTypedOption() {
        #expect(
            walk([
                1,
                7, 7, 4, 0, 0, 0, 0,
                131, 7, 8, 1, 2, 3, 4,
                137, 3, 4,
                68, 8, 9, 0x31, 0, 0, 0, 0,
                148, 4, 0, 0,
                0,
                9, 9,
            ]) == [
                .noOperation,
                .recordRoute(pointer: 4, addresses: ByteRange(from: 4, to: 8)),
                .looseSourceRoute(pointer: 8, addresses: ByteRange(from: 11, to: 15)),
                .strictSourceRoute(pointer: 4, addresses: ByteRange(from: 18, to: 18)),
                .timestamp(pointer: 9, overflow: 3, flag: 1, entries: ByteRange(from: 22, to: 26)),
                .routerAlert(0),
                .endOfList,
            ])
    }

    @Test func othersAreKeptRaw() {
        #expect(
            walk([136, 4, 1, 2, 148, 3, 9, 7, 2]) == [
                .unknown(.streamIdentifier, data: ByteRange(from: 2, to: 4)),
                .unknown(.routerAlert, data: ByteRange(from: 6, to: 7)),
                .unknown(.recordRoute, data: ByteRange(from: 9, to: 9)),
            ])
    }

    @Test func malformedEndsTheWalk() {
        #expect(walk([1, 7]) == [.noOperation, .malformed(.recordRoute, length: nil)])
        #expect(walk([7, 0, 1, 1]) == [.malformed(.recordRoute, length: 0)])
        #expect(walk([7, 1, 1, 1]) == [.malformed(.recordRoute, length: 1)])
        #expect(walk([7, 5, 1, 1]) == [.malformed(.recordRoute, length: 5)])
    }

    @Test func malformedOptionIsNoted() {
        let bytes = FrameBuilder(
            network: .ipv4(
                IPv4Header(source: IPv4Address(1, 2, 3, 4), destination: IPv4Address(5, 6, 7, 8)),
                options: [1, 7, 9, 0]),
            transport: .udp(UDPHeader(sourcePort: 1, destinationPort: 2))
        ).encode()
        let packet = decode(bytes, as: .ipv4)
        #expect(packet.stop == DecodeError(.ipv4Options, at: 21, .malformedOption(kind: 7)))
        #expect(packet.udp?.destinationPort == 2)
    }

    /// A transport's checksum covers the last hop while the route goes on, and the header's destination once it is done.
    @Test(arguments: [(4, true), (8, true), (12, false)] as [(UInt8, Bool)])
    func sourceRouteTellsTheFinalDestination(pointer: UInt8, isUnderWay: Bool) {
        let bytes = FrameBuilder(
            network: .ipv4(
                IPv4Header(source: IPv4Address(192, 0, 2, 1), destination: IPv4Address(192, 0, 2, 254)),
                options: [131, 11, pointer, 10, 0, 0, 1, 10, 0, 0, 9]),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2)), payload: [1, 2, 3]
        ).encode()
        let packet = decode(bytes, as: .ipv4)
        guard case .ipv4(let header) = packet.network else {
            Issue.record("no header")
            return
        }
        let final = isUnderWay ? IPv4Address(10, 0, 0, 9) : IPv4Address(192, 0, 2, 254)
        #expect(header.finalDestination(in: bytes.span) == final)
        #expect(checksums(bytes, as: .ipv4) == ChecksumReport(network: .valid, transport: .valid))
    }
}
