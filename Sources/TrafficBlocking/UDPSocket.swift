public import PacketDecode
public import SocketEvents

/// A UDP socket with calls that block; each is recorded as an event. It is closed once: by `close()`, or unrecorded when it
/// goes out of scope.
public struct UDPSocket: ~Copyable, Sendable {
    public let descriptor: SocketDescriptor
    /// The socket's own end, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    /// Where a sender's datagrams go; nil for a receiver, who takes them from anybody.
    public let peer: Endpoint?
    private let recorder: SocketEventRecorder

    /// A receiver on the first of `addresses` that can be bound. `filter` is attached before anything can arrive.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        receivingOn addresses: [SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        descriptor = try SocketDescriptor(
            boundFor: .datagram, to: addresses, filter: filter, recorder: recorder, prepare: prepare)
        local = descriptor.localEndpoint ?? .unspecified
        peer = nil
        self.recorder = recorder
    }

    /// A sender to the first of `addresses` that there is a route to. Connecting sends nothing: it lets the kernel report
    /// what comes back by ICMP, such as a port that nobody holds.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        sendingTo addresses: [SocketAddress], recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        descriptor = try SocketDescriptor(
            connectedFor: .datagram, to: addresses, recorder: recorder, prepare: prepare)
        local = descriptor.localEndpoint ?? .unspecified
        peer = descriptor.connectedTo
        self.recorder = recorder
    }

    /// Sends `octets` as one datagram; none is a datagram too.
    ///
    /// - Throws: `SocketError`; ECONNREFUSED is the answer to an earlier datagram, not to this one.
    public func send(_ octets: [UInt8]) throws(SocketError) {
        let start = Timestamp.now
        do {
            let count = try descriptor.send(octets[...])
            recorder.record(.send, from: start, local: local, peer: peer, moved: octets.prefix(count))
        } catch {
            throw fail(.send, .send, error.code, from: start)
        }
    }

    /// Waits for a datagram and receives it into a buffer of `bufferSize` octets; nil where `stop` was said first.
    public func receive(bufferSize: Int, stop: StopSignal? = nil) throws(SocketError) -> ReceivedDatagram? {
        let start = Timestamp.now
        if let stop, !stop.waitForInput(on: descriptor.rawValue) { return nil }
        do {
            let datagram = try descriptor.receiveDatagram(bufferSize: bufferSize)
            recorder.record(
                .receive, from: start, local: local, peer: datagram.sender?.endpoint, moved: datagram.content[...],
                datagramLength: datagram.datagramLength)
            return datagram
        } catch {
            throw fail(.receive, .receive, error.code, from: start)
        }
    }

    /// Tells of an error that came back for a datagram sent earlier, such as a refused port.
    ///
    /// - Throws: that error, once.
    public func checkForAnswer() throws(SocketError) {
        let code = descriptor.pendingError
        guard code == 0 else { throw SocketError(.send, errno: code, subject: peer.map { "\($0)" } ?? "") }
    }

    /// What the kernel dropped at this socket.
    public func memoryInfo() throws(SocketError) -> SocketMemoryInfo {
        try SocketMemoryInfo(of: descriptor.rawValue)
    }

    /// Closes the socket, and records it.
    public consuming func close() {
        let (recorder, local, peer) = (recorder, local, peer)
        let start = Timestamp.now
        descriptor.close()
        recorder.record(.close, from: start, local: local, peer: peer)
    }

    private func fail(
        _ call: SocketCall, _ operation: SocketError.Operation, _ code: Int32, from start: Timestamp
    ) -> SocketError {
        let failure = SocketError(operation, errno: code, subject: "\(peer ?? local)")
        recorder.record(call, from: start, local: local, peer: peer, failure: failure)
        return failure
    }
}
