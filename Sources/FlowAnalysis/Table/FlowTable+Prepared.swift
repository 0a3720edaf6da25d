public import PacketDecode

extension FlowTable {
    /// What makes packets ready for `measure(_:in:decoder:)`.
    public var preparation: FlowPreparation { FlowPreparation(hash) }

    /// Takes the capture's next packets, for those who want the flows' summaries and not what each packet is.
    ///
    /// The outcome is that of `measure(_:_:_:)` for each of them; most take less time so.
    ///
    /// - Parameters:
    ///   - packets: in the capture's order, made by this table's `preparation`.
    ///   - octets: the buffer that their frames are in.
    ///   - decoder: what they were decoded with.
    public mutating func measure(_ packets: Span<PreparedPacket>, in octets: Span<UInt8>, decoder: PacketDecoder) {
        // Among thousands of flows most of the time would be waiting for memory. So it is asked for in advance, in three steps,
        // each of which needs what the one before it has brought: entries of the index, flows, details.
        prefetchEntries(packets, 0)
        prefetchEntries(packets, 1)
        var coming = prefetchFlows(packets, 0)
        for batch in 0..<(packets.count + Self.batchSize - 1) / Self.batchSize {
            prefetchEntries(packets, batch + 2)
            let later = prefetchFlows(packets, batch + 1)
            if hasMeasures { prefetchDetails(coming) }
            coming = later
            for position in Self.range(of: batch, packets) where !measureOrdinary(packets, position) {
                measureRest(packets[position], octets, decoder)
            }
        }
    }

    // MARK: Memory

    /// Packets whose flows are asked for together: so few that all their lines have room in the fastest cache.
    private static var batchSize: Int { 32 }

    /// Places of flows that packets of a batch belong to.
    private struct ComingFlows {
        var places = InlineArray<32, Int32>(repeating: 0)
        var count = 0
    }

    private static func range(of batch: Int, _ packets: Span<PreparedPacket>) -> Range<Int> {
        let start = min(batch * batchSize, packets.count)
        return start..<min(start + batchSize, packets.count)
    }

    @inline(__always)
    private func prefetchEntries(_ packets: Span<PreparedPacket>, _ batch: Int) {
        var last: UInt32 = 0
        for position in Self.range(of: batch, packets) where packets[position].hash != last {
            last = packets[position].hash
            index.prefetch(last)
        }
        // The packets themselves come from another thread's cache.
        let later = Self.range(of: batch + 2, packets)
        if !later.isEmpty { packets.prefetch(later) }
    }

    /// Asks for what each packet of a flow is measured by. A place need not be the right one by the time that the packet comes.
    @inline(__always)
    private func prefetchFlows(_ packets: Span<PreparedPacket>, _ batch: Int) -> ComingFlows {
        var coming = ComingFlows()
        var last: UInt32 = 0
        for position in Self.range(of: batch, packets) where packets[position].hash != last {
            last = packets[position].hash
            guard let place = index.place(of: last, where: { _ in true }) else { continue }
            slots.prefetch(place, lines: MemoryLayout<FlowSlot>.stride / 64)
            if hasMeasures { meter.prefetch(place) }
            coming.places[coming.count] = Int32(truncatingIfNeeded: place)
            coming.count += 1
        }
        return coming
    }

    @inline(__always)
    private func prefetchDetails(_ coming: ComingFlows) {
        for position in 0..<coming.count { meter.prefetchDetails(Int(coming.places[position])) }
    }

    // MARK: Measures

    /// Measures a packet of a known flow that is like most; false, and nothing is changed, where it is not.
    @inline(__always)
    private mutating func measureOrdinary(_ packets: Span<PreparedPacket>, _ position: Int) -> Bool {
        let kind = packets[position].kind
        guard hasMeasures, kind == .segment || kind == .datagram, let place = knownPlace(packets, position)
        else { return false }
        let direction = direction(of: packets[position], place)
        if kind == .datagram {
            meter.observe(place, octets: packets[position].dataLength, packets[position].info, direction)
        } else {
            guard
                meter.observeOrdinary(
                    place, packets, position, direction, &slots[place].connection, &memory.log)
            else { return false }
        }
        use(place)
        return true
    }

    @inline(__always)
    private func knownPlace(_ packets: Span<PreparedPacket>, _ position: Int) -> Int? {
        if newest >= 0, slots[newest].key == packets[position].key { return newest }
        return index.place(of: packets[position].hash) { slots[$0].key == packets[position].key }
    }

    @inline(__always)
    private func direction(of packet: borrowing PreparedPacket, _ place: Int) -> FlowDirection {
        slots[place].isLowEndInitiator == packet.isFromLowEnd ? .fromInitiator : .fromResponder
    }

    /// Measures any packet.
    @inline(never)
    private mutating func measureRest(_ packet: PreparedPacket, _ octets: Span<UInt8>, _ decoder: PacketDecoder) {
        switch packet.kind {
        case .other:
            let bytes = octets.extracting(packet.offset..<packet.offset + packet.info.capturedLength)
            measure(decoder.decode(bytes, originalLength: packet.info.originalLength), packet.info, bytes)
        case .datagram:
            let (place, _) = place(
                of: packet.key, packet.hash, isLowEndInitiator: packet.isFromLowEnd, packet.info)
            guard hasMeasures else { return }
            meter.observe(place, octets: packet.dataLength, packet.info, direction(of: packet, place))
        case .segment, .flaggedSegment: measureSegment(packet)
        }
    }

    private mutating func measureSegment(_ packet: PreparedPacket) {
        var observation = FlowObservation.empty
        let place = observe(
            TCPSegment(packet), packet.key, hash: packet.hash, packet.isFromLowEnd, packet.info, into: &observation)
        guard hasMeasures else { return }
        let progress =
            observation.direction == .fromInitiator
            ? Self.progress(of: &slots[place].connection.initiator)
            : Self.progress(of: &slots[place].connection.responder)
        let segment = MeasuredSegment(packet, &observation.segment, progress)
        meter.observePrepared(place, packet.flags, segment, observation.direction, &observation.segment)
    }
}
