/// Appends in network byte order, for the encoders.
extension [UInt8] {
    mutating func append(bigEndian value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(bigEndian value: UInt32) {
        append(bigEndian: UInt16(truncatingIfNeeded: value >> 16))
        append(bigEndian: UInt16(truncatingIfNeeded: value))
    }

    mutating func append(bigEndian value: UInt64) {
        append(bigEndian: UInt32(truncatingIfNeeded: value >> 32))
        append(bigEndian: UInt32(truncatingIfNeeded: value))
    }

    /// Appends the low 48 bits.
    mutating func append(bigEndian address: MACAddress) {
        append(bigEndian: UInt16(truncatingIfNeeded: address.rawValue >> 32))
        append(bigEndian: UInt32(truncatingIfNeeded: address.rawValue))
    }

    /// Appends the octets of `range` in `frame`, as far as they are there.
    mutating func append(_ range: ByteRange, of frame: Span<UInt8>) {
        for index in range.clamped(to: frame.count).indices { append(frame[index]) }
    }

    /// Overwrites two octets at `offset`, which must be there.
    mutating func store(bigEndian value: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
