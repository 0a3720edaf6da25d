/// What ended the decoding of a frame, or shortened what it could say: the layer, where it starts, and why.
public struct DecodeError: Error, Sendable, BitwiseCopyable, Hashable {
    /// The layer whose header, or whose data, could not be had whole.
    public let layer: Layer
    /// Where that layer's header starts, in octets from the frame's first.
    public let offset: UInt32
    /// What is wrong with it.
    public let reason: Reason

    /// An error in the layer that starts `offset` octets into the frame.
    @inlinable
    public init(_ layer: Layer, at offset: Int, _ reason: Reason) {
        self.layer = layer
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.reason = reason
    }

    /// A header that can end a decode.
    public enum Layer: UInt8, Sendable, BitwiseCopyable, Hashable {
        case ethernet, vlan, linuxSLL, linuxSLL2, loopback, arp, ipv4, ipv4Options, ipv6, ipv6Extension
        case authenticationHeader, tcp, tcpOptions, udp, icmp, icmpv6
    }

    /// What set the limit that a header or its data ran into.
    public enum Limit: UInt8, Sendable, BitwiseCopyable, Hashable {
        /// The octets that the capture kept. The frame was longer: it is cut, not malformed.
        case snapshotLength
        /// The frame's length on the wire.
        case frame
        /// The total length in the IPv4 header.
        case ipv4TotalLength
        /// The payload length in the IPv6 header.
        case ipv6PayloadLength
        /// The jumbo payload option of an IPv6 hop-by-hop header (RFC 2675 §2).
        case ipv6JumboPayloadLength
        /// The length in the UDP header.
        case udpLength
        /// The octets of a packet that an ICMP error quotes, which are seldom all.
        case quotation
    }

    /// Why a layer could not be decoded, or not all of it, with the numbers that say so.
    public enum Reason: Sendable, BitwiseCopyable, Hashable {
        /// A header needs `needed` octets; `available` are there, up to what `limit` allows.
        case tooShort(needed: UInt32, available: UInt32, limit: Limit)
        /// The version field holds another number than the layer's.
        case wrongVersion(UInt8)
        /// A header-length field, in octets, that is below the least that the header takes.
        case headerLengthTooSmall(octets: UInt16, minimum: UInt16)
        /// A length field promises `stated` octets where `available` are there, up to what `limit` allows. What is there
        /// was decoded.
        case lengthExceeds(stated: UInt32, available: UInt32, limit: Limit)
        /// An option whose length field is below two, or beyond the options' end.
        case malformedOption(kind: UInt8)
        /// More tags or extension headers than any sane packet holds.
        case tooManyHeaders(limit: UInt8)
    }

    /// Whether the capture's snapshot length is to blame: the frame itself may be well formed.
    @inlinable public var isCutBySnapshot: Bool {
        switch reason {
        case .tooShort(_, _, .snapshotLength), .lengthExceeds(_, _, .snapshotLength): true
        default: false
        }
    }
}
