import PacketDecode
import TestSupport
import Testing

@testable import FlowAnalysis

/// Packets that were prepared, and measured many at once: the table is the same as after one by one.
@Suite struct PreparedPacketTests {
    /// Frames of connections that do all that a rule looks for: in order mostly, and in disorder often enough.
    private struct Traffic {
        struct End {
            var next: UInt32 = 1_000
            var last: (start: UInt32, length: Int) = (1_000, 0)
            var clock: UInt32 = 1
            var identification: UInt16 = 1
            var window: UInt16 = 500
        }

        struct Flow {
            var client = End()
            var server = End()
            var sent = 0
        }

        var generator: SeededGenerator
        var flows: [Flow]
        var number: UInt64 = 0
        var time: Int64 = 1_000_000_000

        init(seed: UInt64, flows: Int) {
            generator = SeededGenerator(seed: seed)
            self.flows = Array(repeating: Flow(), count: flows)
        }

        private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

        mutating func next() -> (bytes: [UInt8], info: FrameInfo) {
            let index = Int.random(in: flows.indices, using: &generator)
            let isFromClient = chance(50)
            let frame = index % 5 == 0 ? datagram(index, isFromClient) : segment(index, isFromClient)
            number += 1
            time += Int64.random(in: 0...3_000_000, using: &generator)
            if chance(1) { time += 300_000_000 }
            let bytes = frame.encode()
            return (
                bytes,
                FrameInfo(
                    number: number, timestamp: Timestamp(nanosecondsSinceEpoch: time), capturedLength: bytes.count,
                    originalLength: bytes.count)
            )
        }

        private func network(_ index: Int, _ isFromClient: Bool, _ identification: UInt16) -> FrameBuilder.Network {
            let addresses: (UInt32, UInt32) = (UInt32(index + 1), 0x0A00_0001)
            let (from, to) = isFromClient ? addresses : (addresses.1, addresses.0)
            if index % 3 == 1 {
                return .ipv6(
                    IPv6Header(
                        source: IPv6Address(high: 7, low: UInt64(from)),
                        destination: IPv6Address(high: 7, low: UInt64(to))))
            }
            return .ipv4(
                IPv4Header(
                    source: IPv4Address(rawValue: from), destination: IPv4Address(rawValue: to),
                    identification: identification))
        }

        private mutating func datagram(_ index: Int, _ isFromClient: Bool) -> FrameBuilder {
            let count = Int.random(in: 0...40, using: &generator)
            return FrameBuilder(
                network: network(index, isFromClient, 0),
                transport: .udp(
                    UDPHeader(sourcePort: isFromClient ? 9 : 53, destinationPort: isFromClient ? 53 : 9)),
                payload: [UInt8](repeating: 1, count: count))
        }

        private mutating func segment(_ index: Int, _ isFromClient: Bool) -> FrameBuilder {
            var flow = flows[index]
            var from = isFromClient ? flow.client : flow.server
            let to = isFromClient ? flow.server : flow.client
            var flags: TCPFlags = [.ack]
            var length = 0
            var start = from.next
            var acknowledged = to.next
            var options: [TCPOption] = []
            if chance(2) {
                flags = isFromClient ? .syn : [.syn, .ack]
                options = [.maximumSegmentSize(1_460), .sackPermitted, .noOperation, .windowScale(2)]
                if chance(50) { start = from.next &+ 100_000 }
            } else if chance(1) {
                flags.insert(chance(50) ? .fin : .rst)
            } else if chance(60) {
                length = Int.random(in: 1...30, using: &generator)
                if chance(50) { flags.insert(.psh) }
                if chance(10) { (start, length) = from.last }
                if chance(5) { start = start &+ 10 }
                if chance(2) { length = 1 }
            } else {
                if chance(5) { start = start &- 1 }
                if chance(15) { acknowledged = acknowledged &- 20 }
                if chance(3) { acknowledged = acknowledged &+ 50 }
                if chance(5) {
                    let edge = SequenceNumber(rawValue: acknowledged)
                    var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: edge, rightEdge: edge))
                    let left = edge.advanced(by: chance(50) ? 10 : -20)
                    blocks.append(SACKBlock(leftEdge: left, rightEdge: left.advanced(by: 10)))
                    options = [.noOperation, .noOperation, .sack(blocks)]
                }
            }
            if chance(3) { from.window = chance(30) ? 0 : UInt16.random(in: 1...600, using: &generator) }
            if chance(2) { flags.insert(chance(50) ? .ece : .cwr) }
            from.last = (start, length)
            from.next = start &+ UInt32(length) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
            from.clock &+= chance(50) ? 1 : 0
            if !chance(3) { from.identification &+= 1 }
            if index % 2 == 0 {
                options =
                    [.noOperation, .noOperation, .timestamps(TCPTimestamps(value: from.clock, echoReply: to.clock))]
                    + options
            }
            let header = TCPHeader(
                sourcePort: isFromClient ? 4_000 : 80, destinationPort: isFromClient ? 80 : 4_000,
                sequenceNumber: SequenceNumber(rawValue: start),
                acknowledgmentNumber: SequenceNumber(rawValue: acknowledged), flags: flags, window: from.window)
            let identification = index % 4 == 2 ? 0 : from.identification
            if isFromClient { flow.client = from } else { flow.server = from }
            flows[index] = flow
            return FrameBuilder(
                network: network(index, isFromClient, identification),
                transport: .tcp(header, options: TCPOption.encoded(options)),
                payload: [UInt8](repeating: 2, count: length))
        }
    }

    private static func table(limit: Int, _ seed: UInt64) -> FlowTable {
        var generator = SeededGenerator(seed: seed)
        return FlowTable(
            limit: limit, hasMeasures: true, sendingCapacity: 256, intervalCapacity: 512, detailCapacity: 64,
            using: &generator)
    }

    /// Whatever comes: each flow's state and measures are the same to the last bit.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6], [8, 60])
    func manyAtOnceAsOneByOne(seed: UInt64, limit: Int) {
        var traffic = Traffic(seed: seed, flows: 40)
        var one = Self.table(limit: limit, seed)
        var many = Self.table(limit: limit, seed)
        let decoder = PacketDecoder(linkType: .raw)
        let prepare = many.preparation
        var ordinary = 0
        for _ in 0..<60 {
            var octets: [UInt8] = []
            var packets: [PreparedPacket] = []
            for _ in 0..<traffic.generator.next() % 200 {
                let (bytes, info) = traffic.next()
                let packet = decoder.decode(bytes.span, originalLength: info.originalLength)
                one.measure(packet, info, bytes.span)
                var plain = PlainPacket()
                let isPlain = decoder.readPlain(bytes.span, originalLength: info.originalLength, into: &plain)
                let prepared =
                    isPlain ? prepare(plain, info, offset: octets.count) : prepare(packet, info, offset: octets.count)
                if isPlain {
                    // The short way says what the long one does.
                    #expect("\(prepared)" == "\(prepare(packet, info, offset: octets.count))")
                }
                if prepared.kind == .segment { ordinary += 1 }
                packets.append(prepared)
                octets += bytes
            }
            many.measure(packets.span, in: octets.span, decoder: decoder)
        }
        #expect(ordinary > 1_000)
        #expect(one.totals == many.totals)
        #expect(one.evicted == many.evicted)
        #expect(one.numberedFlowCount == many.numberedFlowCount)
        #expect(one.refusedDetailCount == many.refusedDetailCount)
        for index in 0..<one.flowCount {
            #expect("\(one.slots[index])" == "\(many.slots[index])", "seed \(seed), flow \(index)")
            #expect(one.summary(at: index) == many.summary(at: index), "seed \(seed), flow \(index)")
            #expect(many.outline(at: index)?.roundTripTime == Self.slowerMedian(many.summary(at: index)))
        }
    }

    private static func slowerMedian(_ summary: FlowSummary?) -> Int64? {
        summary.flatMap { FlowOutline($0).roundTripTime }
    }

    /// The flow that makes room is the one that was used longest ago, whatever the order of use.
    @Test(arguments: [UInt64(1), 2, 3])
    func theIdlestMakesRoom(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let limit = Int.random(in: 1...40, using: &generator)
        var table = FlowTable(limit: limit)
        var order: [UInt16] = []
        for number in UInt64(1)...2_000 {
            let port = UInt16.random(in: 1...60, using: &generator)
            let frame = FrameBuilder(
                network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
                transport: .udp(UDPHeader(sourcePort: port, destinationPort: 1_000))
            ).encode()
            let info = FrameInfo(
                number: number, timestamp: Timestamp(nanosecondsSinceEpoch: Int64(number)),
                capturedLength: frame.count, originalLength: frame.count)
            let isFirst = table.observe(PacketDecoder(linkType: .raw).decode(frame.span), info)?.isFirst
            let known = order.firstIndex(of: port)
            #expect((known == nil) == isFirst, "seed \(seed), packet \(number)")
            if let known { order.remove(at: known) } else if order.count == limit { order.removeFirst() }
            order.append(port)
        }
    }
}
