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
