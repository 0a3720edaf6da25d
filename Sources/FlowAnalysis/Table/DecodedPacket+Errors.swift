import PacketDecode

extension DecodedPacket {
    /// Whether it is "fragmentation needed" (RFC 792, RFC 1191 §4) or "packet too big" (RFC 4443 §3.2).
    var isTooBigError: Bool {
        switch transport {
        case .icmp(let header): ICMPType(rawValue: header.type) == .destinationUnreachable && header.code == 4
        case .icmpv6(let header): ICMPv6Type(rawValue: header.type) == .packetTooBig
        default: false
        }
    }

    /// The number of a segment, of which an ICMP error may quote no more than eight octets.
    var sequenceNumber: SequenceNumber? {
        switch transport {
        case .tcp(let header): header.sequenceNumber
        case .prefix(let prefix): prefix.sequenceNumber
        default: nil
        }
    }
}
