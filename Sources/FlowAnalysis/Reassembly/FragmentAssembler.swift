public import PacketDecode

/// Puts fragmented IPv4 (RFC 791 §3.2) and IPv6 (RFC 8200 §4.5) datagrams together again.
///
/// A state machine without I/O: hand it every packet in the capture's order, and it answers what the packet is to the
/// datagrams that are incomplete. Time is the capture's. A packet that is whole costs two comparisons.
///
/// Memory is bounded by `limits`: beyond them the oldest datagrams make room, which the answer says and `counts` counts. A
/// fragment takes O(log n) steps, or O(n) out of order, for the n pieces of its datagram, at most 8,192.
public struct FragmentAssembler: ~Copyable {
    /// How much is held, and for how long.
    public struct Limits: Sendable, Hashable {
        /// Octets of memory for fragments, about; Linux's `ipfrag_high_thresh` has the same default.
        public var octets = 4 << 20
        /// Incomplete datagrams.
        public var datagrams = 4096
        /// Nanoseconds from a datagram's first fragment on. Linux's `ipfrag_time` is 30 s.
        public var ipv4Timeout: Int64 = 30_000_000_000
        /// RFC 8200 §4.5: 60 s.
        public var ipv6Timeout: Int64 = 60_000_000_000

        public init() {}
    }

    /// What became of fragments and datagrams so far.
    public struct Counts: Sendable, BitwiseCopyable, Hashable {
        public internal(set) var fragments: UInt64 = 0
        public internal(set) var refused: UInt64 = 0
        public internal(set) var duplicates: UInt64 = 0
        /// Fragments with an overlap that was no mere duplicate.
        public internal(set) var overlapping: UInt64 = 0
        public internal(set) var complete: UInt64 = 0
        /// Datagrams that one of their fragments made an end of.
        public internal(set) var discarded: UInt64 = 0
        public internal(set) var expired: UInt64 = 0
        public internal(set) var evicted: UInt64 = 0
        /// Datagrams that were incomplete when the capture ended.
        public internal(set) var leftOver: UInt64 = 0

        public init() {}
    }

    public let policy: FragmentOverlapPolicy
    public let limits: Limits
    public private(set) var counts = Counts()
    /// Octets of memory that fragments take now, about.
    public var memory: Int { ipv4.memory + ipv6.memory }
    /// Datagrams that are incomplete now.
    public var datagramCount: Int { ipv4.count + ipv6.count }

    private var ipv4: PendingDatagrams
    private var ipv6: PendingDatagrams
    private var nextSerial: UInt64 = 0

    public init(policy: FragmentOverlapPolicy = .linux, limits: Limits = Limits()) {
        self.policy = policy
        self.limits = limits
        ipv4 = PendingDatagrams(timeout: limits.ipv4Timeout)
        ipv6 = PendingDatagrams(timeout: limits.ipv6Timeout)
    }

    /// Takes the capture's next packet.
    ///
    /// - Parameters:
    ///   - packet: what `bytes` was decoded into.
    ///   - bytes: the frame's octets. What is needed of them is copied.
    /// - Returns: what the packet is; nil where it is whole and no datagram was given up.
    public mutating func observe(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>
    ) -> FragmentObservation? {
        guard packet.isFragment || datagramCount > 0 else { return nil }
        return observeSlowly(packet, info, bytes)
    }

    /// Gives up all that is incomplete, oldest first: the capture has ended.
    public mutating func finish() -> [AbandonedDatagram] {
        var abandoned: [AbandonedDatagram] = []
        while let datagram = removeOldest() { abandoned.append(datagram.abandoned(.endOfCapture)) }
        counts.leftOver += UInt64(abandoned.count)
        return abandoned
    }

    mutating func observeSlowly(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>
    ) -> FragmentObservation? {
        var observation = FragmentObservation()
        expire(at: info.timestamp, into: &observation.abandoned)
        if packet.isFragment {
            counts.fragments += 1
            take(packet, info, bytes, into: &observation)
        }
        // Nothing was evicted yet: all of these have expired.
        counts.expired += UInt64(observation.abandoned.count)
        count(observation)
        makeRoom(into: &observation.abandoned)
        return packet.isFragment || !observation.abandoned.isEmpty ? observation : nil
    }

    private mutating func take(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>, into observation: inout FragmentObservation
    ) {
        do throws(FragmentFault) {
            guard let fragment = try Fragment(packet, info, bytes) else { return }
            if fragment.key.isIPv6 {
                Self.add(fragment, info, bytes, to: &ipv6, serial: &nextSerial, policy, into: &observation)
            } else {
                Self.add(fragment, info, bytes, to: &ipv4, serial: &nextSerial, policy, into: &observation)
            }
        } catch {
            observation.outcome = .refused(error)
        }
    }

    // Static, for it works on a part of what a method would claim whole.
    private static func add(
        _ fragment: Fragment, _ info: FrameInfo, _ bytes: Span<UInt8>, to pending: inout PendingDatagrams,
        serial: inout UInt64, _ policy: FragmentOverlapPolicy, into observation: inout FragmentObservation
    ) {
        if let late = pending.removeExpired(fragment.key, at: info.timestamp) {
            observation.abandoned.append(late.abandoned(.expired))
        }
        let (fate, overlap) = pending.add(fragment, bytes, info, serial: &serial, policy)
        observation.overlap = overlap
        switch fate {
        case .held: observation.outcome = .held
        case .duplicate: observation.outcome = .duplicate
        case .complete:
            guard let datagram = pending.remove(fragment.key) else { return }
            observation.outcome = .complete(datagram.reassembled())
        case .discarded(let reason):
            guard let datagram = pending.remove(fragment.key) else { return }
            observation.outcome = .discarded(datagram.abandoned(reason))
        }
    }

    private mutating func count(_ observation: FragmentObservation) {
        switch observation.outcome {
        case .notFragment, .held: break
        case .duplicate: counts.duplicates += 1
        case .complete: counts.complete += 1
        case .refused: counts.refused += 1
        case .discarded: counts.discarded += 1
        }
        if let overlap = observation.overlap, overlap.resolution != .ignoredDuplicate { counts.overlapping += 1 }
    }

    private mutating func expire(at time: Timestamp, into abandoned: inout [AbandonedDatagram]) {
        while let datagram = ipv4.removeOldest(expiredAt: time) ?? ipv6.removeOldest(expiredAt: time) {
            abandoned.append(datagram.abandoned(.expired))
        }
    }

    private mutating func makeRoom(into abandoned: inout [AbandonedDatagram]) {
        while memory > limits.octets || datagramCount > limits.datagrams, let datagram = removeOldest() {
            counts.evicted += 1
            abandoned.append(datagram.abandoned(.evicted))
        }
    }

    private mutating func removeOldest() -> PendingDatagram? {
        switch (ipv4.oldestSerial, ipv6.oldestSerial) {
        case (let first?, let second?): first < second ? ipv4.removeOldest() : ipv6.removeOldest()
        case (nil, nil): nil
        case (_?, nil): ipv4.removeOldest()
        case (nil, _?): ipv6.removeOldest()
        }
    }
}
