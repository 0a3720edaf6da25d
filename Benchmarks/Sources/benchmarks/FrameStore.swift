import PacketDecode
import TrafficMix

/// Frames in memory, one behind the other.
struct FrameStore {
    private(set) var bytes: [UInt8] = []
    private(set) var infos: [FrameInfo] = []

    /// Takes so many frames of what `next` makes.
    init(frames: Int, _ next: () -> TrafficMix.Frame) {
        infos.reserveCapacity(frames)
        bytes.reserveCapacity(frames * 160)
        for _ in 0..<frames {
            let frame = next()
            infos.append(frame.info)
            bytes += frame.bytes
        }
    }

    /// Hands each frame to `body`.
    @inline(__always)
    func forEach(_ body: (FrameInfo, Span<UInt8>) -> Void) {
        let all = bytes.span
        var offset = 0
        for index in infos.indices {
            let info = infos[index]
            body(info, all.extracting(offset..<offset + info.capturedLength))
            offset += info.capturedLength
        }
    }
}
