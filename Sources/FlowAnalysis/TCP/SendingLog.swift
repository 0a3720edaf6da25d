import PacketDecode

/// The latest sendings of new octets, of all connections together: which frame carried which octets first.
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
        var distanceToPrevious: UInt32
    }

    /// The most sendings that one search looks at, so that no stream of resends costs more than its length.
    static let searchLimit = 1024

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
    mutating func record(
        start: Int64, length: UInt32, frame: UInt64, timestamp: Timestamp, previous: UInt64
    ) -> UInt64 {
        newestTicket += 1
        let sending = Sending(
            start: start, frame: frame, timestamp: timestamp, length: length,
            distanceToPrevious: previous == 0 ? 0 : UInt32(exactly: newestTicket - previous) ?? 0)
        let index = Int((newestTicket - 1) & mask)
        if index < sendings.count { sendings[index] = sending } else { sendings.append(sending) }
        return newestTicket
    }

    /// The sending that carried `octet`, looking back from `newest`; nil where it is forgotten.
    func sending(of octet: Int64, newest: UInt64) -> Sending? {
        var ticket = newest
        for _ in 0..<Self.searchLimit {
            guard ticket != 0, newestTicket - ticket <= mask else { return nil }
            let sending = sendings[Int((ticket - 1) & mask)]
            if sending.start <= octet, octet < sending.start + Int64(sending.length) { return sending }
            guard sending.distanceToPrevious != 0 else { return nil }
            ticket -= UInt64(sending.distanceToPrevious)
        }
        return nil
    }
}
