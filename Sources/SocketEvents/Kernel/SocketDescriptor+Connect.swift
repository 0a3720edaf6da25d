internal import PacketDecode

extension SocketDescriptor {
    /// A socket connected to the first of `addresses` that answers, or, for datagrams, that there is a route to; each attempt is
    /// an event. `prepare` may set options before.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        connectedFor transport: HostAndPort.Transport, to addresses: [SocketAddress], nonBlocking: Bool = false,
        recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        var failure = SocketError(operation: .connect, cause: .other("no address"), subject: "")
        for address in addresses {
            let start = Timestamp.now
            do {
                let descriptor = try SocketDescriptor(
                    opening: transport, family: address.family, nonBlocking: nonBlocking)
                try prepare(descriptor)
                try descriptor.connect(to: address)
                recorder.record(
                    .connect, from: start, local: descriptor.localEndpoint, peer: address.endpoint)
                self.init(
                    adopting: descriptor.release(), family: address.family, connectedTo: address.endpoint)
                return
            } catch {
                failure = error
                recorder.record(.connect, from: start, local: nil, peer: address.endpoint, failure: error)
            }
        }
        throw failure
    }
}
