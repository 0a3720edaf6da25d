/// The link header of a frame.
public enum LinkHeader: Sendable, BitwiseCopyable, Hashable {
    /// None was decoded: raw IP, an unknown link type, or a frame too short for one.
    case none
    case ethernet(EthernetHeader)
    case linuxSLL(LinuxSLLHeader)
    case linuxSLL2(LinuxSLLHeader)
    case loopback(LoopbackHeader)
}

/// The network header of a packet.
public enum NetworkHeader: Sendable, BitwiseCopyable, Hashable {
    case none
    case arp(ARPMessage)
    case ipv4(IPv4Header)
    case ipv6(IPv6Header)
}

/// The transport header of a packet.
public enum TransportHeader: Sendable, BitwiseCopyable, Equatable {
    case none
    case tcp(TCPHeader)
    case udp(UDPHeader)
    case icmp(ICMPHeader)
    case icmpv6(ICMPHeader)
    /// The first octets of a TCP or UDP header whose rest is not there; `stop` says why.
    case prefix(TransportPrefix)
}

/// What a frame says: its headers as values, its data as a range, and what ended the decoding if something did.
///
/// The value holds no reference and no bytes, so copying it is a copy of memory and decoding allocates nothing. Ranges
/// are into the frame that was decoded.
public struct DecodedPacket: Sendable, BitwiseCopyable, Equatable {
    /// VLAN tags that are kept; a frame with more ends in a `stop`.
    public static let vlanTagCapacity = 4

    public internal(set) var link: LinkHeader = .none
    /// Outermost first.
    public internal(set) var vlanTags = BoundedArray<4, VLANTag>(
        filler: VLANTag(protocolIdentifier: .vlan, controlInformation: 0))
    /// What the link layer says that it carries, behind all tags and SNAP; nil where it does not say (raw IP, LLC).
    public internal(set) var etherType: EtherType?
    /// An LLC and SNAP header between the link header and the network header, in IEEE 802.3 framing (RFC 1042); empty
    /// where there is none.
    public internal(set) var snapHeader: ByteRange = .empty
    public internal(set) var network: NetworkHeader = .none
    /// Where the network header starts in the frame; 0 where there is none.
    public internal(set) var networkOffset: UInt32 = 0
    /// The protocol above IP, behind extension headers; nil where there is no IP.
    public internal(set) var ipProtocol: IPProtocol?
    /// An AH between an IPv4 header and its payload (RFC 4302); empty where there is none.
    public internal(set) var authenticationHeader: ByteRange = .empty
    /// Whether the packet is an IP fragment. A later fragment has no transport header: its data is the payload.
    public internal(set) var isFragment = false
    public internal(set) var transport: TransportHeader = .none
    /// Where the transport header starts in the frame; 0 where there is none.
    public internal(set) var transportOffset: UInt32 = 0
    /// The octets behind the last header that was decoded, as far as they were captured. Link-layer padding behind an IP
    /// packet is not among them.
    public internal(set) var payload: ByteRange = .empty
    /// Octets that the payload had on the wire, by the lengths in the headers: more than `payload.count` in a cut frame.
    public internal(set) var payloadLength: UInt32 = 0
    /// What ended the decoding, or the first length that did not hold; nil where all is well.
    public internal(set) var stop: DecodeError?

    /// A packet of which nothing is known: what decoding starts from, and a place for `decode(_:originalLength:into:)`.
    @inlinable @inline(__always)
    public init() {}
}

extension DecodedPacket {
    /// The source and destination of an IP packet.
    @inlinable public var addresses: (source: IPAddress, destination: IPAddress)? {
        switch network {
        case .ipv4(let header): (.v4(header.source), .v4(header.destination))
        case .ipv6(let header): (.v6(header.source), .v6(header.destination))
        case .none, .arp: nil
        }
    }

    /// The ports of a TCP segment or a UDP datagram.
    @inlinable public var ports: (source: UInt16, destination: UInt16)? {
        switch transport {
        case .tcp(let header): (header.sourcePort, header.destinationPort)
        case .udp(let header): (header.sourcePort, header.destinationPort)
        case .prefix(let header): (header.sourcePort, header.destinationPort)
        case .none, .icmp, .icmpv6: nil
        }
    }

    /// The TCP header, where the transport is TCP and the header whole.
    @inlinable public var tcp: TCPHeader? {
        if case .tcp(let header) = transport { header } else { nil }
    }

    /// The UDP header, where the transport is UDP and the header whole.
    @inlinable public var udp: UDPHeader? {
        if case .udp(let header) = transport { header } else { nil }
    }

    /// The octets that a segment takes in sequence space: its data, and one each for SYN and FIN (RFC 9293 §3.4).
    @inlinable public var segmentLength: Int {
        guard case .tcp(let header) = transport else { return 0 }
        return Int(payloadLength) + (header.flags.contains(.syn) ? 1 : 0) + (header.flags.contains(.fin) ? 1 : 0)
    }
}
