import PacketDecode

/// The incomplete datagrams of one IP version, found by key and in the order of their first fragments.
///
/// Invariants: every datagram has one entry in `order` at or behind `head`, with its serial, and serials ascend. Entries whose
/// datagram is gone are passed over; before they outnumber the others by 64 they are swept, so that `order` stays bounded.
struct PendingDatagrams {
    private var datagrams: [FragmentKey: PendingDatagram] = [:]
    private var order: [(serial: UInt64, key: FragmentKey)] = []
    private var head = 0
    private(set) var memory = 0
    /// Nanoseconds from a first fragment on.
    let timeout: Int64

    init(timeout: Int64) { self.timeout = timeout }

    var count: Int { datagrams.count }

    /// Takes a fragment of a datagram that is there or that it begins.
    mutating func add(
        _ fragment: Fragment, _ bytes: Span<UInt8>, _ info: FrameInfo, serial: inout UInt64,
        _ policy: FragmentOverlapPolicy
    ) -> (fate: PendingDatagram.Fate, overlap: FragmentOverlap?) {
        if datagrams[fragment.key] == nil {
            let datagram = PendingDatagram(fragment.key, serial: serial, firstTime: info.timestamp)
            order.append((serial, fragment.key))
            serial += 1
            memory += datagram.memory
            datagrams[fragment.key] = datagram
        }
        memory -= datagrams[fragment.key]?.memory ?? 0
        let answer = datagrams[fragment.key]?.add(fragment, bytes, info, policy)
        memory += datagrams[fragment.key]?.memory ?? 0
        return answer ?? (.held, nil)
    }

    mutating func remove(_ key: FragmentKey) -> PendingDatagram? {
        guard let datagram = datagrams.removeValue(forKey: key) else { return nil }
        memory -= datagram.memory
        if order.count > 2 * datagrams.count + 64 {
            order = order[head...].filter { datagrams[$0.key]?.serial == $0.serial }
            head = 0
        }
        return datagram
    }

    /// The place of the oldest in the order of first fragments; nil where there is none.
    var oldestSerial: UInt64? {
        mutating get { dropStale() ? order[head].serial : nil }
    }

    mutating func removeOldest() -> PendingDatagram? {
        guard dropStale() else { return nil }
        let key = order[head].key
        head += 1
        return remove(key)
    }

    /// Removes the oldest where its time is over.
    mutating func removeOldest(expiredAt time: Timestamp) -> PendingDatagram? {
        guard dropStale(), isExpired(order[head].key, at: time) else { return nil }
        return removeOldest()
    }

    /// Removes a datagram whose time is over. It need not be the oldest: a capture's clock may step back.
    mutating func removeExpired(_ key: FragmentKey, at time: Timestamp) -> PendingDatagram? {
        isExpired(key, at: time) ? remove(key) : nil
    }

    private func isExpired(_ key: FragmentKey, at time: Timestamp) -> Bool {
        datagrams[key].map { $0.firstTime.distance(to: time) >= timeout } ?? false
    }

    /// Passes over entries whose datagram is gone, and says whether one is left.
    private mutating func dropStale() -> Bool {
        while head < order.count, datagrams[order[head].key]?.serial != order[head].serial { head += 1 }
        guard head == order.count else { return true }
        order.removeAll(keepingCapacity: true)
        head = 0
        return false
    }
}
