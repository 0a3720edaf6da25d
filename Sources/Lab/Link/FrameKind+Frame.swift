internal import PacketDecode
internal import Timeline

extension FrameKind {
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
