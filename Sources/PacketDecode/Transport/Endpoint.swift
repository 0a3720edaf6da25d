/// An address and a port: one end of a TCP connection or of a UDP exchange.
public struct Endpoint: Sendable, BitwiseCopyable, Hashable {
    public let address: IPAddress
    public let port: UInt16

    @inlinable
    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Appends `address:port`, with an IPv6 address in brackets (RFC 3986 §3.2.2).
    public func appendText(to bytes: inout [UInt8]) {
        switch address {
        case .v4(let address):
            address.appendText(to: &bytes)
        case .v6(let address):
            bytes.append(UInt8(ascii: "["))
            address.appendText(to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: ":"))
        NumberText.appendDecimal(UInt64(port), to: &bytes)
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
