public import PacketDecode

/// The TCP connections and UDP flows of a capture, and what each packet is to its own.
///
/// Hand it every packet in the capture's order; it says which flow the packet belongs to, in which direction, and what a TCP
/// segment is to its connection. Memory is bounded: at most `limit` flows, of which the one that was idle longest makes
/// room for a new one. A packet of a known flow allocates nothing and takes constant time.
///
/// With measures, it also keeps what `FlowSummary` says of each flow that it holds, an earlier connection with the same ports
/// included. Memory at most: for each flow that `limit` allows 512 octets; 6 MiB for intervals of connections with holes,
/// 2 MiB for the log of sendings; with measures, 104 MiB for the details of directions that lost, repeated or reported
/// something or that are long, and 6 MiB for their SACK blocks. All of it grows as it is needed, and not beyond.
///
/// Fragmented datagrams are put together, as Linux does it: the frame that completes one is observed as the whole segment or
/// datagram. 4 MiB of fragments at most, and those of a datagram for 30 s (IPv6: 60 s) of the capture's time, which is looked at
/// when a fragment comes.
///
/// A flow is known by protocol, addresses and ports; VLAN tags and interfaces do not tell flows apart. The sender of
/// its first packet is the initiator, unless that packet is a SYN ACK.
public struct FlowTable: ~Copyable {
    /// The most flows that a table holds unless told otherwise.
    public static let defaultLimit = 1 << 20
    /// The most flows that a table can hold.
    public static let greatestLimit = Int(Int32.max)

    /// The most flows that are held at once: fewer than were asked for where the system has no addresses for so many.
    public let limit: Int
    /// Flows that were numbered so far.
    public private(set) var numberedFlowCount: UInt64 = 0
    /// Flows that made room for others. What comes of one later counts as a new flow.
    public private(set) var evictedFlowCount: UInt64 = 0
    /// What those flows came to, as far as it was measured.
    public internal(set) var evicted = FlowTotals()
    /// Flows that are held.
    public var flowCount: Int { slots.count }
    /// Whether flows are measured, so that there are summaries of them.
    public let hasMeasures: Bool

    // Slots are never removed: an evicted flow's slot is the new flow's.
    var slots: SteadyArray<FlowSlot>
    /// Empty where nothing is measured.
    var meter: FlowMeter
    var fragments = FragmentAssembler()
    /// What the latest packet that is a fragment was to its datagram, where its octets were shown to the table.
    public internal(set) var latestFragment: FragmentObservation?
    private(set) var index = FlowIndex()
    let hash: FlowHash
    /// The place of the flow that was used last; -1 before the first.
    var newest = -1
    /// Packets that were shown to flows so far.
    var useCount: UInt64 = 0
    private var idle = IdleFlows()
    var memory: TCPMemory

    /// An empty table that holds at most `limit` flows, at least 1.
    ///
    /// Of the sendings that a retransmission can name as its evidence, the last 65,536 of the whole table are remembered.
    public init(limit: Int = FlowTable.defaultLimit, hasMeasures: Bool = false) {
        var generator = SystemRandomNumberGenerator()
        self.init(
            limit: limit, hasMeasures: hasMeasures, sendingCapacity: 1 << 16, intervalCapacity: 1 << 18,
            detailCapacity: DetailPool.greatestCapacity, using: &generator)
    }

    init(
        limit: Int, hasMeasures: Bool = false, sendingCapacity: Int, intervalCapacity: Int,
        detailCapacity: Int = DetailPool.greatestCapacity, using generator: inout some RandomNumberGenerator
    ) {
        self.hasMeasures = hasMeasures
        slots = SteadyArray(capacity: min(limit, Self.greatestLimit))
        meter = FlowMeter(
            capacity: hasMeasures ? slots.capacity : 1, detailCapacity: hasMeasures ? detailCapacity : 1,
            intervalCapacity: intervalCapacity)
        self.limit = hasMeasures ? min(slots.capacity, meter.records.capacity) : slots.capacity
        hash = FlowHash(using: &generator)
        memory = TCPMemory(
            intervals: IntervalPool(capacity: intervalCapacity), log: SendingLog(capacity: sendingCapacity),
            recoveries: RecoveryPool(capacity: 1 << 16))
    }

    /// Takes the capture's next packet and says what it is to its flow; nil for what is no TCP segment and no UDP datagram,
    /// or not enough of one: a header that is cut or malformed, or a later fragment, for it takes the octets to put fragments
    /// together. A first fragment is taken as if it were the whole.
    // Inlined into the caller, so that the observation is filled in where it is wanted, and not copied there.
    @inlinable @inline(__always)
    public mutating func observe(_ packet: DecodedPacket, _ info: FrameInfo) -> FlowObservation? {
        var observation = FlowObservation.empty
        return observe(packet, info, into: &observation) ? observation : nil
    }

    /// The same, and attributes what only the frame's octets tell: fragments are put together, `latestFragment` says what one
    /// is to its datagram, ICMP errors count for the flow that they belong to, and a SYN's fast open option is seen.
    ///
    /// - Parameter bytes: the frame that `packet` was decoded from.
    @inlinable @inline(__always)
    public mutating func observe(_ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>) -> FlowObservation? {
        var observation = FlowObservation.empty
        return observe(packet, info, bytes, into: &observation) ? observation : nil
    }

    /// The same, for those who want the flows' summaries and not what each packet is.
    public mutating func measure(_ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>) {
        var observation = FlowObservation.empty
        _ = observe(packet, info, bytes, into: &observation)
    }

    @usableFromInline
    mutating func observe(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>, into observation: inout FlowObservation
    ) -> Bool {
        if packet.isFragment { return observeFragment(packet, info, bytes, into: &observation) }
        let isOfFlow = observe(packet, info, into: &observation)
        switch packet.transport {
        case .tcp(let header):
            // The packet is handed on, not the header, which would be copied for every segment.
            if hasMeasures, isOfFlow, header.flags.contains(.syn) {
                observeFastOpen(packet, bytes, observation.direction)
            }
        case .icmp, .icmpv6: observeError(packet, info, bytes)
        case .udp, .prefix, .none: break
        }
        return isOfFlow
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
            let place = observe(segment, key, isFromLowEnd, info, into: &observation)
            if hasMeasures { measure(header, packet, info, place, &observation) }
            return true
        case .udp(let header):
            guard
                let (key, isFromLowEnd) = FlowKey.make(
                    packet.network, .udp, source: header.sourcePort, destination: header.destinationPort)
            else { return false }
            let (place, isFirst) = place(of: key, isLowEndInitiator: isFromLowEnd, info)
            observation.flow = slots[place].number
            observation.direction =
                slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
            observation.isFirst = isFirst
            if hasMeasures { meter.observe(place, header, packet, info, observation.direction) }
            return true
        case .none, .icmp, .icmpv6, .prefix: return false
        }
    }

    // What is handed on as inout here is not changed: so it is not copied.

    @inline(__always)
    static func progress(of side: inout TCPSide) -> TCPSide.Progress { side.progress }

    @inline(__always)
    private mutating func measure(
        _ header: borrowing TCPHeader, _ packet: borrowing DecodedPacket, _ info: FrameInfo, _ place: Int,
        _ observation: inout FlowObservation
    ) {
        let direction = observation.direction
        let progress =
            direction == .fromInitiator
            ? Self.progress(of: &slots[place].connection.initiator)
            : Self.progress(of: &slots[place].connection.responder)
        let segment = MeasuredSegment(
            header, dataLength: packet.payloadLength, isFragment: packet.isFragment, info, &observation.segment,
            progress
        )
        meter.observe(place, header, segment, direction, &observation.segment)
    }

    /// Shows a segment to its connection, and returns the connection's place.
    ///
    /// - Parameter hash: the key's, where it is known.
    @inline(__always)
    mutating func observe(
        _ segment: TCPSegment, _ key: FlowKey, hash: UInt32? = nil, _ isFromLowEnd: Bool, _ info: FrameInfo,
        into observation: inout FlowObservation
    ) -> Int {
        let isSYN = segment.flags.contains(.syn)
        let isSYNACK = isSYN && segment.flags.contains(.ack)
        var (place, isFirst) = place(of: key, hash, isLowEndInitiator: isFromLowEnd != isSYNACK, info)
        var direction: FlowDirection =
            slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
        if isSYN, !isFirst, slots[place].connection.isSucceeded(by: segment, from: direction) {
            observation.segment.notePortReuse(afterClose: slots[place].connection.isClosed)
            let successor = slots[place].connection.successor(openedBy: segment, from: direction)
            place = succeed(place, isLowEndInitiator: isFromLowEnd != isSYNACK, info)
            slots[place].connection = successor
            isFirst = true
            direction = isSYNACK ? .fromResponder : .fromInitiator
        }
        observation.flow = slots[place].number
        observation.direction = direction
        observation.isFirst = isFirst
        observation.isTCP = true
        slots[place].connection.observe(
            segment, from: direction, info, in: &memory, into: &observation.segment)
        return place
    }

    /// The place of a flow, which is the most recently used one then, and whether it is new.
    @inline(__always)
    mutating func place(
        of key: FlowKey, _ knownHash: UInt32? = nil, isLowEndInitiator: Bool, _ info: FrameInfo
    ) -> (place: Int, isNew: Bool) {
        if newest >= 0, slots[newest].key == key {
            use(newest)
            return (newest, false)
        }
        let hash = knownHash ?? hash(key)
        if let place = index.place(of: hash, where: { slots[$0].key == key }) {
            use(place)
            return (place, false)
        }
        return (add(key, hash, isLowEndInitiator: isLowEndInitiator, info), true)
    }

    @inline(__always)
    mutating func use(_ place: Int) {
        useCount += 1
        slots[place].lastUse = useCount
        newest = place
    }

    /// The place of a flow that is held, which is not used by being asked for.
    func knownPlace(of key: FlowKey) -> Int? {
        index.place(of: hash(key), where: { slots[$0].key == key })
    }

    @inline(never)
    private mutating func add(_ key: FlowKey, _ hash: UInt32, isLowEndInitiator: Bool, _ info: FrameInfo) -> Int {
        numberedFlowCount += 1
        useCount += 1
        let slot = FlowSlot(
            isLowEndInitiator: isLowEndInitiator, hash: hash, key: key, number: numberedFlowCount, lastUse: useCount)
        let place: Int
        if slots.count < limit {
            place = slots.count
            slots.append(slot)
        } else {
            place = idle.next(of: slots)
            evict(place)
            slots[place] = slot
        }
        if hasMeasures { meter.begin(place, info) }
        index.insert(hash, place: place)
        newest = place
        return place
    }

    private mutating func evict(_ place: Int) {
        evictedFlowCount += 1
        if hasMeasures {
            evicted.add(meter.records[place], meter.details)
            meter.giveBack(place)
        }
        // A connection that another one succeeded is not in the index: nothing is removed then.
        index.remove(slots[place].hash, place: place)
        slots[place].connection.removeAll(in: &memory)
    }

    /// Makes room for another connection with the same key, and returns its place.
    ///
    /// Where flows are measured the earlier one keeps its place, until it is the idlest, and is no longer found by its key.
    @inline(never)
    private mutating func succeed(_ place: Int, isLowEndInitiator: Bool, _ info: FrameInfo) -> Int {
        if hasMeasures {
            index.remove(slots[place].hash, place: place)
            return add(slots[place].key, slots[place].hash, isLowEndInitiator: isLowEndInitiator, info)
        }
        numberedFlowCount += 1
        slots[place].connection.removeAll(in: &memory)
        slots[place].connection = TCPConnection()
        slots[place].number = numberedFlowCount
        slots[place].isLowEndInitiator = isLowEndInitiator
        return place
    }

    /// Takes an ICMP error for the flow whose packet it quotes.
    @inline(never)
    private mutating func observeError(_ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>) {
        guard let quoted = PacketDecoder.decodeQuoted(in: packet, bytes), let ports = quoted.ports,
            let upperLayer = quoted.ipProtocol, upperLayer == .tcp || upperLayer == .udp,
            let (key, isFromLowEnd) = FlowKey.make(
                quoted.network, upperLayer, source: ports.source, destination: ports.destination),
            let place = knownPlace(of: key)
        else { return }
        let direction: FlowDirection =
            slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
        if packet.isTooBigError, let number = quoted.sequenceNumber {
            slots[place].connection.noteTooBig(number, from: direction, frame: info.number, in: &memory)
        }
        if hasMeasures { meter.observeError(place, answering: direction) }
    }

    /// Looks for the fast open option (RFC 7413 §4.1.1) in a SYN of the newest flow.
    @inline(never)
    private mutating func observeFastOpen(_ packet: DecodedPacket, _ bytes: Span<UInt8>, _ direction: FlowDirection) {
        guard case .tcp(let header) = packet.transport else { return }
        let range = header.options.range.clamped(to: bytes.count)
        // Nearly every SYN is done with here: nothing in its options is the number of this one.
        guard range.indices.contains(where: { bytes[$0] == TCPOptionKind.fastOpenCookie.rawValue }) else { return }
        var walk = TCPOptionWalk(range: range)
        while let (option, _) = walk.next(in: bytes) {
            if case .fastOpenCookie = option { meter.noteFastOpen(newest, direction) }
        }
    }
}
