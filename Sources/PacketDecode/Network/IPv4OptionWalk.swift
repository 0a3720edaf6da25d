/// An IPv4 option type: a number of IANA's "IP Option Numbers", with its copied flag and class.
public struct IPv4OptionKind: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// RFC 791 §3.1.
    public static let endOfList = IPv4OptionKind(rawValue: 0)
    /// RFC 791 §3.1.
    public static let noOperation = IPv4OptionKind(rawValue: 1)
    /// RFC 791 §3.1.
    public static let recordRoute = IPv4OptionKind(rawValue: 7)
    /// RFC 791 §3.1.
    public static let timestamp = IPv4OptionKind(rawValue: 68)
    /// RFC 1108.
    public static let security = IPv4OptionKind(rawValue: 130)
    /// LSRR, RFC 791 §3.1.
    public static let looseSourceRoute = IPv4OptionKind(rawValue: 131)
    /// CIPSO, FIPS 188.
    public static let commercialSecurity = IPv4OptionKind(rawValue: 134)
    /// RFC 791 §3.1, deprecated by RFC 6814.
    public static let streamIdentifier = IPv4OptionKind(rawValue: 136)
    /// SSRR, RFC 791 §3.1.
    public static let strictSourceRoute = IPv4OptionKind(rawValue: 137)
    /// RFC 2113.
    public static let routerAlert = IPv4OptionKind(rawValue: 148)

    /// Whether every fragment carries the option.
    @inlinable public var isCopied: Bool { rawValue & 0x80 != 0 }
}

/// One IPv4 option, typed. Octets that stay in the frame are ranges into it.
public enum IPv4Option: Sendable, BitwiseCopyable, Hashable {
    case endOfList
    case noOperation
    /// `pointer` counts from the option's first octet, from 1: where the next address will be recorded.
    case recordRoute(pointer: UInt8, addresses: ByteRange)
    /// `pointer` as in `recordRoute`: the next address to go to; beyond the option where the route is done.
    case looseSourceRoute(pointer: UInt8, addresses: ByteRange)
    case strictSourceRoute(pointer: UInt8, addresses: ByteRange)
    /// `overflow`: hosts that found no room, 0...15. `flag`: 0 times only, 1 with addresses, 3 prespecified addresses.
    case timestamp(pointer: UInt8, overflow: UInt8, flag: UInt8, entries: ByteRange)
    /// 0: every router examines the packet.
    case routerAlert(UInt16)
    /// A kind without a meaning here, or one of an unexpected length: its data behind kind and length.
    case unknown(IPv4OptionKind, data: ByteRange)
    /// A length below two or beyond the options: the walk ends here.
    case malformed(IPv4OptionKind, length: UInt8?)
}

/// A walk over the options of an IPv4 header, one at a time, in order.
///
/// It ends behind an end-of-list option, at a malformed one, or where the octets end.
public struct IPv4OptionWalk: Sendable {
    private var walk: KindLengthWalk

    /// Starts at the first octet of `range`, which is `IPv4Header.options` of a decoded header.
    public init(range: ByteRange) { walk = KindLengthWalk(range: range) }

    /// The next option with its octets in the frame, or nil at the end. `bytes` is the frame that the range came from.
    public mutating func next(in bytes: Span<UInt8>) -> (option: IPv4Option, range: ByteRange)? {
        guard let step = walk.next(in: bytes) else { return nil }
        let kind = IPv4OptionKind(rawValue: step.kind)
        switch step.form {
        case .endOfList: return (.endOfList, step.range)
        case .noOperation: return (.noOperation, step.range)
        case .malformed(let length): return (.malformed(kind, length: length), step.range)
        case .option: return (Self.option(kind, data: step.data, bytes.extracting(step.data.indices)), step.range)
        }
    }

    private static func option(_ kind: IPv4OptionKind, data: ByteRange, _ octets: Span<UInt8>) -> IPv4Option {
        let addresses = ByteRange(from: data.start + 1, to: data.end)
        switch (kind, octets.count) {
        case (.recordRoute, 1...): return .recordRoute(pointer: octets[0], addresses: addresses)
        case (.looseSourceRoute, 1...): return .looseSourceRoute(pointer: octets[0], addresses: addresses)
        case (.strictSourceRoute, 1...): return .strictSourceRoute(pointer: octets[0], addresses: addresses)
        case (.timestamp, 2...):
            return .timestamp(
                pointer: octets[0], overflow: octets[1] >> 4, flag: octets[1] & 0xF,
                entries: ByteRange(from: data.start + 2, to: data.end))
        case (.routerAlert, 2): return .routerAlert(octets.uint16(at: 0))
        default: return .unknown(kind, data: data)
        }
    }
}

extension IPv4Header {
    /// Where the packet is bound in the end: the last address of a source route that is not done, else `destination`.
    ///
    /// A transport's checksum covers this one, for the sender computes it for the receiver (RFC 1122 §3.2.1.8).
    ///
    /// - Parameter bytes: the frame that the header was decoded from.
    public func finalDestination(in bytes: Span<UInt8>) -> IPv4Address {
        guard !options.isEmpty else { return destination }
        var walk = IPv4OptionWalk(range: options)
        while let (option, _) = walk.next(in: bytes) {
            switch option {
            case .looseSourceRoute(let pointer, let addresses), .strictSourceRoute(let pointer, let addresses):
                // The pointer counts from 1 at the option's first octet, three octets before the addresses.
                guard Int(pointer) <= addresses.count + 3, addresses.count >= 4 else { return destination }
                let last = bytes.extracting(addresses.end - 4..<addresses.end)
                return IPv4Address(rawValue: last.uint32(at: 0))
            default: continue
            }
        }
        return destination
    }
}
