/// An IPv4 address.
public struct IPv4Address: Sendable, BitwiseCopyable, Hashable {
    /// The address in host order: 127.0.0.1 is 0x7F00_0001.
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The address that is written `first.second.third.fourth`.
    @inlinable
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// 127.0.0.1 (RFC 1122 §3.2.1.3).
    public static let loopback = IPv4Address(127, 0, 0, 1)

    /// Characters that the longest text form takes: `255.255.255.255`.
    public static let textCapacity = 15

    /// Appends the dotted decimal form.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.textCapacity) { appendText(to: &$0) }
    }

    /// Appends the dotted decimal form.
    public func appendText(to line: inout OutputSpan<UInt8>) {
        line.put(octet: UInt8(truncatingIfNeeded: rawValue >> 24))
        line.put(UInt8(ascii: "."))
        line.put(octet: UInt8(truncatingIfNeeded: rawValue >> 16))
        line.put(UInt8(ascii: "."))
        line.put(octet: UInt8(truncatingIfNeeded: rawValue >> 8))
        line.put(UInt8(ascii: "."))
        line.put(octet: UInt8(truncatingIfNeeded: rawValue))
    }
}

extension IPv4Address: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
