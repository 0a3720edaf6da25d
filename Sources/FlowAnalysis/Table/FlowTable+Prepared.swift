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
        var index = 0
        while index < packets.count {
            if hasMeasures { index = measureOrdinary(packets, from: index) }
            guard index < packets.count else { return }
            let (info, offset) = (packets[index].info, packets[index].offset)
            let bytes = octets.extracting(offset..<offset + info.capturedLength)
            measure(decoder.decode(bytes, originalLength: info.originalLength), info, bytes)
            index += 1
        }
    }

    /// Measures packets of known flows that are like most, up to the first that is not, and returns its index.
    private mutating func measureOrdinary(_ packets: Span<PreparedPacket>, from first: Int) -> Int {
        var next = first
        while next < packets.count {
            let kind = packets[next].kind
            guard kind != .other, let place = knownPlace(packets[next]) else { return next }
            let direction: FlowDirection =
                slots[place].isLowEndInitiator == packets[next].isFromLowEnd ? .fromInitiator : .fromResponder
            if kind == .datagram {
                meter.observe(place, octets: packets[next].dataLength, packets[next].info, direction)
            } else {
                guard
                    let segment = slots[place].connection.observeOrdinary(
                        packets[next], from: direction, log: &memory.log)
                else { return next }
                meter.observeOrdinary(place, segment, direction)
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
