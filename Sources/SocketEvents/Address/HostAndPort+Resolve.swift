internal import Glibc
internal import PacketDecode

extension HostAndPort {
    /// What the address will be used for.
    public enum Purpose: Sendable, Hashable {
        case listening
        case connecting
    }

    public enum Transport: Sendable, Hashable {
        case stream
        case datagram
    }

    /// The host's addresses, in the order in which they should be tried (getaddrinfo(3), RFC 6724). Never empty.
    ///
    /// - Throws: `SocketError` with the operation `resolve` and the resolver's code, where the name is not found.
    public func resolve(for purpose: Purpose, _ transport: Transport) throws(SocketError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype =
            transport == .stream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (purpose == .listening ? AI_PASSIVE : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host.isEmpty ? nil : host, "\(port)", &hints, &list)
        guard code == 0 else {
            if code == EAI_SYSTEM { throw SocketError(.resolve, errno: errno, subject: host) }
            throw SocketError(operation: .resolve, cause: .resolution(code: code), subject: host)
        }
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let length = unsafe Int(entry.pointee.ai_addrlen)
            let address = unsafe SocketAddress(copying: entry.pointee.ai_addr, length: length)
            if let address, !found.contains(address) { found.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        if host.isEmpty, purpose == .listening {
            // The IPv6 wildcard serves IPv4 too; the IPv4 one is for machines without IPv6.
            found.sort { $0.family == AF_INET6 && $1.family != AF_INET6 }
        }
        guard !found.isEmpty else {
            throw SocketError(operation: .resolve, cause: .resolution(code: EAI_NONAME), subject: host)
        }
        return found
    }
}
