/// The extension headers between an IPv6 header and its upper layer (RFC 8200 §4), and AH behind an IPv4 header.
///
/// Their octets stay in the frame: `range` says where, `IPv6ExtensionHeaderWalk` goes through them again on demand.
public struct IPv6ExtensionHeaders: Sendable, BitwiseCopyable, Hashable {
    /// All extension headers that were walked, in the frame.
    public internal(set) var range: ByteRange
    /// The next header value of the last one: what follows the chain.
    public internal(set) var upperLayer: IPProtocol
    /// How many were walked.
    public internal(set) var count: UInt16 = 0
    /// The fragment header, where there was one; of several the last.
    public internal(set) var fragment: IPv6FragmentHeader?
    /// Where the packet's final destination stands in the frame, when a routing header says that it is not the
    /// destination in the IPv6 header (RFC 8200 §8.1): the upper layer's checksum covers that one. Empty otherwise.
    public internal(set) var finalDestination: ByteRange = .empty

    init(range: ByteRange, upperLayer: IPProtocol) {
        self.range = range
        self.upperLayer = upperLayer
    }

    /// Whether `nextHeader` is one of those that are walked.
    @inlinable
    public static func contains(_ nextHeader: IPProtocol) -> Bool {
        switch nextHeader {
        case .hopByHopOptions, .routing, .fragment, .destinationOptions, .authenticationHeader, .mobility,
            .hostIdentity, .shim6:
            true
        default: false
        }
    }
}

/// An IPv6 fragment header (RFC 8200 §4.5).
///
///     +---------------+---------------+-------------------------+---+-+
///     |  Next header  |   Reserved    |     Fragment offset     |Res|M|
///     +---------------+---------------+-------------------------+---+-+
///     |                         Identification                        |
///     +---------------------------------------------------------------+
public struct IPv6FragmentHeader: Sendable, BitwiseCopyable, Hashable {
    /// 8 octets.
    public static let length = 8

    /// What follows: in a first fragment the next header in the frame.
    public let nextHeader: IPProtocol
    /// Octets (not units of eight) before this fragment's data.
    public let fragmentOffset: UInt16
    /// M.
    public let moreFragments: Bool
    /// Tells the fragments of one packet from another's.
    public let identification: UInt32

    /// `fragmentOffset` is in octets, a multiple of eight; lower bits are dropped.
    public init(nextHeader: IPProtocol, fragmentOffset: UInt16, moreFragments: Bool, identification: UInt32) {
        self.nextHeader = nextHeader
        self.fragmentOffset = fragmentOffset & 0xFFF8
        self.moreFragments = moreFragments
        self.identification = identification
    }

    /// Whether the packet is a part of a larger one; false for an "atomic fragment" (RFC 6946).
    @inlinable public var isFragment: Bool { fragmentOffset != 0 || moreFragments }

    /// Decodes the first eight octets of `header`, which must hold them.
    init(decoding header: Span<UInt8>) {
        nextHeader = IPProtocol(rawValue: header[0])
        fragmentOffset = header.uint16(at: 2) & 0xFFF8
        moreFragments = header[3] & 1 != 0
        identification = header.uint32(at: 4)
    }

    /// Appends the header's eight octets, reserved bits as zero.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(nextHeader.rawValue)
        bytes.append(0)
        bytes.append(bigEndian: fragmentOffset | (moreFragments ? 1 : 0))
        bytes.append(bigEndian: identification)
    }
}

/// One extension header met on a walk.
public struct IPv6ExtensionHeader: Sendable, BitwiseCopyable, Hashable {
    /// What this header is: the next header value that announced it.
    public let kind: IPProtocol
    /// What it announces.
    public let nextHeader: IPProtocol
    /// Its octets in the frame.
    public let range: ByteRange

    /// Octets of a header of `kind`, given its first two. AH counts 32-bit words less two (RFC 4302 §2.2), a fragment
    /// header is fixed, the others count units of eight beyond the first.
    @inlinable
    static func length(of kind: IPProtocol, lengthField: UInt8) -> Int {
        switch kind {
        case .fragment: IPv6FragmentHeader.length
        case .authenticationHeader: (Int(lengthField) + 2) * 4
        default: (Int(lengthField) + 1) * 8
        }
    }
}

/// A second walk over extension headers that decoded well, one header at a time.
public struct IPv6ExtensionHeaderWalk: Sendable {
    private var offset: Int
    private let end: Int
    private var kind: IPProtocol

    /// Starts at the first extension header of `header`.
    public init(_ header: IPv6Header) {
        self.init(first: header.nextHeader, range: header.extensionHeaders.range)
    }

    /// Starts at `range`, whose first header is a `first`.
    public init(first: IPProtocol, range: ByteRange) {
        kind = first
        offset = range.start
        end = range.end
    }

    /// The next header, or nil at the end. `bytes` is the frame that the range came from.
    public mutating func next(in bytes: Span<UInt8>) -> IPv6ExtensionHeader? {
        guard offset + 2 <= min(end, bytes.count) else { return nil }
        let length = IPv6ExtensionHeader.length(of: kind, lengthField: bytes[offset + 1])
        guard offset + length <= end else { return nil }
        let header = IPv6ExtensionHeader(
            kind: kind, nextHeader: IPProtocol(rawValue: bytes[offset]),
            range: ByteRange(from: offset, to: offset + length))
        offset += length
        kind = header.nextHeader
        return header
    }
}
