import PacketDecode
import Testing

@testable import Lab

private let hostA = MACAddress(rawValue: 0x0200_0000_0001)
private let hostB = MACAddress(rawValue: 0x0200_0000_0002)
private let endToA = MACAddress(rawValue: 0x0200_0000_0101)
private let endToB = MACAddress(rawValue: 0x0200_0000_0102)
private let addressA = IPv4Address(10, 7, 1, 2)
private let addressB = IPv4Address(10, 7, 2, 2)

private func port(_ subnet: UInt8, _ end: MACAddress, _ host: MACAddress) -> Router.Port {
    Router.Port(
        linkAddress: end, ipv4: IPv4Address(10, 7, subnet, 1),
        ipv6: IPv6Address(high: 0xFD07_0000_0000_0000 | UInt64(subnet), low: 1), host: host)
}

private let router = Router(
    ingress: port(1, endToA, hostA), egress: port(2, endToB, hostB), maximumTransmissionUnit: 1280)

private func decoded(_ frame: [UInt8]) -> DecodedPacket { PacketDecoder(linkType: .ethernet).decode(frame.span) }

private func link(to destination: MACAddress = endToA) -> FrameBuilder.Link {
    .ethernet(EthernetHeader(destination: destination, source: hostA, typeOrLength: 0))
}

private func datagram(octets: Int, dontFragment: Bool = false, timeToLive: UInt8 = 64) -> [UInt8] {
    FrameBuilder(
        link: link(),
        network: .ipv4(
            IPv4Header(
                source: addressA, destination: addressB, timeToLive: timeToLive, identification: 7,
                flagsAndFragmentOffset: dontFragment ? 0x4000 : 0)),
        transport: .udp(UDPHeader(sourcePort: 1, destinationPort: 2)),
        payload: (0..<octets).map { UInt8(truncatingIfNeeded: $0) }
    ).encode()
}

struct RouterTests {
    @Test func takesAHopAndKeepsTheRest() throws {
        let frame = datagram(octets: 100)
        #expect(router.admit(decoded(frame), frame.span) == .passed)
        let forwarded = router.forward(decoded(frame), frame)
        try #require(forwarded.count == 1)
        let crossed = forwarded[0]
        let packet = decoded(crossed)
        guard case .ipv4(let header) = packet.network, case .ethernet(let ethernet) = packet.link else {
            Issue.record("no IPv4 in Ethernet")
            return
        }
        #expect(header.timeToLive == 63 && header.source == addressA && header.destination == addressB)
        #expect(ethernet.source == endToB && ethernet.destination == hostB)
        let checksums = PacketDecoder.verifyChecksums(of: packet, crossed.span)
        #expect(checksums.network == .valid && checksums.transport == .valid)
    }

    @Test func answersADatagramThatMayNotBeFragmented() throws {
        let frame = datagram(octets: 1400, dontFragment: true)
        guard case .tooBig(let answer?) = router.admit(decoded(frame), frame.span) else {
            Issue.record("no answer")
            return
        }
        let packet = decoded(answer)
        #expect(packet.addresses?.source == .v4(IPv4Address(10, 7, 1, 1)))
        #expect(packet.addresses?.destination == .v4(addressA))
        guard case .icmp(let message) = packet.transport else {
            Issue.record("no ICMP")
            return
        }
        #expect(message.type == 3 && message.code == 4 && message.restOfHeader == 1280)
        let inner = PacketDecoder.decodeQuoted(in: packet, answer.span)
        let quoted = try #require(inner)
        #expect(quoted.addresses?.source == .v4(addressA) && quoted.ports?.destination == 2)
        #expect(answer.count <= 14 + 576)
    }

    @Test func fragmentsOneThatMay() throws {
        let frame = datagram(octets: 3000)
        #expect(router.admit(decoded(frame), frame.span) == .passed)
        let fragments = router.forward(decoded(frame), frame)
        #expect(fragments.count == 3)
        var data: [UInt8] = []
        for (index, fragment) in fragments.enumerated() {
            #expect(fragment.count <= 14 + 1280)
            guard case .ipv4(let header) = decoded(fragment).network else { continue }
            #expect(header.fragmentOffset == data.count && header.identification == 7)
            #expect(header.moreFragments == (index < 2))
            data += fragment[34..<(14 + Int(header.totalLength))]
        }
        #expect(data == Array(frame[34...]))
    }

    @Test func answersOneWhoseHopsAreUsedUp() {
        let frame = datagram(octets: 10, timeToLive: 1)
        guard case .expired(let answer?) = router.admit(decoded(frame), frame.span) else {
            Issue.record("no answer")
            return
        }
        guard case .icmp(let message) = decoded(answer).transport else {
            Issue.record("no ICMP")
            return
        }
        #expect(message.type == 11 && message.code == 0)
    }

    @Test func tellsAnIPv6SenderTheMTU() {
        let frame = FrameBuilder(
            link: link(),
            network: .ipv6(
                IPv6Header(
                    source: IPv6Address(high: 0xFD07_0000_0000_0001, low: 2),
                    destination: IPv6Address(high: 0xFD07_0000_0000_0002, low: 2), hopLimit: 64)),
            transport: .udp(UDPHeader(sourcePort: 1, destinationPort: 2)),
            payload: [UInt8](repeating: 1, count: 1400)
        ).encode()
        guard case .tooBig(let answer?) = router.admit(decoded(frame), frame.span) else {
            Issue.record("no answer")
            return
        }
        guard case .icmpv6(let message) = decoded(answer).transport else {
            Issue.record("no ICMPv6")
            return
        }
        #expect(message.type == 2 && message.restOfHeader == 1280)
        #expect(answer.count == 14 + 1280)
    }

    @Test func leavesAloneWhatIsNotForIt() {
        let frame = FrameBuilder(link: link(to: hostB), network: .none, payload: [1, 2, 3]).encode()
        #expect(router.admit(decoded(frame), frame.span) == .ignored)
        let stub: [UInt8] = [1, 2]
        #expect(router.admit(decoded(stub), stub.span) == .ignored)
    }
}
