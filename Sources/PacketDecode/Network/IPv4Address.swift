/// An IPv4 address.
public struct IPv4Address: Sendable, BitwiseCopyable, Hashable {
    /// The address in host order: 127.0.0.1 is 0x7F00_0001.
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    public static let loopback = IPv4Address(127, 0, 0, 1)

    /// Appends the dotted decimal form.
    public func appendText(to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            NumberText.appendDecimal(UInt64(rawValue >> shift & 0xFF), to: &bytes)
            if shift > 0 { bytes.append(UInt8(ascii: ".")) }
        }
    }
}

extension IPv4Address: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
