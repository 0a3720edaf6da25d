/// An IEEE 802 MAC address, EUI-48.
public struct MACAddress: Sendable, BitwiseCopyable, Hashable {
    /// The 48 bits, first octet on the wire highest.
    public let rawValue: UInt64

    /// Keeps the low 48 bits of `rawValue`.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue & 0xFFFF_FFFF_FFFF }

    public static let broadcast = MACAddress(rawValue: 0xFFFF_FFFF_FFFF)

    /// The I/G bit: the first octet's lowest (IEEE 802, 8.2.2).
    @inlinable public var isGroup: Bool { rawValue >> 40 & 1 == 1 }

    /// Appends six hexadecimal octets joined by colons.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.textLength) { appendText(to: &$0) }
    }

    /// Characters of the text form.
    public static let textLength = 17

    /// Appends six hexadecimal octets joined by colons.
    public func appendText(to line: inout OutputSpan<UInt8>) {
        for index in 0..<6 {
            if index > 0 { line.put(UInt8(ascii: ":")) }
            line.put(hexadecimal: rawValue >> UInt64(40 - index * 8) & 0xFF, digits: 2)
        }
    }
}

extension MACAddress: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
