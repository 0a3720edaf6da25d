internal import PacketDecode

/// A segment's numbers as its flow has them; without a flow they stand as they were sent.
struct SegmentNumbers {
    /// The first sequence number, counted from the connection's initial one.
    var sequenceNumber: UInt64
    /// Counted from the peer's initial sequence number.
    var acknowledgmentNumber: UInt64
    /// Octets, after scaling.
    var window: UInt64

    /// The numbers as they stand in the header.
    init(unrelated header: TCPHeader) {
        sequenceNumber = UInt64(header.sequenceNumber.rawValue)
        acknowledgmentNumber = UInt64(header.acknowledgmentNumber.rawValue)
        window = UInt64(header.window)
    }
}

extension Line {
    /// One segment: `PSH ACK seq 1:501 ack 1 win 65536 len 500`.
    ///
    /// - Parameter payloadLength: octets of data on the wire.
    mutating func put(_ header: TCPHeader, payloadLength: UInt32, numbers: SegmentNumbers) {
        let flags = header.flags
        let flagsEnd = count + 7
        put(flags)
        pad(to: flagsEnd)
        let takesSequence = payloadLength > 0 || flags.rawValue & 0x7 != 0
        if takesSequence {
            put(" seq ")
            put(decimal: numbers.sequenceNumber)
            if payloadLength > 0 {
                put(UInt8(ascii: ":"))
                put(decimal: numbers.sequenceNumber &+ UInt64(payloadLength))
            }
        }
        if flags.contains(.ack) {
            put(" ack ")
            put(decimal: numbers.acknowledgmentNumber)
        }
        if !flags.contains(.rst) {
            put(" win ")
            put(decimal: numbers.window)
        }
        if payloadLength > 0 {
            put(" len ")
            put(decimal: UInt64(payloadLength))
        }
        if flags.contains(.urg) {
            put(" urg ")
            put(decimal: UInt64(header.urgentPointer))
        }
        if flags.contains(.syn) { putHandshakeOptions(header.options) }
        if !header.options.sackBlocks.isEmpty { putSACK(header, numbers) }
    }

    /// What a SYN agrees on.
    private mutating func putHandshakeOptions(_ options: TCPOptions) {
        if let size = options.maximumSegmentSize {
            put(" mss ")
            put(size)
        }
        if options.isSACKPermitted { put(" sackOK") }
        if options.timestamps != nil { put(" ts") }
        if let shift = options.windowScale {
            put(" ws ")
            put(shift)
        }
    }

    /// Blocks counted as the acknowledgment number is.
    private mutating func putSACK(_ header: TCPHeader, _ numbers: SegmentNumbers) {
        put(" sack ")
        for index in header.options.sackBlocks.indices {
            let block = header.options.sackBlocks[index]
            if index > 0 { put(UInt8(ascii: ",")) }
            put(edge: block.leftEdge, header, numbers)
            put(UInt8(ascii: ":"))
            put(edge: block.rightEdge, header, numbers)
        }
    }

    private mutating func put(edge: SequenceNumber, _ header: TCPHeader, _ numbers: SegmentNumbers) {
        let distance = Int64(header.acknowledgmentNumber.distance(to: edge))
        let isRaw = numbers.acknowledgmentNumber == UInt64(header.acknowledgmentNumber.rawValue)
        put(isRaw ? Int64(edge.rawValue) : Int64(clamping: numbers.acknowledgmentNumber) &+ distance)
    }
}
