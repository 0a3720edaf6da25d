/// Loads in network byte order (most significant octet first).
///
/// Contract for all header files: a header's length is checked once, then its octets are taken as a span of their own
/// (`extracting`) and loaded at constant offsets. The optimiser sees the constant length, drops the bounds checks and
/// merges the shifts into one load and a byte swap. Were a check ever missing, the load would trap, not stray.
extension Span<UInt8> {
    @inlinable @inline(__always)
    func uint16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    @inlinable @inline(__always)
    func uint32(at offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }

    @inlinable @inline(__always)
    func uint48(at offset: Int) -> UInt64 {
        UInt64(uint16(at: offset)) << 32 | UInt64(uint32(at: offset + 2))
    }

    @inlinable @inline(__always)
    func uint64(at offset: Int) -> UInt64 {
        UInt64(uint32(at: offset)) << 32 | UInt64(uint32(at: offset + 4))
    }

    /// A load in the other order, for sums that are swapped at their end.
    @inlinable @inline(__always)
    func littleEndianUInt32(at offset: Int) -> UInt32 {
        UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
            | UInt32(self[offset + 3]) << 24
    }
}
