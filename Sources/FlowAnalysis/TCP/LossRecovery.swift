import PacketDecode

/// What is known of one side's losses: what arrived out of order, and how the sender acts on it.
///
/// Only a side in trouble has one: it begins with a duplicate ACK, a SACK block or a resend, and ends when all is
/// acknowledged.
struct LossRecovery: BitwiseCopyable {
    enum Phase: UInt8, BitwiseCopyable {
        case none
        /// RFC 5681 §3.2, RFC 6675 §5.
        case fast
        /// RFC 5681 §3.1 after a timeout.
        case timeout
    }

    var phase = Phase.none
    /// Whether the timeout may turn out to be spurious (RFC 5682): it came outside of a recovery, or is one more without an
    /// ACK in between; and nothing but the oldest segment was sent again since.
    var isUndoable = false
    /// UNA at the latest timeout.
    var timeoutPosition: Int64 = 0
    /// The newest sending before the latest timeout; a ticket of the log.
    var timeoutTicket: UInt64 = 0
    /// Duplicate ACKs in a row, as RFC 5681 §2 or RFC 6675 §2 count them.
    var duplicateACKs: UInt16 = 0
    /// What the other side reported by SACK: the scoreboard of RFC 6675 §3.
    var sacked = SeenOctets(from: 0)
    /// NXT when the phase began: it ends when that is acknowledged.
    var point: Int64 = 0
    /// The latest sending that is known to have arrived, as RACK keeps it (RFC 8985 §5.3); a ticket of the log.
    var deliveredTicket: UInt64 = 0
    /// The latest frame that told of a loss.
    var evidenceFrame: UInt64 = 0
    /// The frame of an ICMP error that called a segment too big (RFC 1191, RFC 8201); 0 for none.
    var tooBigFrame: UInt64 = 0
    /// NXT when it came.
    var tooBigPoint: Int64 = 0
    /// The next free record.
    fileprivate var nextFree: UInt32 = 0
}

/// Records of loss recovery, for the sides that are in it. A record's name is its index plus 1; 0 names none.
struct RecoveryPool {
    private var records: [LossRecovery] = []
    private var free: UInt32 = 0
    /// The most records. A side that finds none left goes without: the cause of its resends is then undetermined.
    let capacity: Int

    init(capacity: Int) { self.capacity = max(1, min(capacity, Int(UInt32.max) - 1)) }

    /// A fresh record's name; 0 where all are taken.
    mutating func take() -> UInt32 {
        if free != 0 {
            let name = free
            free = records[Int(name) - 1].nextFree
            records[Int(name) - 1] = LossRecovery()
            return name
        }
        guard records.count < capacity else { return 0 }
        records.append(LossRecovery())
        return UInt32(records.count)
    }

    mutating func giveBack(_ name: UInt32) {
        records[Int(name) - 1].nextFree = free
        free = name
    }

    subscript(name: UInt32) -> LossRecovery {
        get { records[Int(name) - 1] }
        _modify { yield &records[Int(name) - 1] }
    }

    /// Records in use. O(capacity); for tests.
    var takenCount: Int {
        var count = records.count
        var name = free
        while name != 0 {
            count -= 1
            name = records[Int(name) - 1].nextFree
        }
        return count
    }
}
