internal import FlowAnalysis
internal import Synchronization
internal import Timeline

/// The flows of one host's capture, measured while it runs.
final class FlowMeasurement: Sendable {
    private struct Contents: ~Copyable {
        var table = FlowTable(limit: 1 << 16, hasMeasures: true)
        var frames: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    func observe(_ event: PacketEvent) {
        contents.withLock {
            $0.frames += 1
            $0.table.measure(event.packet, event.info, event.bytes.span)
        }
    }

    var frames: UInt64 { contents.withLock { $0.frames } }

    /// The flows in the order of their starts.
    var summaries: [FlowSummary] {
        contents.withLock { contents in
            (0..<contents.table.flowCount).compactMap { contents.table.summary(at: $0) }.sorted { $0.flow < $1.flow }
        }
    }
}
