/// What a capture says about a frame besides its bytes.
public struct FrameInfo: Sendable, BitwiseCopyable, Hashable {
    /// The frame's place in its capture, from 1.
    public let number: UInt64
    /// When the frame was captured.
    public let timestamp: Timestamp
    /// Octets that were kept: the length of the frame's bytes.
    public let capturedLength: Int
    /// Octets that the frame had on the wire. More than `capturedLength` where the snapshot length cut it.
    public let originalLength: Int

    /// What a capture stores beside a frame; lengths are octets.
    @inlinable
    public init(number: UInt64, timestamp: Timestamp, capturedLength: Int, originalLength: Int) {
        self.number = number
        self.timestamp = timestamp
        self.capturedLength = capturedLength
        self.originalLength = originalLength
    }

    /// Whether the snapshot length cut the frame.
    @inlinable public var isCut: Bool { capturedLength < originalLength }
}
