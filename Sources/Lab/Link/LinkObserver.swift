public import PacketDecode
public import Timeline

/// Who is told what the link does with each frame, as it happens, on the relays' threads.
public struct LinkObserver: Sendable {
    /// A frame came in: the host that sent it, its fate, the frame decoded, its octets.
    public var taken: @Sendable (HostName, FrameFate, DecodedPacket, [UInt8]) -> Void
    /// A frame was let out: the host that sent it, its number among those that came in, its octets as they left, and when.
    public var departed: @Sendable (HostName, UInt64, [UInt8], Timestamp) -> Void

    public init(
        taken: @escaping @Sendable (HostName, FrameFate, DecodedPacket, [UInt8]) -> Void,
        departed: @escaping @Sendable (HostName, UInt64, [UInt8], Timestamp) -> Void
    ) {
        self.taken = taken
        self.departed = departed
    }
}
