public import PacketDecode

/// A frame with octets of its own, to be kept and handed between tasks.
public struct CapturedPacket: Sendable, Hashable {
    /// The frame's number, time and lengths.
    public let info: FrameInfo
    /// The captured octets: `info.capturedLength` of them.
    public let bytes: [UInt8]
    /// What the octets begin with.
    public let linkType: LinkType

    /// A frame that is kept: `bytes` are the octets that were captured.
    public init(info: FrameInfo, bytes: [UInt8], linkType: LinkType) {
        self.info = info
        self.bytes = bytes
        self.linkType = linkType
    }
}
