import FlowAnalysis
import PacketCapture
import PacketDecode
import Presentation
import TrafficBlocking

/// The flows of a capture, measured.
///
/// One thread reads and decodes frames, a block of them at a time, while this one measures those that it has read before:
/// the time is the longer one's. What comes out is the same as on one thread, for the table sees every packet, in the
/// capture's order.
struct FlowReading: ~Copyable {
    private(set) var table: FlowTable
    private(set) var frames = PacketTotals()
    /// The first frame's time.
    private(set) var firstTime: Timestamp?
    /// Why the reading ended before the file did; what was read until then stands.
    private(set) var failure: CaptureError?

    /// Blocks that are on their way between the threads, or wait to be filled.
    private static let blockCount = 6

    /// Reads all that `reader` has.
    ///
    /// - Parameter limit: the most flows that are held at once.
    init(_ reader: consuming SavefileReader, limit: Int) {
        table = FlowTable(limit: limit, hasMeasures: true)
        let decoder = PacketDecoder(linkType: reader.linkType)
        let work = Handover(PacketSource(reader, decoder, table.preparation))
        let filled = PacketBlocks()
        let empty = PacketBlocks()
        for _ in 0..<Self.blockCount { empty.put(.packets(PacketBlock())) }
        let reading = {
            @Sendable in
            guard var source = work.take() else { return }
            while case .packets(var block) = empty.take() {
                let end = source.fill(&block)
                filled.put(.packets(consume block))
                if let end { return filled.put(.end(end)) }
            }
        }
        do throws(ThreadError) {
            let thread = try SystemThread(reading)
            measure(filled, empty, decoder)
            thread.join()
        } catch {
            measureAlone(work, decoder)
        }
    }

    private mutating func measure(_ filled: PacketBlocks, _ empty: PacketBlocks, _ decoder: PacketDecoder) {
        // Blocks go back several at once: to wake the other thread for each of them takes longer.
        var measured: [PacketBlock] = []
        measured.reserveCapacity(Self.blockCount)
        while true {
            var next = filled.takeIfThere()
            if next == nil || measured.count >= Self.blockCount / 2 {
                while let block = measured.popLast() { empty.put(.packets(consume block)) }
            }
            switch next.take() ?? filled.take() {
            case .packets(let block):
                measure(block, decoder)
                measured.append(consume block)
            case .end(let end):
                return finish(end)
            }
        }
    }

    /// The same without another thread, where the system has none to give.
    private mutating func measureAlone(_ work: Handover<PacketSource>, _ decoder: PacketDecoder) {
        guard var source = work.take() else { return }
        var block = PacketBlock()
        while true {
            let end = source.fill(&block)
            measure(block, decoder)
            if let end { return finish(end) }
        }
    }

    private mutating func measure(_ block: PacketBlock, _ decoder: PacketDecoder) {
        if firstTime == nil { firstTime = block.frames.frames.first?.info.timestamp }
        table.measure(block.packets.span, in: block.frames.octets.span, decoder: decoder)
    }

    private mutating func finish(_ end: PacketSource.End) {
        frames = end.frames
        failure = end.failure
        // Fragmented datagrams that are incomplete stay so.
        _ = table.finish()
        frames.fragments = table.fragmentCounts
    }
}
