internal import Glibc
internal import PacketDecode

/// One datagram as a receive buffer took it.
public struct ReceivedDatagram: Sendable, Hashable {
    /// The octets that fitted the buffer.
    public var content: [UInt8]
    /// The octets of the datagram as it was sent.
    public var datagramLength: Int
    /// Who sent it; nil where the kernel names no IP address.
    public var sender: SocketAddress?

    /// Octets that did not fit the buffer.
    public var lostOctets: Int { datagramLength - content.count }
}

extension SocketDescriptor {
    /// Receives one datagram into a buffer of `bufferSize` octets (recvfrom(2)). With MSG_TRUNC the kernel returns the
    /// datagram's whole length, however much of it the buffer took (udp(7)). A socket that blocks waits for one, unless `waits` is
    /// false.
    ///
    /// - Throws: the errno; EAGAIN where nothing is there and nothing is waited for.
    public func receiveDatagram(bufferSize: Int, waits: Bool = true) throws(SocketErrno) -> ReceivedDatagram {
        var storage = sockaddr_storage()
        var length = 0
        let room = max(bufferSize, 0)
        let flags = Int32(MSG_TRUNC) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let content = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            repeat {
                length = unsafe Self.withSocketAddress(of: &storage) { address, addressLength in
                    unsafe recvfrom(
                        rawValue, buffer.baseAddress, room, flags, address, addressLength)
                }
            } while length < 0 && errno == EINTR
            count = max(0, min(length, room))
        }
        guard length >= 0 else { throw SocketErrno(errno) }
        return ReceivedDatagram(content: content, datagramLength: length, sender: SocketAddress(storage))
    }

    /// Sends `octets` (send(2)) to where the socket is connected, without raising SIGPIPE, and returns how many the kernel
    /// took. Where `waits` is false it never waits for room.
    ///
    /// - Throws: the errno; EAGAIN where there is no room and it may not wait.
    public func send(_ octets: ArraySlice<UInt8>, waits: Bool = true) throws(SocketErrno) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let count = unsafe octets.withUnsafeBytes { bytes in
            var count: Int
            repeat {
                count = unsafe Glibc.send(rawValue, bytes.baseAddress, bytes.count, flags)
            } while count < 0 && errno == EINTR
            return count
        }
        guard count >= 0 else { throw SocketErrno(errno) }
        return count
    }

    /// Sends `octets` as one datagram to `address` (sendto(2)), from a socket that is not connected.
    ///
    /// - Throws: the errno.
    public func send(_ octets: [UInt8], to address: SocketAddress) throws(SocketErrno) {
        // A socket of IPv6 names IPv4 hosts by mapped addresses only.
        let address = family == AF_INET6 ? address.mappedToIPv6 : address
        let count = unsafe octets.withUnsafeBytes { bytes in
            unsafe address.withSocketAddress { pointer, length in
                unsafe sendto(rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
            }
        }
        guard count >= 0 else { throw SocketErrno(errno) }
    }

    /// Whether the peer of a stream has ended its half or the connection, without taking what it sent before.
    public var hasEnded: Bool {
        var octet: UInt8 = 0
        let count = unsafe recv(rawValue, &octet, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    /// Takes what has arrived on a stream and forgets it, without waiting, and no more than `maximum` octets: a socket that is
    /// closed with octets unread sends a reset, which may overtake what was sent before.
    public func discardInput(atMost maximum: Int) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var left = maximum
        while left > 0 {
            let count = unsafe recv(rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return }
            left -= count
        }
    }

    /// Receives at most `maximum` octets of a stream (recv(2)); none means that the peer's half has ended.
    ///
    /// - Throws: the errno.
    public func receive(atMost maximum: Int) throws(SocketErrno) -> [UInt8] {
        var received = 0
        let content = unsafe [UInt8](unsafeUninitializedCapacity: max(maximum, 0)) { buffer, count in
            repeat {
                received = unsafe recv(rawValue, buffer.baseAddress, max(maximum, 0), 0)
            } while received < 0 && errno == EINTR
            count = max(0, received)
        }
        guard received >= 0 else { throw SocketErrno(errno) }
        return content
    }
}

/// A system call's errno, before it is known what the call was for.
public struct SocketErrno: Error, Sendable, Hashable {
    public let code: Int32

    public init(_ code: Int32) { self.code = code }

    /// Whether the call would have had to wait (EAGAIN).
    public var isTryAgain: Bool { code == EAGAIN }
}
