/// An IPv4 header (RFC 791 §3.1).
///
///     0                   1                   2                   3
///     +-------+-------+-----------+---+-------------------------------+
///     |Version|  IHL  |   DSCP    |ECN|         Total length          |
///     +-------+-------+-----------+---+-----+-------------------------+
///     |        Identification         |Flags|     Fragment offset     |
///     +---------------+---------------+-----+-------------------------+
///     | Time to live  |   Protocol    |        Header checksum        |
///     +---------------+---------------+-------------------------------+
///     |                        Source address                         |
///     |                      Destination address                      |
///     |                    Options, 0 to 40 octets                    |
///     +---------------------------------------------------------------+
public struct IPv4Header: Sendable, BitwiseCopyable, Hashable {
    /// Octets without options.
    public static let minimumLength = 20

    /// IHL: 32-bit words, 5...15.
    public var headerLengthInWords: UInt8
    /// DSCP (RFC 2474) in the high six bits, ECN (RFC 3168) in the low two.
    public var differentiatedServices: UInt8
    /// Octets of header and data. 0 where segmentation was offloaded and the length not yet known.
    public var totalLength: UInt16
    /// Tells the fragments of one packet from another's; of no meaning in an atomic packet (RFC 6864 §4.1).
    public var identification: UInt16
    /// The three flags and the 13-bit offset as they stand.
    public var flagsAndFragmentOffset: UInt16
    /// Hops that the packet may still take.
    public var timeToLive: UInt8
    /// What the packet carries.
    public var `protocol`: IPProtocol
    /// Over the header alone; see `PacketDecoder.verifyChecksums(of:_:)`.
    public var headerChecksum: UInt16
    /// Whom the packet is from.
    public var source: IPv4Address
    /// Whom it is for; with source routing, the next stop.
    public var destination: IPv4Address
    /// The options' octets in the frame; empty where there are none.
    public internal(set) var options: ByteRange

    /// A header without options; lengths and checksum stand as given, or are filled in by `FrameBuilder`.
    public init(
        source: IPv4Address, destination: IPv4Address, protocol: IPProtocol = .tcp, timeToLive: UInt8 = 64,
        identification: UInt16 = 0, flagsAndFragmentOffset: UInt16 = 0x4000, differentiatedServices: UInt8 = 0,
        totalLength: UInt16 = 20, headerChecksum: UInt16 = 0
    ) {
        headerLengthInWords = 5
        self.differentiatedServices = differentiatedServices
        self.totalLength = totalLength
        self.identification = identification
        self.flagsAndFragmentOffset = flagsAndFragmentOffset
        self.timeToLive = timeToLive
        self.protocol = `protocol`
        self.headerChecksum = headerChecksum
        self.source = source
        self.destination = destination
        options = .empty
    }

    /// Octets of the header with its options, as IHL says: 20...60 once decoded.
    @inlinable public var headerLength: Int { Int(headerLengthInWords) * 4 }
    /// DSCP, 0...63.
    @inlinable public var differentiatedServicesCodePoint: UInt8 { differentiatedServices >> 2 }
    /// ECN (RFC 3168 §5).
    @inlinable public var explicitCongestionNotification: ExplicitCongestionNotification {
        ExplicitCongestionNotification(lowBitsOf: differentiatedServices)
    }
    /// The flag that must be zero.
    @inlinable public var isReservedFlagSet: Bool { flagsAndFragmentOffset & 0x8000 != 0 }
    /// DF.
    @inlinable public var dontFragment: Bool { flagsAndFragmentOffset & 0x4000 != 0 }
    /// MF.
    @inlinable public var moreFragments: Bool { flagsAndFragmentOffset & 0x2000 != 0 }
    /// Octets (not units of eight) before this fragment's data, 0...65,528.
    @inlinable public var fragmentOffset: Int { Int(flagsAndFragmentOffset & 0x1FFF) * 8 }
    /// Whether the packet is a part of a larger one.
    @inlinable public var isFragment: Bool { flagsAndFragmentOffset & 0x3FFF != 0 }

    /// Decodes the first 20 octets of `header`, which must hold them; `offset` is where they stand in the frame.
    @inline(__always)
    init(decoding header: Span<UInt8>, at offset: Int) {
        precondition(header.count >= Self.minimumLength)
        headerLengthInWords = header[0] & 0xF
        differentiatedServices = header[1]
        totalLength = header.uint16(at: 2)
        identification = header.uint16(at: 4)
        flagsAndFragmentOffset = header.uint16(at: 6)
        timeToLive = header[8]
        `protocol` = IPProtocol(rawValue: header[9])
        headerChecksum = header.uint16(at: 10)
        source = IPv4Address(rawValue: header.uint32(at: 12))
        destination = IPv4Address(rawValue: header.uint32(at: 16))
        options = ByteRange(from: offset + Self.minimumLength, to: offset + Int(header[0] & 0xF) * 4)
    }

    /// Appends the first 20 octets, every field as it stands; options go behind them.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(0x40 | headerLengthInWords & 0xF)
        bytes.append(differentiatedServices)
        bytes.append(bigEndian: totalLength)
        bytes.append(bigEndian: identification)
        bytes.append(bigEndian: flagsAndFragmentOffset)
        bytes.append(timeToLive)
        bytes.append(self.protocol.rawValue)
        bytes.append(bigEndian: headerChecksum)
        bytes.append(bigEndian: source.rawValue)
        bytes.append(bigEndian: destination.rawValue)
    }
}
