/// The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.
///
/// Words are summed in little-endian order and the result is swapped at the end, which comes to the same (§2 (B)) and
/// saves a swap for each word. Pieces may have odd lengths: a piece behind an odd one is summed one octet askew.
public struct InternetChecksum: Sendable, BitwiseCopyable {
    /// The sum so far, of little-endian words, with its carries; below 2³² between calls.
    private var sum: UInt64 = 0
    /// Whether an odd number of octets was added.
    private var isOdd = false

    /// The sum of no octets.
    public init() {}

    /// Adds `octets`; an odd last one counts as if a zero followed.
    public mutating func add(_ octets: Span<UInt8>) {
        var partial: UInt64 = 0
        var offset = 0
        let count = octets.count
        while offset &+ 16 <= count {
            let block = octets.extracting(offset..<offset &+ 16)
            partial &+= UInt64(block.littleEndianUInt32(at: 0))
            partial &+= UInt64(block.littleEndianUInt32(at: 4))
            partial &+= UInt64(block.littleEndianUInt32(at: 8))
            partial &+= UInt64(block.littleEndianUInt32(at: 12))
            offset &+= 16
        }
        while offset &+ 2 <= count {
            partial &+= UInt64(octets[offset]) | UInt64(octets[offset &+ 1]) << 8
            offset &+= 2
        }
        if offset < count { partial &+= UInt64(octets[offset]) }
        let folded = Self.folded(partial)
        sum &+= UInt64(isOdd ? folded.byteSwapped : folded)
        if count & 1 == 1 { isOdd.toggle() }
    }

    /// Adds a 16-bit word in host order.
    public mutating func add(_ word: UInt16) {
        sum &+= UInt64(isOdd ? word : word.byteSwapped)
    }

    /// Adds a 32-bit word in host order.
    public mutating func add(_ word: UInt32) {
        add(UInt16(truncatingIfNeeded: word >> 16))
        add(UInt16(truncatingIfNeeded: word))
    }

    /// Adds a 64-bit word in host order.
    public mutating func add(_ word: UInt64) {
        add(UInt32(truncatingIfNeeded: word >> 32))
        add(UInt32(truncatingIfNeeded: word))
    }

    /// The ones' complement sum, in host order. Over octets that hold their own valid checksum it is 0xFFFF.
    public var onesComplementSum: UInt16 { Self.folded(sum).byteSwapped }

    /// What belongs into a checksum field that was added as 0, in host order.
    public var checksum: UInt16 { ~onesComplementSum }

    private static func folded(_ sum: UInt64) -> UInt16 {
        var rest = (sum & 0xFFFF_FFFF) &+ (sum >> 32)
        while rest > 0xFFFF { rest = (rest & 0xFFFF) &+ (rest >> 16) }
        return UInt16(truncatingIfNeeded: rest)
    }
}

extension InternetChecksum {
    /// The pseudo-header that a transport over IPv4 covers (RFC 9293 §3.1, RFC 768): addresses, protocol, length.
    init(pseudoHeaderFrom source: IPv4Address, to destination: IPv4Address, _ upperLayer: IPProtocol, length: Int) {
        add(source.rawValue)
        add(destination.rawValue)
        add(UInt16(upperLayer.rawValue))
        add(UInt32(truncatingIfNeeded: length))
    }

    /// The pseudo-header that a transport over IPv6 covers (RFC 8200 §8.1).
    init(pseudoHeaderFrom source: IPv6Address, to destination: IPv6Address, _ upperLayer: IPProtocol, length: Int) {
        add(source.high)
        add(source.low)
        add(destination.high)
        add(destination.low)
        add(UInt32(truncatingIfNeeded: length))
        add(UInt16(upperLayer.rawValue))
    }
}
