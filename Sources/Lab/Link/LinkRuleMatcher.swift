internal import PacketDecode
internal import Timeline

/// Which of the rules takes a frame, in one direction of the link. It counts the frames that it is shown, and does no I/O.
struct LinkRuleMatcher {
    /// One direction of one connection.
    private struct Half: Hashable {
        let source: IPAddress
        let destination: IPAddress
        let sourcePort: UInt16
        let destinationPort: UInt16
    }

    /// The data that a half has sent: where its segments began, and which number each has.
    private struct SentData {
        var end: SequenceNumber
        var numbers: [SequenceNumber: Int] = [:]
    }

    /// A rule with what it has counted.
    private struct Counter {
        let rule: LinkRule
        /// The rule's place in the text, from 1.
        let place: Int
        /// Frames of the rule's kind in this direction.
        var count = 0
        var ofHalf: [Half: Int] = [:]
        /// How often a numbered frame was taken.
        var taken: [Int: Int] = [:]
    }

    private var counters: [Counter]
    private var sent: [Half: SentData] = [:]
    /// The number of the latest new data segment in this direction.
    private var dataCount = 0
    /// The largest number of a data segment that a rule asks for: those behind it need not be remembered.
    private let lastDataAsked: Int

    init(_ rules: LinkRules, source: HostName) {
        counters = rules.rules.enumerated().compactMap { index, rule in
            rule.source == nil || rule.source == source ? Counter(rule: rule, place: index + 1) : nil
        }
        lastDataAsked = counters.reduce(0) { last, counter in
            guard counter.rule.kind == .data, case .numbered(let ranges) = counter.rule.which else { return last }
            return ranges.reduce(last) { max($0, $1.upperBound) }
        }
    }

    /// Whether there is nothing to match.
    var isEmpty: Bool { counters.isEmpty }

    /// The first rule that takes the frame, and its place; nil where none does. Every rule counts the frame all the same.
    ///
    /// - Parameter elapsed: nanoseconds since the link's start.
    mutating func match(_ packet: DecodedPacket, elapsed: Int64) -> (action: LinkRule.Action, place: Int)? {
        let half = Self.half(packet)
        let data = numberData(packet, half)
        var found: (action: LinkRule.Action, place: Int)?
        for index in counters.indices {
            let rule = counters[index].rule
            guard Self.isOf(rule.kind, packet), elapsed >= rule.after,
                rule.duration.map({ elapsed - rule.after < $0 }) ?? true
            else { continue }
            counters[index].count += 1
            let isTaken: Bool
            switch rule.which {
            case .every(let step): isTaken = counters[index].count % step == 0
            case .first(let limit):
                guard let half else { continue }
                counters[index].ofHalf[half, default: 0] += 1
                isTaken = counters[index].ofHalf[half, default: 0] <= limit
            case .numbered(let ranges):
                guard let number = rule.kind == .data ? data : counters[index].count,
                    ranges.contains(where: { $0.contains(number) })
                else { continue }
                counters[index].taken[number, default: 0] += 1
                isTaken = counters[index].taken[number, default: 0] <= rule.times
            }
            if isTaken, found == nil { found = (rule.action, counters[index].place) }
        }
        return found
    }

    /// The number of a segment with data: one that is new has the next number of the direction, one that was sent before the
    /// number that it had; nil for what is neither, such as a part of a segment.
    private mutating func numberData(_ packet: DecodedPacket, _ half: Half?) -> Int? {
        guard lastDataAsked > 0, let tcp = packet.tcp, let half else { return nil }
        // Ports are used again, by a connection with numbers of its own.
        if tcp.flags.contains(.syn) { sent[half] = nil }
        guard packet.payloadLength > 0 else { return nil }
        let start = tcp.sequenceNumber
        let end = start.advanced(by: Int(packet.payloadLength))
        var data = sent[half] ?? SentData(end: start)
        defer { sent[half] = data }
        guard data.numbers.isEmpty || data.end.distance(to: end) > 0 else { return data.numbers[start] }
        data.end = end
        if let known = data.numbers[start] { return known }
        guard dataCount < lastDataAsked else { return nil }
        dataCount += 1
        data.numbers[start] = dataCount
        return dataCount
    }

    private static func half(_ packet: DecodedPacket) -> Half? {
        guard let addresses = packet.addresses else { return nil }
        let ports = packet.ports ?? (0, 0)
        return Half(
            source: addresses.source, destination: addresses.destination, sourcePort: ports.source,
            destinationPort: ports.destination)
    }

    private static func isOf(_ kind: LinkRule.Kind, _ packet: DecodedPacket) -> Bool {
        let flags = packet.tcp?.flags ?? []
        switch kind {
        case .syn: return flags.contains(.syn)
        case .fin: return flags.contains(.fin)
        case .rst: return flags.contains(.rst)
        case .ack: return flags.contains(.ack) && packet.segmentLength == 0 && !flags.contains(.rst)
        case .data: return packet.tcp != nil && packet.payloadLength > 0
        case .datagram: return packet.ipProtocol == .udp
        case .icmp: return packet.ipProtocol == .icmp || packet.ipProtocol == .icmpv6
        case .all: return true
        }
    }
}
