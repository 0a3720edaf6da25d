import Dispatch
import FlowAnalysis
import PacketCapture
import PacketDecode
import Presentation
import Synchronization

/// Frames that were read and decoded, and are ready for a flow table.
struct PacketBlock: Sendable {
    var frames = FrameBlock()
    /// A packet for each frame.
    var packets: [PreparedPacket] = []
}

/// A capture's frames on their way to a flow table, read and decoded block by block.
struct PacketSource: ~Copyable, Sendable {
    private var reader: SavefileReader
    private let decoder: PacketDecoder
    private let prepare: FlowPreparation
    private var frames = PacketTotals()

    /// How the reading ended.
    struct End: Sendable {
        /// What became of all frames.
        let frames: PacketTotals
        /// Why it ended before the file did.
        let failure: CaptureError?
    }

    init(_ reader: consuming SavefileReader, _ decoder: PacketDecoder, _ prepare: FlowPreparation) {
        self.reader = reader
        self.decoder = decoder
        self.prepare = prepare
    }

    /// Puts the next packets into `block`, in place of those that it held; none, and the end, where there are none left.
    mutating func fill(_ block: inout PacketBlock) -> End? {
        block.packets.removeAll(keepingCapacity: true)
        do throws(CaptureError) {
            guard try reader.readBlock(into: &block.frames) else { return End(frames: frames, failure: nil) }
        } catch {
            return End(frames: frames, failure: error)
        }
        prepareAll(block.frames, &block.packets)
        return nil
    }

    private mutating func prepareAll(_ block: borrowing FrameBlock, _ packets: inout [PreparedPacket]) {
        packets.reserveCapacity(block.frames.count)
        var plain = PlainPacket()
        var plainCount = 0
        block.forEachFrame { frame, bytes in
            if decoder.readPlain(bytes, originalLength: frame.info.originalLength, into: &plain) {
                plainCount += 1
                packets.append(prepare(plain, frame.info, offset: frame.offset))
            } else {
                let packet = decoder.decode(bytes, originalLength: frame.info.originalLength)
                frames.count(packet)
                packets.append(prepare(packet, frame.info, offset: frame.offset))
            }
        }
        frames.count(decoded: plainCount)
    }
}

/// Blocks that one thread hands to another, first in, first out.
final class PacketBlocks: Sendable {
    enum Element: Sendable {
        case packets(PacketBlock)
        case end(PacketSource.End)
    }

    private let waiting = Mutex<[Element]>([])
    private let count = DispatchSemaphore(value: 0)

    /// Hands a block over: no reference to it stays here, for its memory is filled again in place.
    func put(_ element: consuming Element) {
        var handed: Element? = consume element
        waiting.withLock { waiting in
            if let element = handed.take() { waiting.append(element) }
        }
        count.signal()
    }

    /// The next one, once there is one.
    func take() -> Element {
        count.wait()
        return waiting.withLock { $0.removeFirst() }
    }

    /// The next one, where it is there already.
    func takeIfThere() -> Element? {
        guard count.wait(timeout: .now()) == .success else { return nil }
        return waiting.withLock { $0.removeFirst() }
    }
}
