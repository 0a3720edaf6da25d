public import PacketDecode

extension SocketDescriptor {
    /// Opens a socket and binds it to the first of `addresses` that takes it; each attempt is an event. `filter` is attached
    /// before anything can arrive; `prepare` may set options.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        boundFor transport: HostAndPort.Transport, to addresses: [SocketAddress], filter: SocketFilter? = nil,
        nonBlocking: Bool = false, recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        var failure = SocketError(operation: .bind, cause: .other("no address"), subject: "")
        for address in addresses {
            let start = Timestamp.now
            do {
                let descriptor = try SocketDescriptor(
                    opening: transport, family: address.family, nonBlocking: nonBlocking)
                if transport == .stream { try descriptor.allowAddressReuse() }
                if let filter { try descriptor.attach(filter) }
                try prepare(descriptor)
                try descriptor.bind(to: address)
                recorder.record(.bind, from: start, local: descriptor.localEndpoint ?? address.endpoint)
                self = descriptor
                return
            } catch {
                failure = error
                recorder.record(.bind, from: start, local: address.endpoint, failure: error)
            }
        }
        throw failure
    }

    /// Listens, and records it; returns where.
    public func recordedListen(recorder: SocketEventRecorder) throws(SocketError) -> Endpoint {
        let start = Timestamp.now
        let local = localEndpoint ?? .unspecified
        do {
            try listen(subject: "\(local)")
        } catch {
            recorder.record(.listen, from: start, local: local, failure: error)
            throw error
        }
        recorder.record(.listen, from: start, local: local)
        return local
    }
}
