internal import PacketDecode

/// Where a packet comes from and goes to, in the innermost terms that it has: endpoints, IP addresses, link addresses.
struct PacketEnds {
    enum End {
        case none
        case link(MACAddress)
        case address(IPAddress)
        case endpoint(IPAddress, UInt16)

        var ipAddress: IPAddress? {
            switch self {
            case .none, .link: nil
            case .address(let address), .endpoint(let address, _): address
            }
        }
    }

    let source: End
    let destination: End
    /// Whether the text of an end may be wider than IPv4's.
    let mayBeLong: Bool

    @inline(__always)
    init(_ packet: DecodedPacket) {
        guard let addresses = packet.addresses else {
            mayBeLong = false
            switch packet.link {
            case .ethernet(let header):
                source = .link(header.source)
                destination = .link(header.destination)
            case .linuxSLL(let header), .linuxSLL2(let header):
                source = header.address.map { .link($0) } ?? .none
                destination = .none
            case .none, .loopback:
                source = .none
                destination = .none
            }
            return
        }
        if case .v6 = addresses.source { mayBeLong = true } else { mayBeLong = false }
        if let ports = packet.ports {
            source = .endpoint(addresses.source, ports.source)
            destination = .endpoint(addresses.destination, ports.destination)
        } else {
            source = .address(addresses.source)
            destination = .address(addresses.destination)
        }
    }
}
