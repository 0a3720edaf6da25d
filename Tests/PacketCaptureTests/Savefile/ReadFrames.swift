import PacketCapture
import PacketDecode

/// What a reader gave until its end.
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
    }
}
