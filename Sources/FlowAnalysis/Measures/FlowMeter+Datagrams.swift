import PacketDecode

/// UDP, fragments, and what names a flow and is not of it.
extension FlowMeter {
    /// Measures a datagram, or the first fragment of one.
    mutating func observe(
        _ place: Int, _ header: UDPHeader, _ packet: DecodedPacket, _ info: FrameInfo, _ direction: FlowDirection
    ) {
        let octets =
            packet.isFragment && header.length >= 8 ? UInt32(header.length) - 8 : packet.payloadLength
        Self.observe(octets, packet.isFragment, info, direction, &records[place], &details)
    }

    /// Measures a datagram that came whole.
    @inline(__always)
    mutating func observe(_ place: Int, octets: UInt32, _ info: FrameInfo, _ direction: FlowDirection) {
        Self.observe(octets, false, info, direction, &records[place], &details)
    }

    @inline(__always)
    private static func observe(
        _ octets: UInt32, _ isFragment: Bool, _ info: FrameInfo, _ direction: FlowDirection, _ record: inout FlowRecord,
        _ details: inout DetailPool
    ) {
        let age = record.age(at: info.timestamp)
        if info.timestamp > record.end { record.end = info.timestamp }
        if direction == .fromInitiator {
            measure(octets, isFragment, info, age, &record.fromInitiator, &details)
        } else {
            measure(octets, isFragment, info, age, &record.fromResponder, &details)
        }
    }

    @inline(__always)
    private static func measure(
        _ octets: UInt32, _ isFragment: Bool, _ info: FrameInfo, _ age: Int64, _ sender: inout DirectionRecord,
        _ details: inout DetailPool
    ) {
        if sender.packets > 0 { sender.add(max(0, sender.mark.distance(to: info.timestamp)), &details) }
        sender.mark = info.timestamp
        sender.packets &+= 1
        sender.frameOctets &+= UInt64(info.originalLength)
        sender.octets &+= UInt64(octets)
        sender.lastData = ShortDuration(nanoseconds: age)
        if octets < sender.least { sender.least = octets }
        if octets > sender.greatest { sender.greatest = octets }
        if isFragment { count(fragments: 1, &sender, &details) }
    }

    // MARK: What names a flow and is not of it

    /// Counts the fragments of a datagram that is whole, and was measured.
    mutating func countFragments(_ place: Int, _ fragments: Int, _ direction: FlowDirection) {
        Self.count(fragments: fragments, &records[place][direction], &details)
    }

    /// Counts a datagram that never came together: its frames, and no octet of its data.
    mutating func countIncomplete(_ place: Int, _ datagram: AbandonedDatagram, _ direction: FlowDirection) {
        records[place][direction].frameOctets &+= datagram.frameOctets
        Self.count(fragments: datagram.frames.count, &records[place][direction], &details)
        guard records[place][direction].takeDetail(&details) else { return }
        details[troublesOf: records[place][direction].detail].incompleteDatagrams &+= 1
    }

    @inline(never)
    static func count(
        fragments: Int, _ sender: inout DirectionRecord, _ details: inout DetailPool
    ) {
        guard sender.takeDetail(&details) else { return }
        details[troublesOf: sender.detail].fragments &+= UInt32(clamping: fragments)
    }

    /// Counts an ICMP error that answers a packet from `direction`.
    mutating func observeError(_ place: Int, answering direction: FlowDirection) {
        records[place][direction].countError(&details)
    }

    /// Notes that a SYN from `direction` has the fast open option.
    mutating func noteFastOpen(_ place: Int, _ direction: FlowDirection) {
        records[place][direction].offers.insert(.fastOpen)
    }
}
