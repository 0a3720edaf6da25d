internal import CLinux
internal import Glibc
public import PacketDecode

/// The one owner of an open IPv4 or IPv6 socket: closes it once, when it goes out of scope.
///
/// A socket belongs to the network namespace of the thread that opens it.
public struct SocketDescriptor: ~Copyable, Sendable {
    /// The descriptor's number, lent: whoever keeps it must not outlive this value.
    public let rawValue: Int32
    /// AF_INET or AF_INET6.
    public let family: Int32
    /// Where it was connected, which stays known when the kernel no longer tells; nil for other sockets.
    public let connectedTo: Endpoint?

    /// Opens a socket, closed in programs that this one starts.
    ///
    /// - Throws: `SocketError` with the operation `socket`.
    public init(
        opening transport: HostAndPort.Transport, family: Int32, nonBlocking: Bool = false
    ) throws(SocketError) {
        let type = transport == .stream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        let descriptor = socket(family, type | flags, 0)
        guard descriptor >= 0 else { throw SocketError(.socket, errno: errno, subject: "") }
        self.init(adopting: descriptor, family: family)
    }

    /// Takes over an open socket.
    public init(adopting descriptor: Int32, family: Int32, connectedTo: Endpoint? = nil) {
        rawValue = descriptor
        self.family = family
        self.connectedTo = connectedTo
    }

    deinit { _ = Glibc.close(rawValue) }

    /// Closes the socket now.
    public consuming func close() {}

    /// Gives the descriptor away: who takes it closes it.
    public consuming func release() -> Int32 {
        let descriptor = rawValue
        discard self
        return descriptor
    }

    // MARK: Addresses

    /// The socket's own end (getsockname(2)); nil before it has one.
    public var localEndpoint: Endpoint? {
        var storage = sockaddr_storage()
        let result = unsafe Self.withSocketAddress(of: &storage) { pointer, length in
            unsafe getsockname(rawValue, pointer, length)
        }
        return result == 0 ? SocketAddress(storage)?.endpoint : nil
    }

    /// Lends `storage` as a call takes it that writes an address.
    @unsafe
    static func withSocketAddress<Result>(
        of storage: inout sockaddr_storage,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &length) }
        }
    }

    // MARK: Calls

    /// Binds the socket (bind(2)). A TCP listener's should allow reuse first.
    public func bind(to address: SocketAddress) throws(SocketError) {
        let result = unsafe address.withSocketAddress { pointer, length in
            unsafe Glibc.bind(rawValue, pointer, length)
        }
        guard result == 0 else { throw SocketError(.bind, errno: errno, subject: "\(address.endpoint)") }
    }

    /// Listens for connections (listen(2)). `subject` names the endpoint in an error.
    public func listen(subject: String) throws(SocketError) {
        guard Glibc.listen(rawValue, SOMAXCONN) == 0 else {
            throw SocketError(.listen, errno: errno, subject: subject)
        }
    }

    /// Connects the socket (connect(2)), and goes on waiting where a signal interrupts it. `timeout`: nanoseconds for the
    /// peer's answer; nil for as long as the kernel tries.
    ///
    /// - Throws: `SocketError`; ETIMEDOUT where the time was over.
    public func connect(to address: SocketAddress, timeout: Int64? = nil) throws(SocketError) {
        if timeout != nil { try setNonBlocking(true) }
        let deadline = timeout.map { MonotonicClock.nanoseconds &+ $0 }
        var failure = startConnecting(to: address)
        if failure == EINTR || failure == EINPROGRESS {
            // The connection goes on being made; its end shows as writability (connect(2)).
            failure = wait(for: .room, until: deadline) == .time ? ETIMEDOUT : pendingError
        }
        guard failure == 0 else { throw SocketError(.connect, errno: failure, subject: "\(address.endpoint)") }
        if timeout != nil { try setNonBlocking(false) }
    }

    /// Begins to connect the socket (connect(2)): zero where it is done, else the errno; EINPROGRESS where a socket that does
    /// not block waits for the peer.
    public func startConnecting(to address: SocketAddress) -> Int32 {
        let result = unsafe address.withSocketAddress { pointer, length in
            unsafe Glibc.connect(rawValue, pointer, length)
        }
        return result == 0 ? 0 : errno
    }

    /// Has calls return EAGAIN where they would wait (O_NONBLOCK), or wait.
    package func setNonBlocking(_ isOn: Bool) throws(SocketError) {
        let flags = fcntl(rawValue, F_GETFL)
        guard flags >= 0, fcntl(rawValue, F_SETFL, isOn ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "O_NONBLOCK")
        }
    }

    /// Accepts one connection (accept4(2)), and goes on waiting where a signal interrupts it.
    ///
    /// - Throws: the errno. EMFILE and its like pass with time; so does ECONNABORTED.
    public func accept() throws(SocketErrno) -> (descriptor: Int32, peer: Endpoint?) {
        var storage = sockaddr_storage()
        var accepted: Int32 = -1
        repeat {
            accepted = unsafe Self.withSocketAddress(of: &storage) { pointer, length in
                unsafe wirewatch_accept(rawValue, pointer, length)
            }
        } while accepted < 0 && errno == EINTR
        guard accepted >= 0 else { throw SocketErrno(errno) }
        return (accepted, SocketAddress(storage)?.endpoint)
    }

    /// Ends this side's half of a stream (shutdown(2), SHUT_WR): the peer reads an end.
    ///
    /// - Throws: the errno; ENOTCONN where the peer has reset the connection.
    public func shutdownSending() throws(SocketErrno) {
        guard shutdown(rawValue, Int32(SHUT_WR)) == 0 else { throw SocketErrno(errno) }
    }

    /// Ends both halves of a stream (shutdown(2), SHUT_RDWR), which wakes whoever waits in a call on it.
    public func shutdownBoth() { _ = shutdown(rawValue, Int32(SHUT_RDWR)) }

    /// The error that the socket holds for the next call (SO_ERROR), which is thereby taken from it; zero where there is none.
    public var pendingError: Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(rawValue, SOL_SOCKET, SO_ERROR, &value, &length) == 0 else { return errno }
        return value
    }

    // MARK: Options

    /// Lets a listener take a port whose earlier connections wait in TIME-WAIT (SO_REUSEADDR).
    public func allowAddressReuse() throws(SocketError) {
        try setOption(SOL_SOCKET, SO_REUSEADDR, 1, named: "SO_REUSEADDR")
    }

    /// Sends small segments without waiting for acknowledgments (TCP_NODELAY, RFC 9293 §3.7.4).
    public func disableNagle() throws(SocketError) {
        try setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1, named: "TCP_NODELAY")
    }

    /// Asks for a receive buffer of `octets` (SO_RCVBUF); the kernel doubles it, and keeps it within its limits.
    public func setReceiveBuffer(octets: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_RCVBUF, octets, named: "SO_RCVBUF")
    }

    /// Makes closing send a reset where octets are unsent or unread (SO_LINGER with zero seconds).
    public func resetOnClose() throws(SocketError) { try setLinger(seconds: 0) }

    /// Makes closing wait for so many seconds until all is acknowledged; zero has it send a reset (SO_LINGER).
    func setLinger(seconds: Int32) throws(SocketError) {
        var value = linger(l_onoff: 1, l_linger: seconds)
        let length = socklen_t(MemoryLayout<linger>.size)
        guard unsafe setsockopt(rawValue, SOL_SOCKET, SO_LINGER, &value, length) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "SO_LINGER")
        }
    }

    /// Chooses the congestion control by the kernel's name for it, such as `reno` or `cubic` (TCP_CONGESTION).
    public func setCongestionControl(_ name: String) throws(SocketError) {
        var bytes = Array(name.utf8)
        let length = socklen_t(bytes.count)
        guard unsafe setsockopt(rawValue, Int32(IPPROTO_TCP), TCP_CONGESTION, &bytes, length) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: "TCP_CONGESTION to \(name)")
        }
    }

    func setOption(_ level: Int32, _ option: Int32, _ value: Int32, named name: String) throws(SocketError) {
        var value = value
        guard unsafe setsockopt(rawValue, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SocketError(.setOption, errno: errno, subject: name)
        }
    }

    // MARK: Filter

    /// Puts `filter` on the socket, in the place of the one it has.
    public func attach(_ filter: SocketFilter) throws(SocketError) { try filter.attach(to: rawValue) }

    /// Takes the filter off the socket.
    public func detachFilter() throws(SocketError) { try SocketFilter.detach(from: rawValue) }

    // MARK: What the kernel knows

    /// TCP_INFO of the connection between `local` and `peer`, stamped. It is told after the connection's end too.
    ///
    /// - Throws: `SocketError` with the operation `readOption`.
    public func kernelSample(local: Endpoint, peer: Endpoint) throws(SocketError) -> KernelSample {
        KernelSample(timestamp: .now, local: local, peer: peer, info: try TCPInfo(of: rawValue))
    }
}
