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

    init(_ impairment: LinkImpairment, seed: UInt64) {
        self.impairment = impairment
        generator = SeededGenerator(seed: seed)
    }

    /// Takes a frame in and decides its fate. The same numbers are drawn for each frame, whatever it is.
    mutating func take(_ bytes: Span<UInt8>, at arrival: Timestamp) -> FrameFate {
        frameCount += 1
        let number = frameCount
        let isLost = generator.happens(impairment.loss)
        let jitter = generator.below(impairment.jitter)
        let isReordered = generator.happens(impairment.reorder)
        let isDoubled = generator.happens(impairment.duplicate)
        let kind = FrameKind(bytes)
        func fate(_ verdict: FrameFate.Verdict) -> FrameFate {
            FrameFate(number: number, kind: kind, arrival: arrival, verdict: verdict)
        }
        if isLost, kind != .neighborDiscovery, !(impairment.sparesEmptySegments && kind == .emptySegment) {
            return fate(.dropped(.loss))
        }
        let held = bytes.indices.map { bytes[$0] }
        var time = arrival.nanosecondsSinceEpoch + impairment.delay + jitter
        if isReordered, kind != .neighborDiscovery {
            time = max(time, lastDeparture) + impairment.reorderDelay
            push(Departure(time: time, number: number, bytes: held))
            return fate(.overtaken(at: Timestamp(nanosecondsSinceEpoch: time)))
        }
        time = max(time, lastDeparture)
        lastDeparture = time
        push(Departure(time: time, number: number, bytes: held))
        let first = Timestamp(nanosecondsSinceEpoch: time)
        guard isDoubled else { return fate(.delivered(first: first, second: nil)) }
        push(Departure(time: time, number: number, bytes: held))
        return fate(.delivered(first: first, second: first))
    }

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
