internal import Glibc

extension SocketDescriptor {
    /// Another descriptor of the same socket (fcntl(2), F_DUPFD_CLOEXEC): the socket is open until both are closed.
    ///
    /// - Throws: `SocketError` with the operation `socket`.
    package func duplicate() throws(SocketError) -> SocketDescriptor {
        let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SocketError(.socket, errno: errno, subject: "") }
        return SocketDescriptor(adopting: copy, family: family, connectedTo: connectedTo)
    }

    /// Receives at most `maximum` octets of a stream into `buffer` from its start on (recv(2)), and returns how many; zero means
    /// that the peer's half has ended.
    ///
    /// - Throws: the errno; EAGAIN where a time limit is over.
    package func receive(into buffer: inout [UInt8], atMost maximum: Int) throws(SocketErrno) -> Int {
        let room = min(buffer.count, maximum)
        var count = 0
        repeat {
            count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(rawValue, $0.baseAddress, room, 0) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw SocketErrno(errno) }
        return count
    }

    /// Has calls that wait to send or to receive end with EAGAIN after `milliseconds` (SO_SNDTIMEO, SO_RCVTIMEO).
    package func limitWaits(milliseconds: Int) throws(SocketError) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let length = socklen_t(MemoryLayout<timeval>.size)
        for (option, name) in [(SO_SNDTIMEO, "SO_SNDTIMEO"), (SO_RCVTIMEO, "SO_RCVTIMEO")] {
            guard unsafe setsockopt(rawValue, SOL_SOCKET, option, &time, length) == 0 else {
                throw SocketError(.setOption, errno: errno, subject: name)
            }
        }
    }

    /// Ends what this side takes of a stream (shutdown(2), SHUT_RD): what has arrived is still read, then an end.
    package func shutdownReceiving() { _ = shutdown(rawValue, Int32(SHUT_RD)) }

    /// Octets that were given to the kernel and that the peer has not acknowledged (tcp(7), SIOCOUTQ).
    package var unacknowledgedOctets: Int {
        var count: Int32 = 0
        guard unsafe ioctl(rawValue, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
        return Int(count)
    }

    /// The congestion control's name (TCP_CONGESTION); nil where the kernel does not tell.
    package var congestionControl: String? {
        var name = [UInt8](repeating: 0, count: 32)
        var length = socklen_t(name.count)
        guard unsafe getsockopt(rawValue, Int32(IPPROTO_TCP), TCP_CONGESTION, &name, &length) == 0 else { return nil }
        return String(decoding: name.prefix(Int(length)).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sets what a bulk test asks of its streams' sockets.
    package func apply(_ parameters: Iperf3Parameters) throws(SocketError) {
        if parameters.isNagleDisabled { try disableNagle() }
        if let name = parameters.congestionControl { try setCongestionControl(name) }
        if let size = parameters.maximumSegmentSize {
            try setOption(Int32(IPPROTO_TCP), TCP_MAXSEG, size, named: "TCP_MAXSEG")
        }
        if let octets = parameters.window {
            try setOption(SOL_SOCKET, SO_SNDBUF, octets, named: "SO_SNDBUF")
            try setOption(SOL_SOCKET, SO_RCVBUF, octets, named: "SO_RCVBUF")
        }
    }
}
