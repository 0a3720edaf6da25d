/// The state of one decode: where it stands, and how far the captured octets and the length fields let it go.
///
/// It holds no bytes: each step is handed the frame. Invariants: `offset <= capturedEnd` and `capturedEnd <= bytes.count`.
struct LayerWalk {
    /// The next octet to decode.
    var offset: Int
    /// The end of the octets that are there, or of the innermost length field where that is nearer.
    private(set) var capturedEnd: Int
    /// The end of the octets that were on the wire, by the innermost length field.
    private(set) var wireEnd: Int
    /// What set `wireEnd`.
    private(set) var limit: DecodeError.Limit
    /// An ICMP error quotes only the head of a packet: lengths that exceed the quotation are no fault.
    let isQuotation: Bool

    init(captured: Int, original: Int) {
        offset = 0
        capturedEnd = captured
        wireEnd = original
        limit = .frame
        isQuotation = false
    }

    /// A decode of the packet that an ICMP error quotes in `range`.
    init(quotation range: ByteRange) {
        offset = range.start
        capturedEnd = range.end
        wireEnd = range.end
        limit = .quotation
        isQuotation = true
    }

    /// Why `needed` octets from `offset` on are not there, or nil where they are.
    @inline(__always)
    func shortage(of needed: Int) -> DecodeError.Reason? {
        offset + needed <= capturedEnd ? nil : reasonForShortage(of: needed)
    }

    @inline(never)
    private func reasonForShortage(of needed: Int) -> DecodeError.Reason {
        if offset + needed <= wireEnd {
            return .tooShort(
                needed: UInt32(clamping: needed), available: UInt32(clamping: capturedEnd - offset),
                limit: isQuotation ? .quotation : .snapshotLength)
        }
        return .tooShort(
            needed: UInt32(clamping: needed), available: UInt32(clamping: wireEnd - offset), limit: limit)
    }

    /// Draws the limit of a length field: `length` octets from `start` on, set by `newLimit`.
    ///
    /// - Returns: the fault, where the field promises more than the outer layers hold.
    @inline(__always)
    mutating func narrow(
        from start: Int, length: Int, by newLimit: DecodeError.Limit
    ) -> DecodeError.Reason? {
        let end = start + length
        if end <= wireEnd {
            wireEnd = end
            capturedEnd = min(capturedEnd, end)
            limit = newLimit
            return nil
        }
        if isQuotation {
            // The rest of the packet was on a wire, though not on this one: as if a snapshot length had cut it.
            wireEnd = end
            limit = newLimit
            return nil
        }
        return .lengthExceeds(
            stated: UInt32(clamping: length), available: UInt32(clamping: wireEnd - start), limit: limit)
    }

    /// Ends the decode: what is left is payload.
    @inline(__always)
    func finish(_ packet: inout DecodedPacket) {
        packet.payload = ByteRange(from: offset, to: capturedEnd)
        packet.payloadLength = UInt32(clamping: max(0, wireEnd - offset))
    }

    /// Ends the decode with a fault of `layer`, whose header starts at `start`.
    @inline(never)
    func stop(
        _ packet: inout DecodedPacket, _ layer: DecodeError.Layer, at start: Int, _ reason: DecodeError.Reason
    ) {
        note(&packet, layer, at: start, reason)
        finish(&packet)
    }

    /// Keeps the first fault that was met; decoding goes on.
    @inline(never)
    func note(
        _ packet: inout DecodedPacket, _ layer: DecodeError.Layer, at start: Int, _ reason: DecodeError.Reason
    ) {
        if packet.stop == nil { packet.stop = DecodeError(layer, at: start, reason) }
    }
}
