public import FlowAnalysis
public import PacketDecode

/// What became of the frames of one reading or capture.
public struct PacketTotals: Sendable, Hashable {
    /// Frames that were seen: those that the filter let pass.
    public private(set) var frameCount: UInt64 = 0
    /// Frames whose every layer decoded well.
    public private(set) var decodedCount: UInt64 = 0
    /// Frames with a `stop`.
    public private(set) var stoppedCount: UInt64 = 0
    /// Of those, frames that the snapshot length cut.
    public private(set) var cutCount: UInt64 = 0
    /// Frames that the kernel dropped; nil where frames came from a file.
    public var droppedByKernel: UInt64?
    /// Frames that the interface dropped; nil where frames came from a file.
    public var droppedByInterface: UInt64?
    /// What became of IP fragments and the datagrams that they are of.
    public var fragments = FragmentAssembler.Counts()

    public init() {}

    @inline(__always)
    public mutating func count(_ packet: DecodedPacket) {
        frameCount += 1
        guard let stop = packet.stop else {
            decodedCount += 1
            return
        }
        stoppedCount += 1
        if stop.isCutBySnapshot { cutCount += 1 }
    }

    /// Counts frames whose every layer decoded well.
    @inline(__always)
    public mutating func count(decoded frames: Int) {
        frameCount += UInt64(frames)
        decodedCount += UInt64(frames)
    }

    /// The closing line: "12 frames seen, 11 decoded whole, 1 stopped early (1 cut by the snapshot length)".
    public var line: String {
        var buffer = OutputBuffer(capacity: 256)
        buffer.append(frameCount)
        buffer.append(frameCount == 1 ? " frame seen, " : " frames seen, ")
        buffer.append(decodedCount)
        buffer.append(" decoded whole, ")
        buffer.append(stoppedCount)
        buffer.append(" stopped early")
        if cutCount > 0 {
            buffer.append(" (")
            buffer.append(cutCount)
            buffer.append(" cut by the snapshot length)")
        }
        if let droppedByKernel {
            buffer.append(", ")
            buffer.append(droppedByKernel)
            buffer.append(" dropped by the kernel")
        }
        if let droppedByInterface, droppedByInterface > 0 {
            buffer.append(", ")
            buffer.append(droppedByInterface)
            buffer.append(" by the interface")
        }
        buffer.append(fragments)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
