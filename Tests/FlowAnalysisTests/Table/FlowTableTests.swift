import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

@Suite struct FlowTableTests {
    @Test func numbersAndDirections() throws {
        let conversation = Conversation()
        let first = try conversation.send(.client, .syn, 0)
        #expect((first.flow, first.direction, first.isFirst) == (1, .fromInitiator, true))
        #expect(first.protocol == .tcp)
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect((answer.flow, answer.direction, answer.isFirst) == (1, .fromResponder, false))
        conversation.clientPort += 1
        #expect(try conversation.send(.client, .syn, 0).flow == 2)
        // The same ports over UDP are another flow.
        let datagram = try conversation.sendDatagram(.client)
        #expect((datagram.flow, datagram.direction, datagram.isFirst) == (3, .fromInitiator, true))
        #expect(datagram.tcp == nil)
        #expect(datagram.protocol == .udp)
        let reply = try conversation.sendDatagram(.server)
        #expect((reply.flow, reply.direction, reply.isFirst) == (3, .fromResponder, false))
        #expect(conversation.table.flowCount == 3)
        #expect(conversation.table.numberedFlowCount == 3)
    }

    @Test(arguments: [false, true])
    func bothFamilies(isIPv6: Bool) throws {
        let conversation = Conversation()
        conversation.isIPv6 = isIPv6
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 10)
        let again = try conversation.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(again.retransmission?.evidence?.frame == 4)
        let answer = try conversation.send(.server, [], 1, ack: 11)
        #expect((answer.flow, answer.direction) == (1, .fromResponder))
        #expect(conversation.table.numberedFlowCount == 1)
    }

    /// An IPv4 address and the IPv6 address with the same low bits are two hosts.
    @Test func familiesStayApart() throws {
        let conversation = Conversation()
        let four = FrameBuilder(
            network: .ipv4(IPv4Header(source: IPv4Address(0, 0, 0, 1), destination: IPv4Address(0, 0, 0, 2))),
            transport: .udp(UDPHeader(sourcePort: 5, destinationPort: 6)))
        let six = FrameBuilder(
            network: .ipv6(
                IPv6Header(source: IPv6Address(high: 0, low: 1), destination: IPv6Address(high: 0, low: 2))),
            transport: .udp(UDPHeader(sourcePort: 5, destinationPort: 6)))
        #expect(conversation.show(frame: four.encode())?.flow == 1)
        #expect(conversation.show(frame: six.encode())?.flow == 2)
        #expect(conversation.show(frame: four.encode())?.flow == 1)
    }

    @Test func portsTellDirectionsApartOnOneAddress() throws {
        let conversation = Conversation()
        let address = IPv4Address.loopback
        let there = FrameBuilder(
            network: .ipv4(IPv4Header(source: address, destination: address)),
            transport: .udp(UDPHeader(sourcePort: 9_000, destinationPort: 80)))
        let back = FrameBuilder(
            network: .ipv4(IPv4Header(source: address, destination: address)),
            transport: .udp(UDPHeader(sourcePort: 80, destinationPort: 9_000)))
        #expect(conversation.show(frame: there.encode())?.direction == .fromInitiator)
        let answer = try #require(conversation.show(frame: back.encode()))
        #expect((answer.flow, answer.direction) == (1, .fromResponder))
    }

    @Test func aSYNACKTellsTheInitiator() throws {
        let conversation = Conversation()
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect((answer.direction, answer.isFirst) == (.fromResponder, true))
        let acknowledgment = try conversation.send(.client, [], 1, ack: 1)
        #expect(acknowledgment.direction == .fromInitiator)
        #expect(acknowledgment.tcp?.relativeSequenceNumber == 1)
        // The SYN was captured late: the same connection.
        #expect(try conversation.send(.client, .syn, 0).flow == 1)
    }

    @Test func neitherTCPNorUDP() throws {
        let conversation = Conversation()
        #expect(conversation.show(.client, .icmp(ICMPHeader(type: 8)), payload: [1, 2, 3]) == nil)
        #expect(conversation.show(frame: []) == nil)
        // An ICMP error is no packet of the flow that it quotes.
        try conversation.shakeHands()
        let quoted = FrameBuilder(
            network: .ipv4(IPv4Header(source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2))),
            transport: .udp(UDPHeader(sourcePort: 40_000, destinationPort: 80)))
        #expect(conversation.show(.server, .icmp(ICMPHeader(type: 3, code: 3)), payload: quoted.encode()) == nil)
        #expect(conversation.table.numberedFlowCount == 1)
    }

    @Test func aHeaderThatIsCutIsNone() throws {
        let conversation = Conversation()
        let frame = FrameBuilder(
            network: .ipv4(IPv4Header(source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2))),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2, flags: .syn))
        ).encode()
        for kept in 0..<40 {
            #expect(conversation.show(frame: Array(frame.prefix(kept)), originalLength: 40) == nil)
        }
        #expect(conversation.show(frame: frame) != nil)
        // A data offset below five.
        var malformed = frame
        malformed[32] = 0x40
        #expect(conversation.show(frame: malformed) == nil)
    }

    @Test func theIdlestMakesRoom() throws {
        let conversation = Conversation(limit: 3)
        for port in UInt16(1)...3 {
            conversation.clientPort = port
            #expect(try conversation.sendDatagram(.client).flow == UInt64(port))
        }
        conversation.clientPort = 1
        #expect(try conversation.sendDatagram(.server).flow == 1)
        #expect(conversation.table.evictedFlowCount == 0)
        // The second flow was idle longest.
        conversation.clientPort = 4
        #expect(try conversation.sendDatagram(.client).flow == 4)
        #expect(conversation.table.evictedFlowCount == 1)
        #expect(conversation.table.flowCount == 3)
        conversation.clientPort = 1
        #expect(try conversation.sendDatagram(.client).flow == 1)
        conversation.clientPort = 3
        #expect(try conversation.sendDatagram(.client).flow == 3)
        conversation.clientPort = 2
        let back = try conversation.sendDatagram(.client)
        #expect((back.flow, back.isFirst) == (5, true))
        #expect(conversation.table.evictedFlowCount == 2)
        #expect(conversation.table.numberedFlowCount == 5)
    }

    /// Every port pair in turn against a plain list in order of use.
    @Test(arguments: [UInt64(1), 2, 3])
    func evictionAgreesWithAPlainModel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let conversation = Conversation(limit: 50)
        var model: [(port: UInt16, flow: UInt64)] = []
        var numbered: UInt64 = 0
        var evicted: UInt64 = 0
        for _ in 0..<4_000 {
            let port = UInt16.random(in: 1...90, using: &generator)
            conversation.clientPort = port
            let observation = try conversation.sendDatagram(Bool.random(using: &generator) ? .client : .server)
            if let index = model.firstIndex(where: { $0.port == port }) {
                #expect(observation.flow == model[index].flow, "seed \(seed)")
                model.append(model.remove(at: index))
            } else {
                numbered += 1
                #expect(observation.flow == numbered, "seed \(seed)")
                if model.count == 50 {
                    model.removeFirst()
                    evicted += 1
                }
                model.append((port, numbered))
            }
        }
        #expect(conversation.table.evictedFlowCount == evicted)
        #expect(evicted > 1_000)
    }

    @Test func anEvictedConnectionGivesItsHolesBack() throws {
        let conversation = Conversation(limit: 1)
        for port in UInt16(1)...20 {
            conversation.clientPort = port
            for index in 0..<50 {
                let segment = try conversation.send(.client, .psh, 1 + Int64(index) * 20, ack: 1, data: 10)
                #expect(segment.retransmission == nil)
            }
            #expect(try conversation.send(.client, .psh, 1, ack: 1, data: 1_000).retransmission?.repeatedCount == 500)
        }
        #expect(conversation.table.evictedFlowCount == 19)
    }
}
