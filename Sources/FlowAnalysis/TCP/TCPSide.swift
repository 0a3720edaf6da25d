import PacketDecode

/// What the capture shows of one side of a connection.
///
/// Positions are relative sequence numbers of this side, unwrapped to 64 bits.
struct TCPSide: BitwiseCopyable {
    /// What is known of the side.
    struct Knowledge: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

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

        static let anySYN: Knowledge = [.openingSYN, .answeringSYN]
    }

    private(set) var knowledge: Knowledge = []
    /// The shift count that this side's windows are to be scaled by, 0...14; meaningful with `.windowScale`.
    private(set) var windowShift: UInt8 = 0
    /// Position 0. Where no SYN was seen, the number before the first one that was.
    private(set) var initialSequenceNumber = SequenceNumber(rawValue: 0)
    /// The last window that this side announced: in octets where its scale is known, else as sent.
    var window: UInt32 = 0
    /// NXT: behind the highest octet sent, as far as the capture shows.
    private(set) var next: Int64 = 0
    /// UNA: the highest acknowledgment by the other side.
    private(set) var acknowledged: Int64 = 0
    var seen = SeenOctets(from: 0)
    /// The ticket of the last sending of new octets in the `SendingLog`.
    var newestSending: UInt64 = 0

    var hasBase: Bool { knowledge.contains(.base) }
    var hasSYN: Bool { !knowledge.isDisjoint(with: .anySYN) }
    var hasFIN: Bool { knowledge.contains(.fin) }
    var hasWindow: Bool { knowledge.contains(.window) }
    /// Whether the other side acknowledged all that was seen.
    var isAllAcknowledged: Bool { knowledge.contains(.acknowledged) && acknowledged == next }

    func knows(_ something: Knowledge) -> Bool { knowledge.isSuperset(of: something) }
    mutating func learn(_ something: Knowledge) { knowledge.formUnion(something) }
    mutating func forget(_ something: Knowledge) { knowledge.subtract(something) }

    /// Sets position 0 to `initial`; `next` is the position that is expected then, 0 before a SYN.
    mutating func setBase(_ initial: SequenceNumber, next: Int64) {
        learn(.base)
        initialSequenceNumber = initial
        self.next = next
        seen = SeenOctets(from: next)
    }

    /// The position of a number: the one nearest to `next` of all that wrap to it.
    func position(of number: SequenceNumber) -> Int64 {
        next + Int64(initialSequenceNumber.advanced(by: Int(truncatingIfNeeded: next)).distance(to: number))
    }

    mutating func advance(to position: Int64) {
        if position > next { next = position }
    }

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
}
