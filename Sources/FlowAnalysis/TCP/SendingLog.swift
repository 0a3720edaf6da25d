import PacketDecode

/// The latest segments with octets, of all connections together: which frame carried what, and what tells when it left.
///
/// A ring: the newest sending takes the place of the oldest, whosever it was, so that memory is bounded and a connection
/// gives nothing back. Each sending points to the one before it of the same side. A sending is named by its ticket, which
/// counts from 1; 0 names none.
struct SendingLog {
    struct Sending: BitwiseCopyable {
        var start: Int64
        var frame: UInt64
        var timestamp: Timestamp
        var length: UInt32
        /// Tickets back to the previous sending of the same side; 0 where there is none in the ring.
        fileprivate(set) var distanceToPrevious: UInt32 = 0
        /// TSval; meaningful with `.timestamp`.
        var timestampValue: UInt32
        /// TSecr; meaningful with `.timestamp`, and 0 where there is none.
        var timestampEcho: UInt32
        /// The IP identification; 0 for none.
        var identification: UInt16
        var marks: Marks
        /// `TCPSegment.interface`, its low bits.
        var interface: UInt8

        var end: Int64 { start + Int64(length) }
    }

    struct Marks: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        /// It has a TSval.
        static let timestamp = Marks(rawValue: 1)
        /// It was labelled a resend.
        static let resend = Marks(rawValue: 2)
        /// The link doubled it.
        static let doubled = Marks(rawValue: 4)
        /// It was labelled or revised as needless.
        static let spurious = Marks(rawValue: 8)
        /// It was a resend whose original was not seen.
        static let originalUnseen = Marks(rawValue: 16)
        /// It came behind a segment of higher numbers, so that it may have left behind it, too.
        static let belowHighest = Marks(rawValue: 32)
    }

    /// A sending and its ticket.
    struct Entry: BitwiseCopyable {
        /// 0 where there is none; the sending means nothing then.
        var ticket: UInt64
        var sending: Sending

        var exists: Bool { ticket != 0 }
    }

    /// The most sendings that one search looks at, so that no stream of resends costs more than its length.
    static let searchLimit = 1024

    private static let none = Entry(
        ticket: 0,
        sending: Sending(
            start: 0, frame: 0, timestamp: Timestamp(nanosecondsSinceEpoch: 0), length: 0, timestampValue: 0,
            timestampEcho: 0, identification: 0, marks: [], interface: 0))

    private var sendings: [Sending] = []
    private var newestTicket: UInt64 = 0
    private let mask: UInt64

    /// A ring of `capacity` sendings, rounded up to a power of two. It takes memory as it fills.
    init(capacity: Int) {
        var size = 1
        while size < capacity, size < 1 << 30 { size *= 2 }
        mask = UInt64(size - 1)
    }

    /// Records a sending and returns its ticket. `previous` is the ticket of the side's previous one, or 0.
    @inline(__always)
    mutating func record(_ sending: Sending, previous: UInt64) -> UInt64 {
        newestTicket += 1
        var sending = sending
        sending.distanceToPrevious = previous == 0 ? 0 : UInt32(exactly: newestTicket - previous) ?? 0
        let index = Int((newestTicket - 1) & mask)
        if index < sendings.count { sendings[index] = sending } else { sendings.append(sending) }
        return newestTicket
    }

    /// The sending with a ticket; without `exists` where it is forgotten.
    func entry(_ ticket: UInt64) -> Entry {
        guard ticket != 0, newestTicket - ticket <= mask else { return Self.none }
        return Entry(ticket: ticket, sending: sendings[Int((ticket - 1) & mask)])
    }

    /// The sending before one of the same side; without `exists` where there is none.
    func previous(of entry: Entry) -> Entry {
        let distance = UInt64(entry.sending.distanceToPrevious)
        return distance == 0 ? Self.none : self.entry(entry.ticket - distance)
    }

    /// The first sending that carried `octet`, looking back from `newest`; without `exists` where it is forgotten.
    ///
    /// A resend may be it, where it carried new octets too: then it is the oldest one that carried this one.
    func first(of octet: Int64, newest: UInt64) -> Entry {
        var oldestResend = Self.none
        var entry = entry(newest)
        for _ in 0..<Self.searchLimit {
            guard entry.exists else { break }
            let sending = entry.sending
            if sending.start <= octet, octet < sending.end, !sending.marks.contains(.doubled) {
                if !sending.marks.contains(.resend) || sending.marks.contains(.originalUnseen) { return entry }
                oldestResend = entry
            }
            entry = previous(of: entry)
        }
        return oldestResend
    }

    /// The latest sending that carried `octet`; what the link doubled is not sent.
    func latest(of octet: Int64, newest: UInt64) -> Entry {
        search(octet, newest) { $0.contains(.doubled) }
    }

    /// The latest resend that carried `octet`.
    func latestResend(of octet: Int64, newest: UInt64) -> Entry {
        search(octet, newest) { !$0.contains(.resend) }
    }

    /// Whether the link doubled a frame with `octet`.
    func isDoubled(_ octet: Int64, newest: UInt64) -> Bool {
        search(octet, newest) { !$0.contains(.doubled) }.exists
    }

    mutating func mark(_ ticket: UInt64, _ marks: Marks) {
        guard ticket != 0, newestTicket - ticket <= mask else { return }
        sendings[Int((ticket - 1) & mask)].marks.formUnion(marks)
    }

    @inline(__always)
    private func search(_ octet: Int64, _ newest: UInt64, passing isPassed: (Marks) -> Bool) -> Entry {
        var entry = entry(newest)
        for _ in 0..<Self.searchLimit {
            guard entry.exists else { return entry }
            let sending = entry.sending
            if sending.start <= octet, octet < sending.end, !isPassed(sending.marks) { return entry }
            entry = previous(of: entry)
        }
        return Self.none
    }
}
