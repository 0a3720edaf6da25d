internal import FlowAnalysis
internal import PacketDecode

/// A segment's numbers as its flow has them.
///
/// A small value of its own: an observation is large, and is not to be copied for each part of a line.
struct SegmentNumbers: BitwiseCopyable {
    /// The first sequence number, counted from the connection's initial one.
    let sequenceNumber: Int64
    /// Counted from the peer's initial sequence number; nil without ACK.
    let acknowledgmentNumber: Int64?
    /// Octets, after scaling; nil where the shift count is not known.
    let scaledWindow: UInt32?
    let hasLabels: Bool
    /// Whether it tells of earlier segments.
    let hasRevisions: Bool

    /// Nil for what is no segment of a flow.
    @inline(__always)
    init?(_ flow: FlowObservation?) {
        guard let segment = flow?.tcp else { return nil }
        sequenceNumber = segment.relativeSequenceNumber
        acknowledgmentNumber = segment.relativeAcknowledgmentNumber
        scaledWindow = segment.scaledWindow
        hasLabels = !segment.labels.isEmpty
        hasRevisions = !segment.revisions.isEmpty
    }
}

extension Line {
    /// One segment: `PSH ACK seq 1:501 ack 1 win 65536 len 500`. Without a flow its numbers stand as they were sent.
    ///
    /// - Parameter payloadLength: octets of data on the wire.
    @inline(__always)
    mutating func put(_ header: TCPHeader, payloadLength: UInt32, _ numbers: SegmentNumbers?) {
        let flags = header.flags
        let flagsEnd = count + 7
        put(flags)
        pad(to: flagsEnd)
        let takesSequence = payloadLength > 0 || flags.rawValue & 0x7 != 0
        if takesSequence {
            let first = numbers?.sequenceNumber ?? Int64(header.sequenceNumber.rawValue)
            put(" seq ")
            put(number: first)
            if payloadLength > 0 {
                put(UInt8(ascii: ":"))
                put(number: first &+ Int64(payloadLength))
            }
        }
        if flags.contains(.ack) {
            put(" ack ")
            put(number: numbers?.acknowledgmentNumber ?? Int64(header.acknowledgmentNumber.rawValue))
        }
        if let window = numbers?.scaledWindow {
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
        if !header.options.sackBlocks.isEmpty { putSACK(header, numbers?.acknowledgmentNumber) }
    }

    /// What a SYN agrees on.
    @inline(never)
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

    /// Blocks counted as the acknowledgment number is; without a relative one, as they were sent.
    @inline(never)
    private mutating func putSACK(_ header: TCPHeader, _ acknowledgmentNumber: Int64?) {
        put(" sack ")
        for index in header.options.sackBlocks.indices {
            let block = header.options.sackBlocks[index]
            if index > 0 { put(UInt8(ascii: ",")) }
            for (edge, isFirst) in [(block.leftEdge, true), (block.rightEdge, false)] {
                if !isFirst { put(UInt8(ascii: ":")) }
                if let acknowledgmentNumber {
                    put(number: acknowledgmentNumber &+ Int64(header.acknowledgmentNumber.distance(to: edge)))
                } else {
                    put(number: edge.rawValue)
                }
            }
        }
    }
}
