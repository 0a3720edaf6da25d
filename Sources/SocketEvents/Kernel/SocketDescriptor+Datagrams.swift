internal import CLinux
internal import Glibc
internal import PacketDecode

extension SocketDescriptor {
    /// Sends the first `count` datagrams of `burst` (sendmmsg(2)), to `address` or to where the socket is connected, and returns how
    /// many the kernel took.
    ///
    /// - Throws: the errno, where it took none.
    public func send(_ burst: DatagramBurst, count: Int, to address: SocketAddress?) throws(SocketErrno) -> Int {
        let most = UInt32(max(1, min(count, burst.slots)))
        let address = family == AF_INET6 ? address?.mappedToIPv6 : address
        let sent = unsafe burst.octets.withUnsafeBufferPointer { octets in
            // An empty array may lend no address; datagrams without octets need none.
            var none: UInt8 = 0
            return unsafe withUnsafePointer(to: &none) { place in
                let start = unsafe octets.baseAddress ?? place
                guard let address else {
                    return unsafe wirewatch_send_batch(rawValue, start, burst.size, most, nil, 0)
                }
                return unsafe address.withSocketAddress { pointer, length in
                    unsafe wirewatch_send_batch(rawValue, start, burst.size, most, pointer, length)
                }
            }
        }
        guard sent > 0 else { throw SocketErrno(errno) }
        return Int(sent)
    }

    /// Has the kernel tell when each datagram arrived (SO_TIMESTAMPNS).
    public func stampArrivals() throws(SocketError) {
        guard wirewatch_stamp_arrivals(rawValue) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "SO_TIMESTAMPNS")
        }
    }

    /// Asks for a receive buffer of `octets`: beyond the system's limit where the process may (SO_RCVBUFFORCE), else up to it.
    public func enlargeReceiveBuffer(octets: Int32) throws(SocketError) {
        do throws(SocketError) {
            try setOption(SOL_SOCKET, SO_RCVBUFFORCE, octets, named: "SO_RCVBUFFORCE")
        } catch {
            try setReceiveBuffer(octets: octets)
        }
    }

    // MARK: One sender, many receivers

    /// Lets datagrams go to a broadcast address (SO_BROADCAST).
    public func allowBroadcast() throws(SocketError) {
        try setOption(SOL_SOCKET, SO_BROADCAST, 1, named: "SO_BROADCAST")
    }

    /// Joins the multicast group `group` (RFC 1112, RFC 3810) on the interface with this index; zero for the one that the routes
    /// choose.
    public func join(_ group: SocketAddress, interface: UInt32) throws(SocketError) {
        let result = unsafe group.withSocketAddress { pointer, length in
            unsafe wirewatch_join_group(rawValue, group.family, interface, pointer, length)
        }
        guard result == 0 else {
            throw SocketError(.joinGroup, errno: errno, subject: "\(group.endpoint.address)")
        }
    }

    /// Sends multicasts through the interface with this index (IP_MULTICAST_IF, IPV6_MULTICAST_IF).
    public func sendMulticasts(through interface: UInt32) throws(SocketError) {
        guard wirewatch_multicast_interface(rawValue, family, interface) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "IP_MULTICAST_IF")
        }
    }

    /// How many routers a datagram may pass: the time to live of IPv4, the hop limit of IPv6, for multicasts and for others.
    public func limitHops(to hops: UInt8) throws(SocketError) {
        if family == AF_INET6 {
            try setOption(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, Int32(hops), named: "IPV6_MULTICAST_HOPS")
            try setOption(Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS, Int32(hops), named: "IPV6_UNICAST_HOPS")
        } else {
            try setOption(Int32(IPPROTO_IP), IP_MULTICAST_TTL, Int32(hops), named: "IP_MULTICAST_TTL")
            // Zero keeps a multicast on this machine; for other datagrams it is no time to live.
            if hops > 0 { try setOption(Int32(IPPROTO_IP), IP_TTL, Int32(hops), named: "IP_TTL") }
        }
    }

    /// Whether multicasts that this socket sends reach receivers on this machine too (IP_MULTICAST_LOOP); they do by default.
    public func loopMulticasts(_ isOn: Bool) throws(SocketError) {
        let (level, option) =
            family == AF_INET6
            ? (Int32(IPPROTO_IPV6), IPV6_MULTICAST_LOOP) : (Int32(IPPROTO_IP), IP_MULTICAST_LOOP)
        try setOption(level, option, isOn ? 1 : 0, named: "IP_MULTICAST_LOOP")
    }
}
