public import PacketDecode

extension FrameKind {
    /// The kind of a decoded frame.
    public init(_ packet: DecodedPacket) {
        if case .arp = packet.network {
            self = .neighborDiscovery
        } else if case .icmpv6(let header) = packet.transport, Self.isHousekeeping(header.type) {
            self = .neighborDiscovery
        } else if packet.tcp != nil {
            self = packet.payloadLength == 0 ? .emptySegment : .dataSegment
        } else {
            self = .other
        }
    }

    /// Neighbor discovery (RFC 4861) and multicast listener reports (RFC 2710, RFC 3810).
    private static func isHousekeeping(_ type: UInt8) -> Bool {
        (130...137).contains(type) || type == 143
    }
}
