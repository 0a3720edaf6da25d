internal import Glibc

extension SocketDescriptor {
    /// Whether a connection that TCP Fast Open lets be used before its handshake is over (RFC 7413) still waits for that. Whoever
    /// ends it first waits until there is room (poll(2)): in SYN-SENT the kernel takes shutdown(2) and close(2) for a wish not to
    /// connect, and the peer resets what it had begun to hear.
    ///
    /// A handshake that was put off until something is sent begins now.
    package var isConnecting: Bool { Self.isConnecting(rawValue) }

    /// The same of a descriptor that is another's.
    package static func isConnecting(_ descriptor: Int32) -> Bool {
        guard (try? TCPInfo(of: descriptor))?.state == .synSent else { return false }
        // Says nothing, and so sends a SYN alone. It fails where one was sent already.
        _ = unsafe Glibc.send(descriptor, nil, 0, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        return true
    }
}
