internal import CLinux
internal import Glibc
public import PacketDecode

/// An error that the kernel kept for a socket.
public struct QueuedError: Sendable, Hashable {
    public var errno: Int32
    /// Where the datagram was going.
    public var destination: Endpoint?
    /// The ICMP message that brought it; nil for what this machine found out by itself.
    public var icmp: ICMPAnswer?
}

extension SocketDescriptor {
    /// Has the kernel keep what comes back for datagrams: which ICMP message, from whom, for which destination (IP_RECVERR). From
    /// then on a socket that is not connected hears of it too, and of errors that may pass.
    public func keepErrors() throws(SocketError) {
        guard wirewatch_keep_errors(rawValue, family) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "IP_RECVERR")
        }
    }

    /// Takes the oldest error that the kernel keeps; nil where there is none.
    public func takeQueuedError() -> QueuedError? {
        var raw = wirewatch_queued_error()
        guard unsafe wirewatch_take_error(rawValue, &raw) == 1 else { return nil }
        var error = QueuedError(errno: raw.code, destination: SocketAddress(raw.destination)?.endpoint)
        // SO_EE_ORIGIN_ICMP and SO_EE_ORIGIN_ICMP6 of <linux/errqueue.h>.
        if raw.origin == 2 || raw.origin == 3 {
            error.icmp = ICMPAnswer(
                isIPv6: raw.origin == 3, type: raw.type, code: raw.icmp_code,
                sender: SocketAddress(raw.offender)?.endpoint.address,
                nextHopMTU: raw.code == EMSGSIZE ? raw.info : nil)
        }
        return error
    }
}
