public import PacketDecode

/// The link's verdict on one frame, and where the frame is found in the captures at both ends.
public struct LinkEvent: Sendable {
    /// The host that sent the frame.
    public var source: HostName
    public var fate: FrameFate
    /// The frame as it entered the link.
    public var packet: DecodedPacket
    /// The octets that entered; the packet's ranges are into them.
    public var bytes: [UInt8]
    /// The frame's number in the sending host's capture; nil where that capture did not show it.
    public var sentFrame: UInt64?
    /// The frame's numbers in the receiving host's capture: none for a frame that was dropped, two for one that was
    /// doubled.
    public var deliveredFrames: [UInt64]

    public init(
        source: HostName, fate: FrameFate, packet: DecodedPacket, bytes: [UInt8], sentFrame: UInt64? = nil,
        deliveredFrames: [UInt64] = []
    ) {
        self.source = source
        self.fate = fate
        self.packet = packet
        self.bytes = bytes
        self.sentFrame = sentFrame
        self.deliveredFrames = deliveredFrames
    }
}
