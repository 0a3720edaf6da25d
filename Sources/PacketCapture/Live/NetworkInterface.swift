import CPcap
import Glibc
public import PacketDecode

/// An interface that libpcap can capture on, in the network namespace of the thread that asked.
public struct NetworkInterface: Sendable, Hashable {
    /// The name to capture by: `lo`, `eth0`, `any`.
    public let name: String
    /// libpcap's words for what it is, where it has any.
    public let explanation: String?
    /// Its IPv4 and IPv6 addresses, in the system's order. Empty where it has none.
    public let addresses: [IPAddress]
    /// Whether it has been switched on.
    public let isUp: Bool
    /// Whether it is up and has a carrier.
    public let isRunning: Bool
    /// Whether what is sent on it comes back to this machine.
    public let isLoopback: Bool
    /// Whether it is a radio's, so that frames may be of others' conversations.
    public let isWireless: Bool

    /// The interfaces, in libpcap's order: the likeliest to be captured on come first.
    ///
    /// Needs no rights. Without them, opening one may fail.
    /// - Throws: `CaptureError.other` where the system would not tell.
    public static func all() throws(CaptureError) -> [NetworkInterface] {
        var list: UnsafeMutablePointer<pcap_if_t>?
        var text = [CChar].errorBuffer
        guard unsafe pcap_findalldevs(&list, &text) == 0 else {
            throw .other(operation: "pcap_findalldevs", message: String(errorBuffer: text))
        }
        defer { unsafe pcap_freealldevs(list) }
        var interfaces: [NetworkInterface] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe interfaces.append(NetworkInterface(entry.pointee))
            unsafe next = unsafe entry.pointee.next
        }
        return interfaces
    }

    private init(_ entry: pcap_if_t) {
        name = unsafe String(cString: entry.name)
        explanation = unsafe entry.description.map { unsafe String(cString: $0) }
        var addresses: [IPAddress] = []
        var next = unsafe entry.addresses
        while let address = unsafe next {
            if let value = unsafe IPAddress(socketAddress: address.pointee.addr) { addresses.append(value) }
            unsafe next = unsafe address.pointee.next
        }
        self.addresses = addresses
        let flags = unsafe entry.flags
        isUp = flags & UInt32(PCAP_IF_UP) != 0
        isRunning = flags & UInt32(PCAP_IF_RUNNING) != 0
        isLoopback = flags & UInt32(PCAP_IF_LOOPBACK) != 0
        isWireless = flags & UInt32(PCAP_IF_WIRELESS) != 0
    }
}

extension IPAddress {
    /// The address in a socket address of either family; nil for null and for other families (AF_PACKET).
    fileprivate init?(socketAddress: UnsafeMutablePointer<sockaddr>?) {
        guard let socketAddress = unsafe socketAddress else { return nil }
        switch Int32(unsafe socketAddress.pointee.sa_family) {
        case AF_INET:
            let address = unsafe UnsafeRawPointer(socketAddress).loadUnaligned(as: sockaddr_in.self)
            self = .v4(IPv4Address(rawValue: UInt32(bigEndian: address.sin_addr.s_addr)))
        case AF_INET6:
            var address = unsafe UnsafeRawPointer(socketAddress).loadUnaligned(as: sockaddr_in6.self).sin6_addr
            let (high, low) = unsafe withUnsafeBytes(of: &address) { bytes in
                (
                    UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            self = .v6(IPv6Address(high: high, low: low))
        default:
            return nil
        }
    }
}
