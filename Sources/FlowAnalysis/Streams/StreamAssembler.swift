/// Puts the octets of one side of a TCP connection in order.
///
/// A state machine without I/O: hand it each segment's data with its relative sequence number
/// (`SegmentObservation.relativeSequenceNumber`, plus one in a SYN), and what the other side acknowledges; it lends the
/// octets in order, and says what is missing or contradicts itself. A segment that comes in order is lent as it is: nothing
/// is copied or allocated, unless `historyLimit` asks for octets to be remembered.
///
/// The numbers are wider than TCP's 32 bits, so nothing wraps. A hole is waited for until it is known that it stays: the
/// other side acknowledged it while later octets are here, or what waits passes `limits`. A segment takes O(log n) steps
/// for n pieces that wait, or O(n) where it is not the last of them; n is bounded by `limits.pieces`.
public struct StreamAssembler: ~Copyable {
    /// What may wait for octets that are missing.
    public struct Limits: Sendable, Hashable {
        /// Octets of memory, about.
        public var octets = 1 << 20
        /// Runs of octets with holes between them.
        public var pieces = 4096

        public init() {}
    }

    /// What the stream came to so far, in octets.
    public struct Counts: Sendable, BitwiseCopyable, Hashable {
        /// Lent.
        public internal(set) var delivered: UInt64 = 0
        /// In gaps.
        public internal(set) var missing: UInt64 = 0
        /// That came again: as they were, as others, or unverified.
        public internal(set) var repeated: UInt64 = 0
        /// Of those, octets that differ from the earlier ones.
        public internal(set) var conflicting: UInt64 = 0
        /// Of those, octets whose earlier ones are not remembered, were not captured or given up as missing.
        public internal(set) var unverified: UInt64 = 0
    }

    public let policy: StreamOverlapPolicy
    public let limits: Limits
    public private(set) var counts = Counts()
    /// The next octet that is to be delivered.
    public private(set) var next: Int64
    /// Octets of memory that wait now, about.
    public var waitingMemory: Int { waiting.memory }

    /// Positions beyond are no stream's: arithmetic on those within cannot overflow.
    private static let range: UInt64 = 1 << 61

    // Invariants, between calls: what waits lies beyond `next` and the octets at `next` are missing; `waiting` is within
    // `limits`; `acknowledged` does not pass the first piece that waits, for a hole that it passes is given up.
    private var waiting = OctetPieces()
    private var acknowledged: Int64
    /// Where the data ends, by a FIN.
    private var end: Int64?
    private var history: StreamHistory

    /// - Parameters:
    ///   - start: the relative sequence number of the first octet.
    ///   - historyLimit: octets of those delivered last that are remembered, so that a repetition can be compared with
    ///     them. 0: none, and no octet in order is copied.
    public init(
        policy: StreamOverlapPolicy = .first, limits: Limits = Limits(), historyLimit: Int = 0,
        startingAt start: Int64 = 1
    ) {
        self.policy = policy
        self.limits = limits
        next = start
        acknowledged = start
        history = StreamHistory(capacity: historyLimit, position: start)
    }

    /// Takes the data of a segment.
    ///
    /// - Parameters:
    ///   - octets: the data, as far as it was captured.
    ///   - start: the relative sequence number of its first octet.
    ///   - length: octets of data that the segment had on the wire; less than `octets.count` counts as that.
    ///   - deliver: is told what follows from it, in order. The span holds the octets of `.data`, and nothing otherwise.
    /// - Throws: what `deliver` throws. The octets that it was lent then count as delivered.
    public mutating func take<Failure: Error>(
        _ octets: Span<UInt8>, at start: Int64, length: Int,
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let length = max(length, octets.count)
        guard length > 0, start.magnitude < Self.range else { return }
        if start == next, waiting.isEmpty, octets.count == length {
            return try lend(octets, deliver)
        }
        let behind = start + Int64(length)
        var (start, octets) = (start, octets)
        if start < next {
            try noteRepetition(octets, from: start, to: min(behind, next), deliver)
            guard behind > next else { return }
            octets = octets.extracting(droppingFirst: min(octets.count, Int(next - start)))
            start = next
        }
        if start == next, waiting.first.map({ Int64($0.start) >= behind }) ?? true {
            try lend(octets, upTo: behind, deliver)
        } else {
            try keep(octets, from: start, to: behind, deliver)
        }
        try advance(deliver)
    }

    /// Takes an acknowledgment by the other side: all octets below `position` reached it.
    public mutating func acknowledge<Failure: Error>(
        upTo position: Int64, _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard position > acknowledged else { return }
        acknowledged = position
        if !waiting.isEmpty { try advance(deliver) }
    }

    /// Takes notice of a FIN: the stream's data ends at `position`.
    public mutating func noteEnd(at position: Int64) {
        end = max(position, end ?? position)
    }

    /// Delivers all that waits, over every hole: the capture has ended.
    ///
    /// Octets at the end that were acknowledged but never came are a gap too. Without a FIN one of them may be the FIN:
    /// where just one is missing, nothing is said.
    public mutating func finish<Failure: Error>(
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        while let first = waiting.first {
            try skip(to: Int64(first.start), .endOfCapture, deliver)
            try advance(deliver)
        }
        let last = end.map { min($0, acknowledged) } ?? acknowledged
        if last > next, end != nil || last - next > 1 { try skip(to: last, .acknowledged, deliver) }
        if let end, end > next { try skip(to: end, .endOfCapture, deliver) }
    }

    // MARK: In order

    /// Lends octets that begin at `next`.
    private mutating func lend<Failure: Error>(
        _ octets: Span<UInt8>, _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let start = next
        next += Int64(octets.count)
        counts.delivered += UInt64(octets.count)
        history.append(octets)
        try deliver(.data(start: start), octets)
    }

    /// Lends octets that begin at `next`, of a segment that reaches to `behind`.
    private mutating func lend<Failure: Error>(
        _ octets: Span<UInt8>, upTo behind: Int64, _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        if !octets.isEmpty { try lend(octets, deliver) }
        if next < behind { try skip(to: behind, .cut, deliver) }
    }

    private mutating func skip<Failure: Error>(
        to position: Int64, _ reason: StreamEvent.GapReason,
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let start = next
        guard start < position else { return }
        next = position
        counts.missing += UInt64(position - start)
        history.restart(at: position)
        try deliver(.gap(start: start, end: position, reason), Span())
    }

    // MARK: Out of order

    /// Keeps octets that cannot be delivered yet, or that overlap what waits.
    private mutating func keep<Failure: Error>(
        _ octets: Span<UInt8>, from start: Int64, to behind: Int64,
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let new = OctetPieces.Piece(start: Int(start), end: Int(behind), octets: [UInt8](copying: octets))
        let overlap = waiting.overlap(of: new)
        guard !overlap.indices.isEmpty else { return waiting.insert(new, at: overlap.indices.lowerBound) }
        counts.repeated += UInt64(overlap.octetCount)
        counts.unverified += UInt64(overlap.octetCount - overlap.comparedCount)
        switch policy {
        case .first: waiting.insertBetween(new, overlap.indices)
        case .last: waiting.replace(new, overlap.indices)
        }
        try report(overlap.differences, kept: policy, deliver)
    }

    /// Delivers what has its turn now, and gives up holes that are known to stay.
    private mutating func advance<Failure: Error>(
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        while let first = waiting.first {
            let start = Int64(first.start)
            if start > next {
                if acknowledged >= start {
                    try skip(to: start, .acknowledged, deliver)
                } else if waiting.memory > limits.octets || waiting.count > limits.pieces {
                    try skip(to: start, .limit, deliver)
                } else {
                    return
                }
            }
            waiting.removeFirst(1)
            try lend(first.octets.span, upTo: Int64(first.end), deliver)
        }
    }

    // MARK: Repetitions

    /// Compares octets that came again with those that were delivered.
    private mutating func noteRepetition<Failure: Error>(
        _ octets: Span<UInt8>, from start: Int64, to end: Int64,
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let count = Int(end - start)
        counts.repeated += UInt64(count)
        // A keep-alive (RFC 9293 §3.8.4) may carry an octet of garbage, which no system delivers.
        let isKeepAlive = octets.count == 1 && end == next && count == 1
        let captured = octets.extracting(first: min(count, octets.count))
        let (differences, comparedCount) = isKeepAlive ? (OctetDifferences(), 0) : history.compare(captured, at: start)
        counts.unverified += UInt64(count - comparedCount)
        try report(differences, kept: .first, deliver)
    }

    private mutating func report<Failure: Error>(
        _ differences: OctetDifferences, kept: StreamOverlapPolicy,
        _ deliver: (StreamEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard differences.count > 0 else { return }
        counts.conflicting += UInt64(differences.count)
        let conflict = StreamConflict(
            start: Int64(differences.first), end: Int64(differences.end), octetCount: differences.count, kept: kept)
        try deliver(.conflict(conflict), Span())
    }
}
