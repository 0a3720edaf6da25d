import PacketDecode

/// What the state machine reads of a segment.
///
/// A small value of its own: a `TCPHeader` with its options is large, and handing it on would copy it.
struct TCPSegment: BitwiseCopyable {
    let sequenceNumber: SequenceNumber
    let acknowledgmentNumber: SequenceNumber
    let flags: TCPFlags
    let window: UInt16
    /// The shift count as sent; nil without the option.
    let windowScale: UInt8?
    /// Octets of data that the segment had on the wire.
    let dataLength: UInt32

    @inline(__always)
    init(_ header: TCPHeader, dataLength: UInt32) {
        sequenceNumber = header.sequenceNumber
        acknowledgmentNumber = header.acknowledgmentNumber
        flags = header.flags
        window = header.window
        windowScale = header.options.windowScale
        self.dataLength = dataLength
    }
}
