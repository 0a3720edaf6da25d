internal import CLinux
internal import Glibc
internal import PacketDecode
internal import SocketEvents

/// What the kernel says of one TCP connection of any program, by sock_diag(7).
struct ConnectionDiagnosis: Equatable {
    var local: Endpoint
    var peer: Endpoint
    var info: TCPInfo

    // Places in the answer: a `struct nlmsghdr`, then a `struct inet_diag_msg`, then attributes. Their numbers are in host
    // order, but for addresses and ports.
    private static let headerLength = NetlinkMessage.headerLength
    private static let ports = 4
    private static let addresses = 8
    private static let answerLength = 72
    /// SOCK_DIAG_BY_FAMILY of <linux/sock_diag.h>.
    static let messageType: UInt16 = 20
    /// INET_DIAG_INFO of <linux/inet_diag.h>.
    private static let infoAttribute: UInt16 = 2

    /// What a datagram of netlink messages says, and whether it ends the answer.
    static func parse(_ octets: ArraySlice<UInt8>) -> (connections: [ConnectionDiagnosis], isLast: Bool) {
        var connections: [ConnectionDiagnosis] = []
        var rest = octets
        while rest.count >= headerLength {
            let length = Int(number(rest, 0, UInt32.self))
            let type = number(rest, 4, UInt16.self)
            guard length >= headerLength, length <= rest.count else { break }
            if Int32(type) == NLMSG_DONE || Int32(type) == NLMSG_ERROR { return (connections, true) }
            if type == messageType, let connection = Self(rest.prefix(length).dropFirst(headerLength)) {
                connections.append(connection)
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return (connections, false)
    }

    /// Of a `struct inet_diag_msg` and its attributes; nil where it has no TCP_INFO.
    private init?(_ answer: ArraySlice<UInt8>) {
        guard answer.count >= Self.answerLength, let family = answer.first else { return nil }
        let body = answer.startIndex
        func endpoint(_ port: Int, _ address: Int) -> Endpoint {
            let octets = answer[(body + address)..<(body + address + 16)]
            let high = answer[body + Self.ports + port]
            let number = UInt16(high) << 8 | UInt16(answer[body + Self.ports + port + 1])
            return Endpoint(address: Self.address(octets, isIPv6: Int32(family) == AF_INET6), port: number)
        }
        local = endpoint(0, Self.addresses)
        peer = endpoint(2, Self.addresses + 16)
        var attributes = answer.dropFirst(Self.answerLength)
        while attributes.count >= 4 {
            let length = Int(Self.number(attributes, 0, UInt16.self))
            guard length >= 4, length <= attributes.count else { return nil }
            if Self.number(attributes, 2, UInt16.self) == Self.infoAttribute {
                info = TCPInfo(octets: attributes.prefix(length).dropFirst(4))
                return
            }
            attributes = attributes.dropFirst((length + 3) & ~3)
        }
        return nil
    }

    private static func address(_ octets: ArraySlice<UInt8>, isIPv6: Bool) -> IPAddress {
        func number(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
        let (high, low) = (number(octets.prefix(8)), number(octets.dropFirst(8)))
        // A socket of both families gives an IPv4 peer as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
        if isIPv6, high != 0 || low >> 32 != 0xFFFF { return .v6(IPv6Address(high: high, low: low)) }
        let four = Array(isIPv6 ? octets.suffix(4) : octets.prefix(4))
        return .v4(IPv4Address(four[0], four[1], four[2], four[3]))
    }

    /// A number in host byte order.
    private static func number<Number: FixedWidthInteger>(
        _ octets: ArraySlice<UInt8>, _ offset: Int, _: Number.Type
    ) -> Number {
        let start = octets.startIndex + offset
        return unsafe octets[start..<(start + MemoryLayout<Number>.size)].withUnsafeBytes {
            unsafe $0.loadUnaligned(as: Number.self)
        }
    }
}
