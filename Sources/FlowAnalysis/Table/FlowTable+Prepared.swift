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
        var next = 0
        while next < packets.count {
            let end = min(next + Self.fetchedAtOnce, packets.count)
            if hasMeasures { fetch(packets, next..<end) }
            while next < end {
                if hasMeasures { next = measureOrdinary(packets, next..<end) }
                guard next < end else { break }
                let (info, offset) = (packets[next].info, packets[next].offset)
                let bytes = octets.extracting(offset..<offset + info.capturedLength)
                measure(decoder.decode(bytes, originalLength: info.originalLength), info, bytes)
                next += 1
            }
        }
    }

    /// Packets whose flows are fetched before they are measured.
    private static var fetchedAtOnce: Int { 64 }

    /// Reads a word of each line of memory that some packets' flows have, so that the lines come one beside the other, and not
    /// each when the one before it was worked on: among thousands of flows most of the time is waiting for them.
    @inline(never)
    private mutating func fetch(_ packets: Span<PreparedPacket>, _ range: Range<Int>) {
        var sum: UInt64 = 0
        var places = InlineArray<64, Int32>(repeating: -1)
        var count = 0
        var last: UInt32 = 0
        for position in range where packets[position].hash != last {
            last = packets[position].hash
            guard let place = index.place(of: last, where: { _ in true }) else { continue }
            places[count] = Int32(truncatingIfNeeded: place)
            count += 1
        }
        for position in 0..<count {
            let place = Int(places[position])
            sum &+= slots[place].key.lowHigh &+ slots[place].lastUse
            sum &+= UInt64(bitPattern: slots[place].connection.initiator.next)
            sum &+= UInt64(slots[place].connection.responder.window)
            sum &+= UInt64(bitPattern: slots[place].connection.responder.seen.end)
            sum &+= slots[place].connection.responder.newestSending
        }
        for position in 0..<count {
            let place = Int(places[position])
            sum &+= meter.records[place].fromInitiator.packets &+ meter.records[place].fromResponder.packets
            sum &+= UInt64(meter.records[place].fromInitiator.detail)
            sum &+= UInt64(meter.records[place].fromResponder.detail) &+ meter.records[place].firstFrame
            sum &+= UInt64(meter.records[place].errorsToResponder)
            let (there, back) = (meter.records[place].fromInitiator.detail, meter.records[place].fromResponder.detail)
            if there != 0 { sum &+= UInt64(meter.details.keptDurations(of: there)) }
            if back != 0 { sum &+= UInt64(meter.details.keptDurations(of: back)) }
        }
        fetched = sum
    }

    /// Measures packets of known flows that are like most, up to the first that is not, and returns its index; the end of
    /// the range where all are.
    private mutating func measureOrdinary(_ packets: Span<PreparedPacket>, _ range: Range<Int>) -> Int {
        var next = range.lowerBound
        var segment = OrdinarySegment()
        while next < range.upperBound {
            let packet = packets[next]
            guard packet.kind != .other, let place = knownPlace(packet) else { return next }
            let direction: FlowDirection =
                slots[place].isLowEndInitiator == packet.isFromLowEnd ? .fromInitiator : .fromResponder
            if packet.kind == .datagram {
                meter.observe(place, octets: packet.dataLength, packet.info, direction)
            } else {
                guard
                    slots[place].connection.observeOrdinary(
                        packet, from: direction, log: &memory.log, into: &segment)
                else { return next }
                meter.observeOrdinary(place, MeasuredSegment(packet, segment), direction)
            }
            useCount += 1
            slots[place].lastUse = useCount
            newest = place
            next += 1
        }
        return next
    }

    @inline(__always)
    private func knownPlace(_ packet: PreparedPacket) -> Int? {
        if newest >= 0, slots[newest].key == packet.key { return newest }
        return index.place(of: packet.hash) { slots[$0].key == packet.key }
    }
}
