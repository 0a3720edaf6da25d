/// The header of an ICMP (RFC 792) or ICMPv6 (RFC 4443) message.
///
///     +---------------+---------------+-------------------------------+
///     |     Type      |     Code      |           Checksum            |
///     +---------------+---------------+-------------------------------+
///     |             Rest of header: its meaning is the type's         |
///     +---------------------------------------------------------------+
public struct ICMPHeader: Sendable, BitwiseCopyable, Hashable {
    /// 8 octets.
    public static let length = 8

    /// A number of the version's own space: see `ICMPType` and `ICMPv6Type`.
    public var type: UInt8
    /// Tells messages of one type apart; 0 where the type has but one.
    public var code: UInt8
    /// Over the whole message, and for ICMPv6 over a pseudo-header too (RFC 4443 §2.3).
    public var checksum: UInt16
    /// The second word, in host order: identifier and sequence number, a next-hop MTU, a pointer, an address.
    public var restOfHeader: UInt32
    /// The octets of the packet that an error message quotes, with the zeros that may pad it; empty for other messages.
    /// Extensions behind it (RFC 4884) are not among them.
    public let quoted: ByteRange

    /// The checksum stands as given, or is filled in by `FrameBuilder`.
    public init(type: UInt8, code: UInt8 = 0, restOfHeader: UInt32 = 0, checksum: UInt16 = 0) {
        self.type = type
        self.code = code
        self.checksum = checksum
        self.restOfHeader = restOfHeader
        quoted = .empty
    }

    /// Echo messages: the identifier.
    @inlinable public var identifier: UInt16 { UInt16(truncatingIfNeeded: restOfHeader >> 16) }
    /// Echo messages: the sequence number.
    @inlinable public var sequenceNumber: UInt16 { UInt16(truncatingIfNeeded: restOfHeader) }

    /// Decodes the first eight octets of `header`, which must hold them.
    init(decoding header: Span<UInt8>, quoted: ByteRange) {
        type = header[0]
        code = header[1]
        checksum = header.uint16(at: 2)
        restOfHeader = header.uint32(at: 4)
        self.quoted = quoted
    }

    /// Octets of the quoted packet by the message's length attribute (RFC 4884 §3), which is there where extensions
    /// follow: in 32-bit words in ICMP's types 3, 11 and 12, in 64-bit words in ICMPv6's 1 and 3. Nil where there is none.
    static func quotedLength(_ header: Span<UInt8>, isIPv6: Bool) -> Int? {
        let length =
            switch (isIPv6, header[0]) {
            case (false, 3), (false, 11), (false, 12): Int(header[5]) * 4
            case (true, 1), (true, 3): Int(header[4]) * 8
            default: 0
            }
        return length == 0 ? nil : length
    }

    /// Appends the header's eight octets.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(type)
        bytes.append(code)
        bytes.append(bigEndian: checksum)
        bytes.append(bigEndian: restOfHeader)
    }
}

/// ICMP message types (IANA "ICMP Type Numbers"), an open space.
public struct ICMPType: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let echoReply = ICMPType(rawValue: 0)
    public static let destinationUnreachable = ICMPType(rawValue: 3)
    public static let sourceQuench = ICMPType(rawValue: 4)
    public static let redirect = ICMPType(rawValue: 5)
    public static let echoRequest = ICMPType(rawValue: 8)
    public static let timeExceeded = ICMPType(rawValue: 11)
    public static let parameterProblem = ICMPType(rawValue: 12)
    public static let timestampRequest = ICMPType(rawValue: 13)
    public static let timestampReply = ICMPType(rawValue: 14)

    /// Whether the message quotes the packet that it answers (RFC 1122 §3.2.2).
    @inlinable public var quotesPacket: Bool {
        switch self {
        case .destinationUnreachable, .sourceQuench, .redirect, .timeExceeded, .parameterProblem: true
        default: false
        }
    }
}

/// ICMPv6 message types (IANA "ICMPv6 Parameters"), an open space.
public struct ICMPv6Type: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let destinationUnreachable = ICMPv6Type(rawValue: 1)
    public static let packetTooBig = ICMPv6Type(rawValue: 2)
    public static let timeExceeded = ICMPv6Type(rawValue: 3)
    public static let parameterProblem = ICMPv6Type(rawValue: 4)
    public static let echoRequest = ICMPv6Type(rawValue: 128)
    public static let echoReply = ICMPv6Type(rawValue: 129)
    public static let routerSolicitation = ICMPv6Type(rawValue: 133)
    public static let routerAdvertisement = ICMPv6Type(rawValue: 134)
    public static let neighborSolicitation = ICMPv6Type(rawValue: 135)
    public static let neighborAdvertisement = ICMPv6Type(rawValue: 136)

    /// Whether the message quotes the packet that it answers: errors are types 1 to 4 (RFC 4443 §3).
    @inlinable public var quotesPacket: Bool { rawValue >= 1 && rawValue <= 4 }
}
