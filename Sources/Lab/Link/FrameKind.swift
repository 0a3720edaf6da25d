internal import PacketDecode

/// What the link knows of a frame, to be fair to it and to tell of it.
public enum FrameKind: Sendable, Hashable {
    /// ARP, or IPv6 neighbor discovery: never dropped, for without it there is nothing to see.
    case neighborDiscovery
    /// A TCP segment without data.
    case emptySegment
    /// A TCP segment with data.
    case dataSegment
    case other

    init(_ bytes: Span<UInt8>) {
        let packet = PacketDecoder(linkType: .ethernet).decode(bytes)
        if case .arp = packet.network {
            self = .neighborDiscovery
        } else if case .icmpv6(let header) = packet.transport, (133...137).contains(header.type) {
            self = .neighborDiscovery
        } else if packet.tcp != nil {
            self = packet.payloadLength == 0 ? .emptySegment : .dataSegment
        } else {
            self = .other
        }
    }
}
