internal import CLinux
internal import Glibc

extension NetlinkSocket {
    /// Octets that one receive(2) must hold, lest the kernel cut a message: it makes them no longer than this.
    private static let receiveCapacity = 65536

    /// Sends a request that is answered with many messages, and lends each to `body`.
    mutating func dump(_ message: NetlinkMessage, _ body: (NetlinkReply) -> Void) throws(NetlinkError) {
        let number = nextSequenceNumber()
        let bytes = message.finished(sequenceNumber: number)
        guard unsafe send(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw NetlinkError(operation: message.operation, errno: errno)
        }
        while true {
            let replies = try receive(message.operation, flags: 0)
            for reply in replies where reply.sequenceNumber == number {
                if let errno = reply.errno {
                    guard errno == 0 else { throw NetlinkError(operation: message.operation, errno: errno) }
                    return
                }
                if reply.type == UInt16(NLMSG_DONE) { return }
                body(reply)
            }
        }
    }

    /// Lends what the kernel has told of its own accord to `body`, without waiting for more.
    func drain(_ operation: String, _ body: (NetlinkReply) -> Void) throws(NetlinkError) {
        while true {
            let replies = try receive(operation, flags: Int32(MSG_DONTWAIT))
            if replies.isEmpty { return }
            for reply in replies { body(reply) }
        }
    }

    /// Takes an address of its own, which the first request does otherwise. A socket without one passes for the kernel, and
    /// is not told what the kernel tells a group.
    func takeAddress(_ operation: String) throws(NetlinkError) {
        var address = sockaddr_nl()
        address.nl_family = UInt16(AF_NETLINK)
        let result = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard result == 0 else { throw NetlinkError(operation: operation, errno: errno) }
    }

    /// Subscribes to what the kernel tells a group of its own accord.
    func join(group: UInt32, _ operation: String) throws(NetlinkError) {
        var group = group
        // SOL_NETLINK of <linux/socket.h>, which clashes with glibc's headers.
        let level: Int32 = 270
        guard
            unsafe setsockopt(
                descriptor, level, NETLINK_ADD_MEMBERSHIP, &group, socklen_t(MemoryLayout<UInt32>.size)) == 0
        else { throw NetlinkError(operation: operation, errno: errno) }
    }

    /// The messages of one datagram; none where nothing is there and it was not to wait.
    private func receive(_ operation: String, flags: Int32) throws(NetlinkError) -> [NetlinkReply] {
        var octets = [UInt8](repeating: 0, count: Self.receiveCapacity)
        while true {
            let count = unsafe recv(descriptor, &octets, octets.count, flags)
            if count >= 0 { return NetlinkReply.all(in: octets[..<count]) }
            if errno == EAGAIN, flags != 0 { return [] }
            if errno != EINTR { throw NetlinkError(operation: operation, errno: errno) }
        }
    }
}
