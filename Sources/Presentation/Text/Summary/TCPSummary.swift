internal import FlowAnalysis
internal import PacketDecode

/// A segment's numbers as its flow has them; without a flow they stand as they were sent.
struct SegmentNumbers {
    /// The first sequence number, counted from the connection's initial one.
    let sequenceNumber: Int64
    /// Counted from the peer's initial sequence number.
    let acknowledgmentNumber: Int64
    /// Octets after scaling; nil where the shift count is not known.
    let scaledWindow: UInt32?

    @inline(__always)
    init(_ header: TCPHeader, _ segment: SegmentObservation?) {
        if let segment {
            sequenceNumber = segment.relativeSequenceNumber
            acknowledgmentNumber = segment.relativeAcknowledgmentNumber ?? 0
            scaledWindow = segment.scaledWindow
        } else {
            sequenceNumber = Int64(header.sequenceNumber.rawValue)
            acknowledgmentNumber = Int64(header.acknowledgmentNumber.rawValue)
            scaledWindow = nil
        }
    }
}

extension Line {
    /// One segment: `PSH ACK seq 1:501 ack 1 win 65536 len 500`.
    ///
    /// - Parameter payloadLength: octets of data on the wire.
    mutating func put(_ header: TCPHeader, payloadLength: UInt32, _ segment: SegmentObservation?) {
        let numbers = SegmentNumbers(header, segment)
        let flags = header.flags
        let flagsEnd = count + 7
        put(flags)
        pad(to: flagsEnd)
        let takesSequence = payloadLength > 0 || flags.rawValue & 0x7 != 0
        if takesSequence {
            put(" seq ")
            put(number: numbers.sequenceNumber)
            if payloadLength > 0 {
                put(UInt8(ascii: ":"))
                put(number: numbers.sequenceNumber &+ Int64(payloadLength))
            }
        }
        if flags.contains(.ack) {
            put(" ack ")
            put(number: numbers.acknowledgmentNumber)
        }
        if let window = numbers.scaledWindow {
            put(" win ")
            put(decimal: UInt64(window))
        } else {
            // As sent: without the handshake nobody knows by what it is to be scaled.
            put(" raw win ")
            put(decimal: UInt64(header.window))
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
        if !header.options.sackBlocks.isEmpty { putSACK(header, segment) }
    }

    /// What a SYN agrees on.
    private mutating func putHandshakeOptions(_ options: TCPOptions) {
        if let size = options.maximumSegmentSize {
            put(" mss ")
            put(number: size)
        }
        if options.isSACKPermitted { put(" sackOK") }
        if options.timestamps != nil { put(" ts") }
        if let shift = options.windowScale {
            put(" ws ")
            put(number: shift)
        }
    }

    /// Blocks counted as the acknowledgment number is.
    private mutating func putSACK(_ header: TCPHeader, _ segment: SegmentObservation?) {
        put(" sack ")
        for index in header.options.sackBlocks.indices {
            let block = header.options.sackBlocks[index]
            if index > 0 { put(UInt8(ascii: ",")) }
            let edges = segment?.relativeEdges(of: block)
            put(number: edges?.left ?? Int64(block.leftEdge.rawValue))
            put(UInt8(ascii: ":"))
            put(number: edges?.right ?? Int64(block.rightEdge.rawValue))
        }
    }
}
