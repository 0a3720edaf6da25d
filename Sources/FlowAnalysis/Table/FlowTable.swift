public import PacketDecode

/// The TCP connections and UDP flows of a capture, and what each packet is to its own.
///
/// Hand it every packet in the capture's order; it says which flow the packet belongs to, in which direction, and what a TCP
/// segment is to its connection. Memory is bounded: at most `limit` flows, of which the one that was idle longest makes
/// room for a new one. A packet of a known flow allocates nothing and takes constant time.
///
/// A flow is known by protocol, addresses and ports; VLAN tags and interfaces do not tell flows apart. The sender of
/// its first packet is the initiator, unless that packet is a SYN ACK.
public struct FlowTable: ~Copyable {
    /// The most flows that a table holds unless told otherwise.
    public static let defaultLimit = 1 << 20

    /// The most flows that are held at once.
    public let limit: Int
    /// Flows that were numbered so far.
    public private(set) var numberedFlowCount: UInt64 = 0
    /// Flows that made room for others. What comes of one later counts as a new flow.
    public private(set) var evictedFlowCount: UInt64 = 0
    /// Flows that are held.
    public var flowCount: Int { slots.count }

    // Slots are never removed: an evicted flow's slot is the new flow's.
    private var slots: [FlowSlot] = []
    private var index = FlowIndex()
    private let hash: FlowHash
    private var newest: Int32 = -1
    private var oldest: Int32 = -1
    private var memory: TCPMemory

    /// An empty table that holds at most `limit` flows, at least 1.
    ///
    /// Of the sendings that a retransmission can name as its evidence, the last 65,536 of the whole table are remembered.
    public init(limit: Int = FlowTable.defaultLimit) {
        var generator = SystemRandomNumberGenerator()
        self.init(limit: limit, sendingCapacity: 1 << 16, intervalCapacity: 1 << 18, using: &generator)
    }

    init(limit: Int, sendingCapacity: Int, intervalCapacity: Int, using generator: inout some RandomNumberGenerator) {
        self.limit = max(1, min(limit, Int(Int32.max)))
        hash = FlowHash(using: &generator)
        memory = TCPMemory(
            intervals: IntervalPool(capacity: intervalCapacity), log: SendingLog(capacity: sendingCapacity),
            recoveries: RecoveryPool(capacity: 1 << 16))
    }

    /// Takes the capture's next packet and says what it is to its flow; nil for what is no TCP segment and no UDP datagram,
    /// or not enough of one: a later fragment, a header that is cut or malformed.
    // Inlined into the caller, so that the observation is filled in where it is wanted, and not copied there.
    @inlinable @inline(__always)
    public mutating func observe(_ packet: DecodedPacket, _ info: FrameInfo) -> FlowObservation? {
        var observation = FlowObservation.empty
        return observe(packet, info, into: &observation) ? observation : nil
    }

    /// Fills `observation` in, and says whether the packet was of a flow.
    @usableFromInline
    mutating func observe(_ packet: DecodedPacket, _ info: FrameInfo, into observation: inout FlowObservation) -> Bool {
        switch packet.transport {
        case .tcp(let header):
            guard header.headerLength >= TCPHeader.minimumLength,
                let (key, isFromLowEnd) = FlowKey.make(
                    packet.network, .tcp, source: header.sourcePort, destination: header.destinationPort)
            else { return false }
            let segment = TCPSegment(header, packet)
            observe(segment, key, isFromLowEnd, info, into: &observation)
            return true
        case .udp(let header):
            guard
                let (key, isFromLowEnd) = FlowKey.make(
                    packet.network, .udp, source: header.sourcePort, destination: header.destinationPort)
            else { return false }
            let (place, isFirst) = place(of: key, isLowEndInitiator: isFromLowEnd)
            observation.flow = slots[place].number
            observation.direction =
                slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
            observation.isFirst = isFirst
            return true
        case .none, .icmp, .icmpv6, .prefix: return false
        }
    }

    @inline(__always)
    private mutating func observe(
        _ segment: TCPSegment, _ key: FlowKey, _ isFromLowEnd: Bool, _ info: FrameInfo,
        into observation: inout FlowObservation
    ) {
        let isSYN = segment.flags.contains(.syn)
        let isSYNACK = isSYN && segment.flags.contains(.ack)
        var (place, isFirst) = place(of: key, isLowEndInitiator: isFromLowEnd != isSYNACK)
        var direction: FlowDirection =
            slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
        if isSYN, !isFirst, slots[place].connection.isSucceeded(by: segment, from: direction) {
            observation.segment.notePortReuse(afterClose: slots[place].connection.isClosed)
            succeed(place, isLowEndInitiator: isFromLowEnd != isSYNACK)
            isFirst = true
            direction = isSYNACK ? .fromResponder : .fromInitiator
        }
        observation.flow = slots[place].number
        observation.direction = direction
        observation.isFirst = isFirst
        observation.isTCP = true
        slots[place].connection.observe(
            segment, from: direction, info, in: &memory, into: &observation.segment)
    }

    /// The place of a flow, which is the most recently used one then, and whether it is new.
    @inline(__always)
    private mutating func place(of key: FlowKey, isLowEndInitiator: Bool) -> (place: Int, isNew: Bool) {
        if newest >= 0, slots[Int(newest)].key == key { return (Int(newest), false) }
        let hash = hash(key)
        if let place = index.place(of: hash, where: { slots[$0].key == key }) {
            unlink(place)
            linkAsNewest(place)
            return (place, false)
        }
        return (add(key, hash, isLowEndInitiator: isLowEndInitiator), true)
    }

    @inline(never)
    private mutating func add(_ key: FlowKey, _ hash: UInt32, isLowEndInitiator: Bool) -> Int {
        numberedFlowCount += 1
        let slot = FlowSlot(key: key, number: numberedFlowCount, hash: hash, isLowEndInitiator: isLowEndInitiator)
        let place: Int
        if slots.count < limit {
            place = slots.count
            // Growing by half bounds the room that stands empty; doubling would double a table's memory.
            if slots.capacity == place { slots.reserveCapacity(min(limit, max(64, place + place / 2))) }
            slots.append(slot)
        } else {
            place = Int(oldest)
            evictedFlowCount += 1
            unlink(place)
            index.remove(slots[place].hash, place: place)
            slots[place].connection.removeAll(in: &memory)
            slots[place] = slot
        }
        index.insert(hash, place: place)
        linkAsNewest(place)
        return place
    }

    /// Gives a place to another connection with the same key.
    @inline(never)
    private mutating func succeed(_ place: Int, isLowEndInitiator: Bool) {
        numberedFlowCount += 1
        slots[place].connection.removeAll(in: &memory)
        slots[place].connection = TCPConnection()
        slots[place].number = numberedFlowCount
        slots[place].isLowEndInitiator = isLowEndInitiator
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[Int(newer)].older = older } else { newest = older }
        if older >= 0 { slots[Int(older)].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place].newer = -1
        slots[place].older = newest
        if newest >= 0 { slots[Int(newest)].newer = Int32(place) } else { oldest = Int32(place) }
        newest = Int32(place)
    }
}
