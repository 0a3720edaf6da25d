internal import PacketDecode

extension SocketDescriptor {
    /// A socket connected to the first of `addresses` that answers, or, for datagrams, that there is a route to; each attempt is
    /// an event. `source` is the end that the socket is bound to before, where one is wished: addresses of the other family are
    /// then left out. `timeout`: nanoseconds for each attempt. `prepare` may set options before.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        connectedFor transport: HostAndPort.Transport, to addresses: [SocketAddress], from source: SocketAddress? = nil,
        timeout: Int64? = nil, nonBlocking: Bool = false, recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        let why = source == nil ? "no address" : "no address of the source's family"
        let wanted = addresses.first.map { "\($0.endpoint)" } ?? ""
        var failure = SocketError(operation: .connect, cause: .other(why), subject: wanted)
        for address in addresses where source == nil || source?.family == address.family {
            let start = Timestamp.now
            do {
                let descriptor = try SocketDescriptor(
                    opening: transport, family: address.family, nonBlocking: nonBlocking)
                try prepare(descriptor)
                if let source { try descriptor.bind(to: source) }
                try descriptor.connect(to: address, timeout: timeout)
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
