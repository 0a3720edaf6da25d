public import PacketDecode

/// A frame with octets of its own, to be kept and handed between tasks.
public struct CapturedPacket: Sendable, Hashable {
    public let info: FrameInfo
    /// The captured octets: `info.capturedLength` of them.
    public let bytes: [UInt8]
    /// What the octets begin with.
    public let linkType: LinkType

    public init(info: FrameInfo, bytes: [UInt8], linkType: LinkType) {
        self.info = info
        self.bytes = bytes
        self.linkType = linkType
    }
}
