package import PacketDecode
internal import Synchronization

/// What the streams of a bulk test share: which way octets go, how many may still, when to begin and when to stop.
///
/// It moves nothing itself: a thread or an event loop does for each stream, between `claim` and `streamEnded`.
package final class BulkTransfer: Sendable {
    package let isSender: Bool
    /// Octets of one call.
    package let blockLength: Int
    /// When a stream's blocks are due: each stream keeps a pace of its own.
    package let pace: SendPace
    /// Streams that there will be.
    package let expected: Int
    /// Whether the peer has stopped already when this is told to: a receiver then takes what has arrived.
    private let peerEndsFirst: Bool
    /// Octets that all streams move together; nil for no end but `end()`.
    private let limit: Int?
    /// Said when all streams have joined.
    package let areOpen: StopSignal
    /// Said when the streams may move octets, or are to give up.
    package let started: StopSignal
    /// Said when all streams have stopped.
    package let finished: StopSignal

    private let remaining: Atomic<Int>
    private let isEnded = Atomic(false)
    private let lastMoment = Atomic(Int64.max)
    private let state = Mutex(State())

    private struct State {
        var streams: [BulkStream] = []
        var ended = 0
        var failure: SocketError?
    }

    /// Nanoseconds for which a receiver takes what its peer had sent before the end.
    private static let drainLimit: Int64 = 2_000_000_000

    package init(
        isSender: Bool, _ parameters: Iperf3Parameters, limit: Int? = nil, peerEndsFirst: Bool = false
    ) throws(SocketError) {
        self.isSender = isSender
        self.peerEndsFirst = peerEndsFirst
        blockLength = parameters.blockLength
        pace = SendPace(
            rate: parameters.bitrate.map { Double(max(1, $0)) / Double(8 * parameters.blockLength) },
            burst: parameters.burst)
        expected = parameters.parallel
        self.limit = limit
        remaining = Atomic(limit ?? 0)
        areOpen = try StopSignal()
        started = try StopSignal()
        finished = try StopSignal()
    }

    // MARK: Streams

    package var streams: [BulkStream] { state.withLock { $0.streams } }

    /// Adds a stream, with the next number; nil where there are enough.
    package func join(_ descriptor: consuming SocketDescriptor, local: Endpoint, peer: Endpoint) -> BulkStream? {
        let count = state.withLock { $0.streams.count }
        guard count < expected, !isEnded.load(ordering: .acquiring) else { return nil }
        let stream = BulkStream(count + 1, descriptor, local: local, peer: peer)
        return state.withLock { state in
            // Another may have joined meanwhile; streams come one after the other from one client, so that one is turned away.
            guard state.streams.count == count else { return nil }
            state.streams.append(stream)
            if state.streams.count == expected { areOpen.stop() }
            return stream
        }
    }

    /// One stream moves no more; `failure` where that is against its will.
    package func streamEnded(failure: SocketError? = nil) {
        let isLast = state.withLock { state in
            state.ended += 1
            if !isEnded.load(ordering: .acquiring) { state.failure = state.failure ?? failure }
            return state.ended == state.streams.count || failure != nil
        }
        if isLast { finished.stop() }
    }

    /// Why a stream ended before the test did; nil where none has.
    package var failure: SocketError? { state.withLock { $0.failure } }

    // MARK: Octets

    /// How many octets, up to a block, the next call may move; zero where there is nothing more to do. What it moves less is
    /// given back.
    package func claim() -> Int {
        if isEnded.load(ordering: .relaxed) {
            guard drainsAtEnd else { return 0 }
            return MonotonicClock.nanoseconds < lastMoment.load(ordering: .relaxed) ? blockLength : 0
        }
        guard isLimited else { return blockLength }
        var left = remaining.load(ordering: .relaxed)
        while left > 0 {
            let claimed = min(left, blockLength)
            let (exchanged, now) = remaining.compareExchange(
                expected: left, desired: left - claimed, ordering: .relaxed)
            if exchanged { return claimed }
            left = now
        }
        return 0
    }

    /// Counts what a receiver has got on `stream`, as far as the transfer takes it; false where it takes no more.
    package func take(_ octets: Int, on stream: BulkStream) -> Bool {
        var left = octets
        while left > 0 {
            let claimed = claim()
            guard claimed > 0 else { return false }
            let count = min(claimed, left)
            stream.count(count)
            giveBack(claimed - count)
            left -= count
        }
        return !isExhausted
    }

    /// Returns what was claimed and not moved.
    package func giveBack(_ octets: Int) {
        if isLimited, octets > 0 { remaining.wrappingAdd(octets, ordering: .relaxed) }
    }

    private var isLimited: Bool { limit != nil }

    /// Whether a receiver takes what has arrived before it stops.
    package var drainsAtEnd: Bool { peerEndsFirst && !isSender }

    /// Whether all octets of a limited transfer were moved.
    package var isComplete: Bool {
        guard let limit else { return false }
        return streams.reduce(0) { $0 + $1.octets } >= limit
    }

    /// What a sender sends, over and over: the octets from 0 on.
    package var contentBlock: [UInt8] { (0..<blockLength).map { UInt8(truncatingIfNeeded: $0) } }

    /// Whether all octets of a limited transfer were claimed.
    package var isExhausted: Bool { isLimited && remaining.load(ordering: .relaxed) <= 0 }

    // MARK: The end

    /// Has the streams stop, and those that have not started give up.
    package func end() {
        lastMoment.store(MonotonicClock.nanoseconds + Self.drainLimit, ordering: .relaxed)
        isEnded.store(true, ordering: .releasing)
        started.stop()
        guard peerEndsFirst else { return }
        // Wakes who waits for a peer that takes no more, or that sends none.
        for stream in streams {
            if isSender { try? stream.descriptor.shutdownSending() } else { stream.descriptor.shutdownReceiving() }
        }
    }

    /// Whether a receiver has nothing more to wait for.
    package var isOver: Bool {
        hasEnded && (!drainsAtEnd || MonotonicClock.nanoseconds >= lastMoment.load(ordering: .relaxed))
    }

    package var hasEnded: Bool { isEnded.load(ordering: .acquiring) }
}
