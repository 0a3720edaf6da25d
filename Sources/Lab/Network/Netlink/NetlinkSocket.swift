internal import CLinux
internal import Glibc

/// Why the kernel refused a request by netlink(7).
public struct NetlinkError: Error, Sendable, Hashable {
    /// What was asked for: "make the veth pair a0, a1".
    public let operation: String
    public let errno: Int32
}

/// A socket for requests to the kernel about interfaces, addresses and routes of the network namespace in which it was
/// opened. It is closed when its life ends.
struct NetlinkSocket: ~Copyable {
    let descriptor: Int32
    private var sequenceNumber: UInt32 = 0

    /// - Parameter family: whom to ask: rtnetlink(7), or sock_diag(7).
    init(_ family: Int32 = NETLINK_ROUTE) throws(NetlinkError) {
        descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family)
        guard descriptor >= 0 else { throw NetlinkError(operation: "open a netlink socket", errno: errno) }
    }

    deinit { close(descriptor) }

    /// The number of the next request.
    mutating func nextSequenceNumber() -> UInt32 {
        sequenceNumber &+= 1
        return sequenceNumber
    }

    /// Sends a request and waits for the kernel's acknowledgment of it.
    mutating func request(_ message: NetlinkMessage) throws(NetlinkError) {
        let sequenceNumber = nextSequenceNumber()
        let bytes = message.finished(sequenceNumber: sequenceNumber)
        guard unsafe send(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw NetlinkError(operation: message.operation, errno: errno)
        }
        // An acknowledgment is an NLMSG_ERROR: the header, the error as a negative errno, the request's header.
        var answer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &answer, answer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= NetlinkMessage.headerLength + 4 else {
                throw NetlinkError(operation: message.operation, errno: count < 0 ? errno : EPROTO)
            }
            let (type, number, code) = unsafe answer.withUnsafeBytes { bytes in
                unsafe (
                    bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: Int32.self)
                )
            }
            guard number == sequenceNumber, Int32(type) == NLMSG_ERROR else { continue }
            guard code == 0 else { throw NetlinkError(operation: message.operation, errno: -code) }
            return
        }
    }
}
