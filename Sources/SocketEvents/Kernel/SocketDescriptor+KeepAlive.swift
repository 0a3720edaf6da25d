internal import Glibc

extension SocketDescriptor {
    /// Asks a silent peer whether it is still there (SO_KEEPALIVE, RFC 9293 §3.8.4): first after `idleSeconds` of silence,
    /// then every `intervalSeconds`; after `probeCount` probes without an answer the connection ends with ETIMEDOUT.
    public func keepAlive(
        idleSeconds: Int32, intervalSeconds: Int32, probeCount: Int32
    ) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_KEEPALIVE, 1, named: "SO_KEEPALIVE")
        let tcp = Int32(IPPROTO_TCP)
        try setOption(tcp, TCP_KEEPIDLE, idleSeconds, named: "TCP_KEEPIDLE")
        try setOption(tcp, TCP_KEEPINTVL, intervalSeconds, named: "TCP_KEEPINTVL")
        try setOption(tcp, TCP_KEEPCNT, probeCount, named: "TCP_KEEPCNT")
    }

    /// Has the kernel find out the path's MTU and tell of a datagram that exceeds it (true), or cut datagrams into
    /// fragments and let routers cut them further (false; IP_MTU_DISCOVER).
    public func discoverPathMTU(_ isOn: Bool) throws(SocketError) {
        let value = isOn ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT
        try setOption(Int32(IPPROTO_IP), IP_MTU_DISCOVER, Int32(value), named: "IP_MTU_DISCOVER")
    }
}
