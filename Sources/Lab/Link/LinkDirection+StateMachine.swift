internal import PacketDecode
internal import Timeline

/// One direction of the link: it takes frames in, decides their fates, and says when which is due. It does no I/O and has
/// no clock.
///
/// Invariant: `waiting` is a binary heap by departure, and by number where departures are equal.
struct LinkDirection {
    struct Departure {
        let time: Int64
        let number: UInt64
        let bytes: [UInt8]

        func isBefore(_ other: Departure) -> Bool {
            time != other.time ? time < other.time : number < other.number
        }
    }

    private let impairment: LinkImpairment
    private var generator: SeededGenerator
    private var waiting: [Departure] = []
    /// The departure of the latest frame that was not held for reordering: jitter keeps behind it.
    private var lastDeparture = Int64.min
    private(set) var frameCount: UInt64 = 0

    /// What is said of certain frames, which goes before what is drawn.
    private var rules: LinkRuleMatcher
    /// From which the rules' times count.
    private let start: Timestamp
    /// When the frame before has left, at the link's rate.
    private var isBusyUntil = Int64.min
    private var isInBurst = false

    init(
        _ impairment: LinkImpairment, seed: UInt64, rules: LinkRules = LinkRules(), source: HostName = .a,
        start: Timestamp = Timestamp(nanosecondsSinceEpoch: 0)
    ) {
        self.impairment = impairment
        self.start = start
        self.rules = LinkRuleMatcher(rules, source: source)
        generator = SeededGenerator(seed: seed)
    }

    /// What was drawn for a frame: the same numbers for each, whatever it is, so that a frame's fate does not depend on those
    /// of others.
    private struct Draws {
        let isLost: Bool
        let jitter: Int64
        let isReordered: Bool
        let isDoubled: Bool
        let isLostInBurst: Bool
        let isCorrupted: Bool
        let corruptedBit: Int64
    }

    private mutating func draw() -> Draws {
        let isLost = generator.happens(impairment.loss)
        let jitter = generator.below(impairment.jitter)
        let isReordered = generator.happens(impairment.reorder)
        let isDoubled = generator.happens(impairment.duplicate)
        // Gilbert 1960 and Elliott 1963: a chain of two states, each with its own chance of loss.
        let burst = impairment.burstLoss
        let changes = generator.happens(isInBurst ? burst.leave : burst.enter)
        if changes { isInBurst.toggle() }
        let isLostInBurst = generator.happens(isInBurst ? burst.loss : 0)
        let isCorrupted = generator.happens(impairment.corrupt)
        let corruptedBit = Int64(generator.next() >> 1)
        return Draws(
            isLost: isLost, jitter: jitter, isReordered: isReordered, isDoubled: isDoubled,
            isLostInBurst: isLostInBurst, isCorrupted: isCorrupted, corruptedBit: corruptedBit)
    }

    /// Takes a frame in and decides its fate; `packet` is `bytes` decoded.
    ///
    /// - Parameter refusal: why the frame cannot cross whatever is drawn; nil where it can.
    mutating func take(
        _ packet: DecodedPacket, _ bytes: Span<UInt8>, at arrival: Timestamp, refusal: FrameFate.DropCause? = nil
    ) -> FrameFate {
        frameCount += 1
        let number = frameCount
        let draws = draw()
        let kind = FrameKind(packet)
        func fate(_ verdict: FrameFate.Verdict) -> FrameFate {
            FrameFate(number: number, kind: kind, arrival: arrival, verdict: verdict)
        }
        if let refusal { return fate(.dropped(refusal)) }
        let isExempt = kind == .neighborDiscovery
        let rule = isExempt || rules.isEmpty ? nil : rules.match(packet, elapsed: start.distance(to: arrival))
        if case (.drop, let place)? = rule { return fate(.dropped(.rule(place))) }
        let isSpared = isExempt || impairment.sparesEmptySegments && kind == .emptySegment
        if draws.isLost, !isSpared { return fate(.dropped(.loss)) }
        if draws.isLostInBurst, !isSpared { return fate(.dropped(.burst)) }
        guard let queued = queue(bytes.count, at: arrival, isExempt: isExempt) else {
            return fate(.dropped(.queueFull))
        }

        var held = bytes.indices.map { bytes[$0] }
        let isCorrupted = !isExempt && (rule?.action == .corrupt || draws.isCorrupted)
        if isCorrupted { corrupt(&held, packet, draws.corruptedBit) }
        var time = queued + impairment.delay + draws.jitter
        var hold: Int64?
        if case (.hold(let longer), _)? = rule {
            hold = longer
        } else if draws.isReordered, !isExempt {
            hold = impairment.reorderDelay
        }
        if let hold {
            // In the order of their coming among frames that are held alike; those that are not held overtake them.
            time = max(time, lastDeparture) + hold
            push(Departure(time: time, number: number, bytes: held))
            // That it was changed matters more than that it is late: the receiver drops it.
            let moment = Timestamp(nanosecondsSinceEpoch: time)
            return fate(isCorrupted ? .corrupted(at: moment) : .overtaken(at: moment))
        }
        time = max(time, lastDeparture)
        lastDeparture = time
        push(Departure(time: time, number: number, bytes: held))
        let first = Timestamp(nanosecondsSinceEpoch: time)
        if isCorrupted { return fate(.corrupted(at: first)) }
        guard rule?.action == .duplicate || draws.isDoubled && !isExempt else {
            return fate(.delivered(first: first, second: nil))
        }
        push(Departure(time: time, number: number, bytes: held))
        return fate(.delivered(first: first, second: first))
    }

    /// When a frame of so many octets has left the queue before the link's rate; nil where the queue has no room for it.
    private mutating func queue(_ octets: Int, at arrival: Timestamp, isExempt: Bool) -> Int64? {
        let now = arrival.nanosecondsSinceEpoch
        guard impairment.rate > 0, !isExempt else { return now }
        let begin = max(now, isBusyUntil)
        let waiting = Double(begin - now) * Double(impairment.rate) / 8e9
        guard waiting + Double(octets) <= Double(impairment.queueLimit) else { return nil }
        isBusyUntil = begin + Int64(Double(octets) * 8e9 / Double(impairment.rate))
        return isBusyUntil
    }

    /// Turns one bit behind the network header, so that the transport's checksum no longer holds: of the data, or of a TCP
    /// segment without data its checksum. So the frame still belongs to its connection, and shows what was sent.
    private func corrupt(_ frame: inout [UInt8], _ packet: DecodedPacket, _ drawn: Int64) {
        let first = Int(max(packet.transportOffset, packet.networkOffset))
        guard first > 0, first < frame.count else { return }
        var octets = first..<frame.count
        if packet.payload.count > 0 {
            octets = Int(packet.payload.lowerBound)..<frame.count
        } else if packet.tcp != nil, first + Self.checksumOctets.upperBound <= frame.count {
            octets = first + Self.checksumOctets.lowerBound..<first + Self.checksumOctets.upperBound
        }
        let bit = Int(drawn % max(1, Int64(octets.count) * 8))
        frame[octets.lowerBound + bit / 8] ^= 1 << UInt8(bit % 8)
    }

    /// The checksum's place in a TCP header (RFC 9293 §3.1).
    private static let checksumOctets = 16..<18

    /// When the next frame is due; nil where none waits.
    var nextDue: Timestamp? { waiting.first.map { Timestamp(nanosecondsSinceEpoch: $0.time) } }

    /// The next frame that is due at `now`, which leaves the link with that; nil where none is.
    mutating func release(now: Timestamp) -> Departure? {
        guard let first = waiting.first, first.time <= now.nanosecondsSinceEpoch else { return nil }
        return pop()
    }

    // MARK: Heap

    private mutating func push(_ departure: Departure) {
        waiting.append(departure)
        var child = waiting.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard waiting[child].isBefore(waiting[parent]) else { return }
            waiting.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> Departure {
        waiting.swapAt(0, waiting.count - 1)
        let first = waiting.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < waiting.count {
                if waiting[child].isBefore(waiting[least]) { least = child }
            }
            guard least != parent else { return first }
            waiting.swapAt(parent, least)
            parent = least
        }
    }
}
