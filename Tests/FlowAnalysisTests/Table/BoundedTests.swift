import PacketDecode
import TestSupport
import Testing

@testable import FlowAnalysis

/// What an adversary may send stays inside the bounds that the table states.
@Suite struct BoundedTests {
    private static func segment(
        _ client: UInt32, _ port: UInt16, _ flags: TCPFlags, _ sequence: UInt32, data: Int, _ number: UInt64
    ) -> (packet: DecodedPacket, info: FrameInfo) {
        let frame = FrameBuilder(
            network: .ipv4(
                IPv4Header(source: IPv4Address(rawValue: client), destination: IPv4Address(10, 0, 0, 2))),
            transport: .tcp(
                TCPHeader(
                    sourcePort: port, destinationPort: 80, sequenceNumber: SequenceNumber(rawValue: sequence),
                    flags: flags)), payload: [UInt8](repeating: 0, count: data)
        ).encode()
        return (
            PacketDecoder(linkType: .raw).decode(frame.span),
            FrameInfo(
                number: number, timestamp: Timestamp(nanosecondsSinceEpoch: Int64(number) * 1_000),
                capturedLength: frame.count, originalLength: frame.count)
        )
    }

    /// SYNs from more hosts than there is room for: the idlest go, the counts say so, and no detail is taken.
    @Test func aFloodOfSYNs() {
        var table = FlowTable(limit: 10_000, hasMeasures: true)
        let flood = 40_000
        for number in 1...UInt64(flood) {
            let (packet, info) = Self.segment(UInt32(number), 4_000, .syn, 7, data: 0, number)
            let observation = table.observe(packet, info)
            if observation?.isFirst != true { Issue.record("SYN \(number) is of a known flow") }
        }
        #expect(table.flowCount == 10_000)
        #expect(table.slots.count == 10_000)
        #expect(table.meter.records.count == 10_000)
        #expect(table.evicted.flows == 30_000)
        #expect(table.totals.packets == 40_000)
        #expect(table.meter.details.count == 0)
        #expect(table.memory.intervals.takenCount == 0)
    }

    /// Each SYN of a flood comes again, so that each flow wants a detail: there are as many as there may be, and the
    /// retransmissions are counted all the same.
    @Test func aFloodThatWantsDetails() throws {
        var generator = SeededGenerator(seed: 1)
        var table = FlowTable(
            limit: 1_000, hasMeasures: true, sendingCapacity: 64, intervalCapacity: 64, detailCapacity: 100,
            using: &generator)
        var number: UInt64 = 0
        for client in UInt32(1)...1_000 {
            for _ in 0..<2 {
                number += 1
                let (packet, info) = Self.segment(client, 4_000, .syn, 7, data: 0, number)
                _ = table.observe(packet, info)
            }
        }
        #expect(table.meter.details.count == 100)
        #expect(table.refusedDetailCount == 900)
        #expect(table.totals.retransmittedSegments == 1_000)
        let last = table.summary(at: 999)
        guard case .tcp(let measures) = try #require(last).measures else {
            Issue.record("not TCP")
            return
        }
        #expect(measures.initiatorToResponder.retransmittedSegments == 1)
        #expect(measures.initiatorToResponder.labels.isEmpty)
        // Flows that go give their details to those that come.
        for client in UInt32(1_001)...2_000 {
            for _ in 0..<2 {
                number += 1
                let (packet, info) = Self.segment(client, 4_000, .syn, 7, data: 0, number)
                _ = table.observe(packet, info)
            }
        }
        #expect(table.meter.details.count == 100)
        #expect(table.totals.retransmittedSegments == 2_000)
    }

    /// Segments of one octet, each second one missing: many connections with more holes than one may keep. What is held
    /// stays at each connection's bound and at the pool's.
    @Test func holesUpToThePoolsBound() {
        var generator = SeededGenerator(seed: 1)
        var table = FlowTable(
            limit: 100, hasMeasures: true, sendingCapacity: 64, intervalCapacity: 1_000, using: &generator)
        var number: UInt64 = 0
        for client in UInt32(1)...8 {
            for octet in UInt32(0)..<1_000 {
                number += 1
                let (packet, info) = Self.segment(client, 4_000, .ack, 1 + octet * 2, data: 1, number)
                _ = table.observe(packet, info)
            }
            #expect(table.slots[Int(client) - 1].connection.initiator.seen.lowerCount <= SeenOctets.lowerCapacity)
        }
        #expect(table.memory.intervals.takenCount <= 1_000)
        #expect(table.flowCount == 8)
        #expect(table.totals.octets == 8_000)
    }

    /// Holes without end in one set: the count of intervals never passes its bound, and each that was closed is counted.
    @Test func holesWithoutEnd() {
        var pool = IntervalPool(capacity: 1 << 18)
        var seen = SeenOctets(from: 0)
        let holes: Int64 = 100_000
        for index in 0..<holes { seen.insert(index * 2, index * 2 + 1, in: &pool) }
        #expect(Int(seen.lowerCount) == SeenOctets.lowerCapacity)
        #expect(pool.takenCount == SeenOctets.lowerCapacity)
        #expect(Int64(pool.closedHoleCount) == holes - 1 - Int64(SeenOctets.lowerCapacity))
    }

    /// A stream of one-octet segments from its end to its start, and in random order.
    @Test(arguments: [true, false])
    func oneOctetOutOfOrder(isReversed: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        var order = Array(UInt32(0)..<3_000)
        if isReversed { order.reverse() } else { order.shuffle(using: &generator) }
        var table = FlowTable(
            limit: 10, hasMeasures: true, sendingCapacity: 64, intervalCapacity: 1_000, using: &generator)
        for (index, octet) in order.enumerated() {
            let (packet, info) = Self.segment(1, 4_000, .ack, 1_000 + octet, data: 1, UInt64(index + 1))
            _ = table.observe(packet, info)
        }
        #expect(table.slots[0].connection.initiator.seen.lowerCount <= SeenOctets.lowerCapacity)
        #expect(table.memory.intervals.takenCount <= SeenOctets.lowerCapacity)
        #expect(table.totals.packets == 3_000)
        #expect(table.totals.octets == 3_000)
    }
}
