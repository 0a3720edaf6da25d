public import PacketDecode

/// Frames of a capture, many at once: their octets in one buffer, which is filled again and again.
///
/// A value: it may be handed to another thread, and goes on being valid while the next frames are read into another one.
public struct FrameBlock: Sendable {
    /// Octets that a block holds unless told otherwise: some thousand frames, and less than a processor's own cache.
    public static let defaultCapacity = 256 << 10

    /// A frame of a block.
    public struct Frame: Sendable, BitwiseCopyable, Hashable {
        /// The frame's first octet in `octets`; `info.capturedLength` tells how many there are.
        public let offset: Int
        public let info: FrameInfo
    }

    /// The frames, in the file's order.
    public internal(set) var frames: [Frame] = []
    /// What `frames` point into, with octets between them that belong to no frame.
    public internal(set) var octets: [UInt8] = []
    /// The octets that are read at once.
    public let capacity: Int

    /// An empty block that is filled with about `capacity` octets at once; a frame that is larger comes whole.
    public init(capacity: Int = FrameBlock.defaultCapacity) {
        self.capacity = max(64, capacity)
    }

    /// Hands each frame to `body`.
    @inlinable @inline(__always)
    public func forEachFrame(_ body: (Frame, Span<UInt8>) -> Void) {
        let all = octets.span
        for frame in frames {
            body(frame, all.extracting(frame.offset..<frame.offset + frame.info.capturedLength))
        }
    }
}
