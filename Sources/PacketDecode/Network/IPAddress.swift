/// An IPv4 or IPv6 address.
public enum IPAddress: Sendable, BitwiseCopyable, Hashable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Appends the text form of either family.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: IPv6Address.textCapacity) { appendText(to: &$0) }
    }

    /// Appends the text form of either family.
    public func appendText(to line: inout OutputSpan<UInt8>) {
        switch self {
        case .v4(let address): address.appendText(to: &line)
        case .v6(let address): address.appendText(to: &line)
        }
    }
}

extension IPAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

extension IPAddress {
    /// Whether it names a multicast group: 224.0.0.0/4 (RFC 1112 §4) or ff00::/8 (RFC 4291 §2.7).
    public var isMulticast: Bool {
        switch self {
        case .v4(let address): address.rawValue >> 28 == 0xE
        case .v6(let address): address.high >> 56 == 0xFF
        }
    }
}
