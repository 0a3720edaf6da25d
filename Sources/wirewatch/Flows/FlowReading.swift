import FlowAnalysis
import PacketDecode
import Presentation

/// The flows of a capture that is being read, measured.
struct FlowReading: ~Copyable {
    private(set) var table: FlowTable
    private(set) var frames = PacketTotals()
    /// The first frame's time.
    private(set) var firstTime: Timestamp?
    private let decoder: PacketDecoder

    init(linkType: LinkType, limit: Int) {
        table = FlowTable(limit: limit, hasMeasures: true)
        decoder = PacketDecoder(linkType: linkType)
    }

    /// Takes the capture's next frame.
    @inline(__always)
    mutating func take(_ info: FrameInfo, _ bytes: Span<UInt8>) {
        if firstTime == nil { firstTime = info.timestamp }
        let packet = decoder.decode(bytes, originalLength: info.originalLength)
        frames.count(packet)
        table.measure(packet, info, bytes)
    }

    /// The capture has ended: what is incomplete stays so.
    mutating func finish() {
        _ = table.finish()
        frames.fragments = table.fragmentCounts
    }
}
