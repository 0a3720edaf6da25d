import PacketDecode

/// What the capture shows of one side of a connection.
///
/// Positions are relative sequence numbers of this side, unwrapped to 64 bits. Moments are ticks of 1,024 ns in 32 bits, which
/// wrap after 73 minutes: they serve to measure round trips and timeouts, not more.
struct TCPSide: BitwiseCopyable {
    /// What is known of the side.
    struct Knowledge: OptionSet, BitwiseCopyable {
        let rawValue: UInt32

        /// `initialSequenceNumber` is set, by a segment of this side or by an acknowledgment of the other's.
        static let base = Knowledge(rawValue: 1)
        /// A SYN without ACK was seen.
        static let openingSYN = Knowledge(rawValue: 2)
        /// A SYN with ACK was seen.
        static let answeringSYN = Knowledge(rawValue: 4)
        /// The SYN carried a window scale.
        static let windowScale = Knowledge(rawValue: 8)
        /// A FIN was seen.
        static let fin = Knowledge(rawValue: 16)
        /// The other side acknowledged something.
        static let acknowledged = Knowledge(rawValue: 32)
        /// The window was seen.
        static let window = Knowledge(rawValue: 64)
        /// One octet was sent beyond the edge of a closed window.
        static let probeBeyondEdge = Knowledge(rawValue: 128)
        /// A segment of this side was seen.
        static let sent = Knowledge(rawValue: 256)
        /// `window` is in octets.
        static let windowIsScaled = Knowledge(rawValue: 512)
        /// `lastTimestampValue` is set.
        static let timestamp = Knowledge(rawValue: 1 << 10)
        /// TSval was seen to change.
        static let timestampChanges = Knowledge(rawValue: 1 << 11)
        /// The identification was seen to change.
        static let identificationChanges = Knowledge(rawValue: 1 << 12)
        /// A round trip is being measured: `timedEnd`, `timedAt`.
        static let timed = Knowledge(rawValue: 1 << 13)
        /// `smoothedRoundTrip` and its fellows are set.
        static let roundTrip = Knowledge(rawValue: 1 << 14)
        /// The SYN permits SACK, or SACK blocks were sent.
        static let sackPermitted = Knowledge(rawValue: 1 << 15)
        /// A keep-alive probe of this side is unanswered.
        static let keepAlive = Knowledge(rawValue: 1 << 16)
        /// A zero-window probe of this side is unanswered.
        static let zeroWindowProbe = Knowledge(rawValue: 1 << 17)
        /// The other side has taken the FIN.
        static let finTaken = Knowledge(rawValue: 1 << 18)
        /// The SYN carried data.
        static let dataInSYN = Knowledge(rawValue: 1 << 19)
        /// The SYN offers accurate ECN (RFC 9768): ECE, CWR and AE are a counter.
        static let accurateECN = Knowledge(rawValue: 1 << 20)
        /// The SYN was seen again after the other side's last answer.
        static let synRepeated = Knowledge(rawValue: 1 << 21)

        /// A RST without ACK was sent: its number is one that the other side had acknowledged (RFC 9293 §3.10.7.1), so that
        /// it ended a connection, and refused no SYN.
        static let resetWithin = Knowledge(rawValue: 1 << 22)
        /// The SYN was sent again, and not answered since.
        static let synSentAgain = Knowledge(rawValue: 1 << 23)
        /// The way round is being measured by TSecr: `timedEnd` is the TSval that left at `timedAt`.
        static let timedByEcho = Knowledge(rawValue: 1 << 24)

        static let anySYN: Knowledge = [.openingSYN, .answeringSYN]
    }

    private(set) var knowledge: Knowledge = []
    /// The shift count that this side's windows are to be scaled by, 0...14; meaningful with `.windowScale`.
    private(set) var windowShift: UInt8 = 0
    /// Identifications in a row that were near the one before.
    var identificationSteps: UInt8 = 0
    var state = TCPState.unseen
    /// Where frames of this side were seen first; 0 where the capture does not tell.
    var interface: UInt8 = 0
    /// Position 0. Where no SYN was seen, the number before the first one that was.
    private(set) var initialSequenceNumber = SequenceNumber(rawValue: 0)
    /// The last window that this side announced: in octets where its scale is known, else as sent.
    var window: UInt32 = 0
    /// The last TSval.
    var lastTimestampValue: UInt32 = 0
    /// The last identification that was not 0; 0 before one.
    var lastIdentification: UInt16 = 0
    /// RTTVAR in units of 64 ticks.
    private(set) var coarseVariation: UInt16 = 0
    /// The low bits of the position whose acknowledgment ends a measured round trip; or a TSval, whose echo does.
    var timedEnd: UInt32 = 0
    /// When that was sent.
    var timedAt: UInt32 = 0
    /// SRTT (RFC 6298 §2) of the way from the point of capture to the other side and back, and the shortest one.
    var smoothedRoundTrip: UInt32 = 0
    var shortestRoundTrip: UInt32 = 0
    /// When the other side last acknowledged or reported something new.
    var lastNews: UInt32 = 0
    /// The maximum segment size that this side's SYN announced (RFC 9293 §3.7.1), in octets; 0 where none was seen.
    var announcedSize: UInt16 = 0
    /// NXT: behind the highest octet sent, as far as the capture shows.
    private(set) var next: Int64 = 0
    /// UNA: the highest acknowledgment by the other side.
    private(set) var acknowledged: Int64 = 0
    var seen = SeenOctets(from: 0)
    // Here it fills what alignment would leave empty behind the set.
    /// The record in the `RecoveryPool`; 0 without one.
    var recovery: UInt32 = 0
    /// The ticket of the last segment with octets in the `SendingLog`.
    var newestSending: UInt64 = 0

    /// RTTVAR (RFC 6298 §2) of the same way.
    var roundTripVariation: UInt32 {
        get { UInt32(coarseVariation) << 6 }
        set { coarseVariation = UInt16(clamping: newValue >> 6) }
    }

    var hasBase: Bool { knowledge.contains(.base) }
    var hasSYN: Bool { !knowledge.isDisjoint(with: .anySYN) }
    var hasFIN: Bool { knowledge.contains(.fin) }
    var hasWindow: Bool { knowledge.contains(.window) }
    /// Whether the other side acknowledged all that was seen.
    var isAllAcknowledged: Bool { knowledge.contains(.acknowledged) && acknowledged >= next }
    /// Whether octets are outstanding.
    var isOutstanding: Bool { !knowledge.contains(.acknowledged) || acknowledged < next }

    @inline(__always)
    func knows(_ something: Knowledge) -> Bool { knowledge.isSuperset(of: something) }
    @inline(__always)
    mutating func learn(_ something: Knowledge) { knowledge.formUnion(something) }
    @inline(__always)
    mutating func forget(_ something: Knowledge) { knowledge.subtract(something) }

    /// Sets position 0 to `initial`; `next` is the position that is expected then, 0 before a SYN.
    mutating func setBase(_ initial: SequenceNumber, next: Int64) {
        learn(.base)
        initialSequenceNumber = initial
        self.next = next
        seen = SeenOctets(from: next)
    }

    /// The position of a number: the one nearest to `next` of all that wrap to it.
    @inline(__always)
    func position(of number: SequenceNumber) -> Int64 {
        next + Int64(initialSequenceNumber.advanced(by: Int(truncatingIfNeeded: next)).distance(to: number))
    }

    @inline(__always)
    mutating func advance(to position: Int64) {
        if position > next { next = position }
    }

    @inline(__always)
    mutating func acknowledge(_ position: Int64) {
        if !knowledge.contains(.acknowledged) || position > acknowledged { acknowledged = position }
        learn(.acknowledged)
    }

    /// Notes the scale that a SYN offers or does not. A shift above 14 counts as 14 (RFC 7323 §2.3).
    mutating func noteWindowScale(_ shift: UInt8?) {
        if let shift {
            windowShift = min(shift, 14)
            learn(.windowScale)
        } else {
            windowShift = 0
            forget(.windowScale)
        }
    }

    /// The side with its opening SYN, and nothing else, sent.
    var asItsSYNLeftIt: TCPSide {
        var side = TCPSide()
        side.setBase(initialSequenceNumber, next: 0)
        side.learn(knowledge.intersection([.openingSYN, .windowScale, .sackPermitted, .dataInSYN, .accurateECN]))
        side.learn(.sent)
        side.windowShift = windowShift
        side.advance(to: 1)
        side.seen = SeenOctets(from: 0, to: 1)
        side.state = .synSent
        return side
    }

    /// Gives back what the side holds.
    mutating func removeAll(in memory: inout TCPMemory) {
        seen.removeAll(in: &memory.intervals, from: 0)
        endRecovery(in: &memory)
    }
}
