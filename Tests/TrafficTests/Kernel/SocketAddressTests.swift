import Glibc
import PacketDecode
import SocketEvents
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
    private static let some: [SocketAddress] = [
        SocketAddress(Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 80)),
        SocketAddress(Endpoint(address: .v4(IPv4Address(0, 0, 0, 0)), port: 0)),
        SocketAddress(Endpoint(address: .v6(.loopback), port: 65535)),
        SocketAddress(
            Endpoint(address: .v6(IPv6Address(high: 0xFE80_0000_0000_0000, low: 0x0102_0304_0506_0708)), port: 7),
            scopeID: 3),
    ]

    @Test("What the kernel is given reads back the same", arguments: some)
    func roundTrip(address: SocketAddress) {
        let copy = unsafe address.withSocketAddress { pointer, length in
            unsafe SocketAddress(copying: pointer, length: Int(length))
        }
        #expect(copy == address)
    }

    @Test("An IPv4-mapped address is the IPv4 address that its frames carry")
    func mapped() {
        let address = SocketAddress(Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 80))
        #expect(address.family == AF_INET)
        #expect(address.mappedToIPv6.family == AF_INET6)
        let copy = unsafe address.mappedToIPv6.withSocketAddress { pointer, length in
            unsafe SocketAddress(copying: pointer, length: Int(length))
        }
        #expect(copy == address)
    }

    @Test("Another family is no address")
    func otherFamily() {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        #expect(SocketAddress(storage) == nil)
    }
}
