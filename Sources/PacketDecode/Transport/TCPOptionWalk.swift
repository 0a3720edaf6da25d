/// A TCP option kind: a number of IANA's "TCP Option Kind Numbers", an open space.
public struct TCPOptionKind: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// RFC 9293 §3.2.
    public static let endOfList = TCPOptionKind(rawValue: 0)
    /// RFC 9293 §3.2.
    public static let noOperation = TCPOptionKind(rawValue: 1)
    /// RFC 9293 §3.7.1.
    public static let maximumSegmentSize = TCPOptionKind(rawValue: 2)
    /// RFC 7323 §2.2.
    public static let windowScale = TCPOptionKind(rawValue: 3)
    /// RFC 2018 §2.
    public static let sackPermitted = TCPOptionKind(rawValue: 4)
    /// RFC 2018 §3; RFC 2883 for duplicates.
    public static let sack = TCPOptionKind(rawValue: 5)
    /// RFC 7323 §3.2.
    public static let timestamps = TCPOptionKind(rawValue: 8)
    /// RFC 2385.
    public static let md5Signature = TCPOptionKind(rawValue: 19)
    /// RFC 5482.
    public static let userTimeout = TCPOptionKind(rawValue: 28)
    /// TCP-AO, RFC 5925 §2.2.
    public static let authentication = TCPOptionKind(rawValue: 29)
    /// MPTCP, RFC 6824 and 8684 §3.
    public static let multipath = TCPOptionKind(rawValue: 30)
    /// RFC 7413 §4.1.1.
    public static let fastOpenCookie = TCPOptionKind(rawValue: 34)
    /// The experiments' kinds (RFC 4727 §2.2, with identifiers RFC 6994).
    public static let experiment1 = TCPOptionKind(rawValue: 253)
    /// The experiments' kinds (RFC 4727 §2.2, with identifiers RFC 6994).
    public static let experiment2 = TCPOptionKind(rawValue: 254)
}

/// One TCP option, typed. Octets that stay in the frame are ranges into it.
public enum TCPOption: Sendable, BitwiseCopyable, Equatable {
    case endOfList
    case noOperation
    /// Octets.
    case maximumSegmentSize(UInt16)
    /// The shift count as sent.
    case windowScale(UInt8)
    case sackPermitted
    case sack(BoundedArray<4, SACKBlock>)
    case timestamps(TCPTimestamps)
    /// The 16-octet digest.
    case md5Signature(digest: ByteRange)
    /// The timeout in the granularity's unit: minutes where `isInMinutes`, else seconds.
    case userTimeout(isInMinutes: Bool, value: UInt16)
    case authentication(keyID: UInt8, nextKeyID: UInt8, code: ByteRange)
    /// The subtype (0 MP_CAPABLE, 1 MP_JOIN, 2 DSS, …) and the option's data from the subtype's octet on.
    case multipath(subtype: UInt8, data: ByteRange)
    /// The cookie; empty in a request for one.
    case fastOpenCookie(ByteRange)
    /// A kind without a meaning here, or one of an unexpected length: its data behind kind and length.
    case unknown(TCPOptionKind, data: ByteRange)
    /// A length below two or beyond the options: the walk ends here.
    case malformed(TCPOptionKind, length: UInt8?)
}

/// A walk over the options of a TCP header, one at a time, in order.
///
/// It ends behind an end-of-list option, at a malformed one, or where the octets end.
public struct TCPOptionWalk: Sendable {
    private var walk: KindLengthWalk

    /// Starts at the first octet of `range`, which is `TCPOptions.range` of a decoded header.
    public init(range: ByteRange) { walk = KindLengthWalk(range: range) }

    /// The next option with its octets in the frame, or nil at the end. `bytes` is the frame that the range came from.
    public mutating func next(in bytes: Span<UInt8>) -> (option: TCPOption, range: ByteRange)? {
        guard let step = walk.next(in: bytes) else { return nil }
        let kind = TCPOptionKind(rawValue: step.kind)
        switch step.form {
        case .endOfList: return (.endOfList, step.range)
        case .noOperation: return (.noOperation, step.range)
        case .malformed(let length): return (.malformed(kind, length: length), step.range)
        case .option: return (Self.option(kind, data: step.data, bytes.extracting(step.data.indices)), step.range)
        }
    }

    private static func option(_ kind: TCPOptionKind, data: ByteRange, _ octets: Span<UInt8>) -> TCPOption {
        switch (kind, octets.count) {
        case (.maximumSegmentSize, 2): return .maximumSegmentSize(octets.uint16(at: 0))
        case (.windowScale, 1): return .windowScale(octets[0])
        case (.sackPermitted, 0): return .sackPermitted
        case (.sack, 8...32) where octets.count % 8 == 0:
            return .sack(sackBlocks(octets))
        case (.timestamps, 8):
            return .timestamps(TCPTimestamps(value: octets.uint32(at: 0), echoReply: octets.uint32(at: 4)))
        case (.md5Signature, 16): return .md5Signature(digest: data)
        case (.userTimeout, 2):
            let field = octets.uint16(at: 0)
            return .userTimeout(isInMinutes: field & 0x8000 != 0, value: field & 0x7FFF)
        case (.authentication, 2...):
            return .authentication(
                keyID: octets[0], nextKeyID: octets[1], code: ByteRange(from: data.start + 2, to: data.end))
        case (.multipath, 1...): return .multipath(subtype: octets[0] >> 4, data: data)
        // A cookie has 4 to 16 octets and an even length (RFC 7413 §4.1.1).
        case (.fastOpenCookie, 0): return .fastOpenCookie(data)
        case (.fastOpenCookie, 4...16) where octets.count % 2 == 0: return .fastOpenCookie(data)
        default: return .unknown(kind, data: data)
        }
    }

    /// The blocks of a SACK option's data; `octets.count` is a multiple of eight and at most 32.
    private static func sackBlocks(_ octets: Span<UInt8>) -> BoundedArray<4, SACKBlock> {
        let zero = SequenceNumber(rawValue: 0)
        var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: zero, rightEdge: zero))
        read(octets, into: &blocks)
        return blocks
    }

    /// Replaces `blocks` by those of a SACK option's data; `octets.count` is a multiple of eight and at most 32.
    static func read(_ octets: Span<UInt8>, into blocks: inout BoundedArray<4, SACKBlock>) {
        blocks.removeAll()
        var start = 0
        while start + 8 <= octets.count {
            let edges = octets.extracting(start..<start + 8)
            blocks.append(
                SACKBlock(
                    leftEdge: SequenceNumber(rawValue: edges.uint32(at: 0)),
                    rightEdge: SequenceNumber(rawValue: edges.uint32(at: 4))))
            start += 8
        }
    }
}
