import PacketCapture
import PacketDecode
import Testing

/// What a reader gave until its end: frame by frame, and the same in blocks, which is checked here of every file.
struct ReadFrames {
    var packets: [CapturedPacket] = []
    var linkType: LinkType?
    var error: CaptureError?

    /// Reads all of a file, and what ended it.
    init(path: String, filter: String? = nil) {
        do throws(CaptureError) {
            var reader = try SavefileReader(path: path, filter: filter)
            linkType = reader.linkType
            while let info = try reader.next() {
                let bytes = reader.withFrameBytes { span in unsafe span.withUnsafeBufferPointer { unsafe Array($0) } }
                packets.append(CapturedPacket(info: info, bytes: bytes, linkType: reader.linkType))
            }
        } catch {
            self.error = error
        }
        for capacity in [64, FrameBlock.defaultCapacity] {
            let blocks = ReadFrames(path: path, filter: filter, capacity: capacity)
            #expect(blocks.packets == packets && blocks.error == error, "\(path) in blocks of \(capacity)")
        }
    }

    private init(path: String, filter: String?, capacity: Int) {
        do throws(CaptureError) {
            var reader = try SavefileReader(path: path, filter: filter)
            linkType = reader.linkType
            var block = FrameBlock(capacity: capacity)
            var isBlockNext = true
            while true {
                if isBlockNext {
                    guard try reader.readBlock(into: &block) else { break }
                    block.forEachFrame { frame, bytes in append(frame.info, bytes, reader.linkType) }
                } else {
                    // Both ways may take turns.
                    guard let info = try reader.next() else { break }
                    reader.withFrameBytes { append(info, $0, reader.linkType) }
                }
                isBlockNext.toggle()
            }
        } catch {
            self.error = error
        }
    }

    private mutating func append(_ info: FrameInfo, _ bytes: Span<UInt8>, _ linkType: LinkType) {
        let bytes = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        packets.append(CapturedPacket(info: info, bytes: bytes, linkType: linkType))
    }
}
