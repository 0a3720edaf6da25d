/// An address and a port: one end of a TCP connection or of a UDP exchange.
public struct Endpoint: Sendable, BitwiseCopyable, Hashable {
    /// The host's address.
    public let address: IPAddress
    /// The port, in host order.
    public let port: UInt16

    /// The end at `address` and `port`.
    @inlinable
    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Appends `address:port`, with an IPv6 address in brackets (RFC 3986 §3.2.2).
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: IPv6Address.textCapacity + 8) { appendText(to: &$0) }
    }

    /// Appends the same text.
    public func appendText(to line: inout OutputSpan<UInt8>) {
        switch address {
        case .v4(let address):
            address.appendText(to: &line)
        case .v6(let address):
            line.put(UInt8(ascii: "["))
            address.appendText(to: &line)
            line.put(UInt8(ascii: "]"))
        }
        line.put(UInt8(ascii: ":"))
        line.put(decimal: UInt64(port))
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
