internal import Glibc
public import PacketDecode

/// An open UDP socket, where it sends, and who records its calls: what the blocking socket and the asynchronous one share. Nothing
/// here waits, but for `attemptSend` on a socket that blocks. It is closed once: by `close()`, or unrecorded when it goes out of scope.
public struct DatagramSocket: ~Copyable, Sendable {
    public let descriptor: SocketDescriptor
    /// The socket's own end, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    /// Where datagrams go; nil for a receiver, who takes them from anybody.
    public let peer: Endpoint?
    /// Where each datagram must be told to go, for the socket is not connected; nil where it is, or sends none.
    public let destination: SocketAddress?
    public let recorder: SocketEventRecorder

    /// How a sender is tied to where its datagrams go.
    public enum Attachment: Sendable, Hashable {
        /// connect(2): only that peer's datagrams arrive, and the kernel hands over what comes back by ICMP. Sends nothing.
        case connected
        /// sendto(2) with each datagram: anybody's arrive.
        case unconnected
    }

    /// What may be done to a socket before it is bound or connected.
    public typealias Preparation = (borrowing SocketDescriptor) throws(SocketError) -> Void

    /// A receiver on the first of `addresses` that can be bound. `filter` is attached before anything can arrive.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        receivingOn addresses: [SocketAddress], filter: SocketFilter?, nonBlocking: Bool,
        recorder: SocketEventRecorder, prepare: Preparation
    ) throws(SocketError) {
        self.init(
            try SocketDescriptor(
                boundFor: .datagram, to: addresses, filter: filter, nonBlocking: nonBlocking, recorder: recorder,
                prepare: prepare),
            peer: nil, destination: nil, recorder: recorder)
    }

    /// A sender to the first of `addresses` that there is a route to, or, unconnected, simply the first.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        sendingTo addresses: [SocketAddress], _ attachment: Attachment, nonBlocking: Bool,
        recorder: SocketEventRecorder, prepare: Preparation
    ) throws(SocketError) {
        switch attachment {
        case .connected:
            let descriptor = try SocketDescriptor(
                connectedFor: .datagram, to: addresses, nonBlocking: nonBlocking, recorder: recorder,
                prepare: prepare)
            let peer = descriptor.connectedTo
            self.init(descriptor, peer: peer, destination: nil, recorder: recorder)
        case .unconnected:
            guard let address = addresses.first else {
                throw SocketError(operation: .socket, cause: .other("no address"), subject: "")
            }
            let descriptor = try SocketDescriptor(
                opening: .datagram, family: address.family, nonBlocking: nonBlocking)
            try prepare(descriptor)
            if descriptor.localEndpoint?.port == 0 {
                // Bound now, so that its end is known before the first datagram leaves.
                let wildcard: IPAddress =
                    address.family == AF_INET6 ? .v6(IPv6Address(high: 0, low: 0)) : .v4(IPv4Address(rawValue: 0))
                try descriptor.bind(to: SocketAddress(Endpoint(address: wildcard, port: 0)))
            }
            self.init(descriptor, peer: address.endpoint, destination: address, recorder: recorder)
        }
    }

    private init(
        _ descriptor: consuming SocketDescriptor, peer: Endpoint?, destination: SocketAddress?,
        recorder: SocketEventRecorder
    ) {
        local = descriptor.localEndpoint ?? .unspecified
        self.descriptor = descriptor
        self.peer = peer
        self.destination = destination
        self.recorder = recorder
    }

    // MARK: Sending

    /// Sends `octets` as one datagram; none is a datagram too.
    ///
    /// - Throws: the errno.
    public func attemptSend(_ octets: [UInt8]) throws(SocketErrno) {
        if let destination {
            try descriptor.send(octets, to: destination)
        } else {
            _ = try descriptor.send(octets[...])
        }
    }

    /// Sends the first `count` datagrams of `burst`, and returns how many the kernel took.
    ///
    /// - Throws: the errno.
    public func attemptSend(_ burst: DatagramBurst, count: Int) throws(SocketErrno) -> Int {
        try descriptor.send(burst, count: count, to: destination)
    }

    /// Asks the receiver for its report of numbered datagrams, the last of which had the number `last`.
    ///
    /// - Throws: the errno.
    public func askForReport(last: UInt64, width: DatagramNumber.Width) throws(SocketErrno) {
        try attemptSend(StreamEnd(last: last).encoded(sent: .now, width: width))
    }

    public func recordSend(of octets: ArraySlice<UInt8>, from start: Timestamp) {
        recorder.record(.send, from: start, local: local, peer: peer, moved: octets)
    }

    // MARK: Receiving

    /// Takes a datagram that is there, without waiting: the receiver's report, or nil where it is another.
    ///
    /// - Throws: the errno; EAGAIN where there is none.
    public func takeReport() throws(SocketErrno) -> PeerReport? {
        let datagram = try descriptor.receiveDatagram(bufferSize: 1500, waits: false)
        return PeerReport(decoding: datagram.content.span)
    }

    public func recordReceive(of datagram: ReceivedDatagram, from start: Timestamp) {
        recorder.record(
            .receive, from: start, local: local, peer: datagram.sender?.endpoint, moved: datagram.content[...],
            datagramLength: datagram.datagramLength)
    }

    /// Records one of the datagrams that a batch brought.
    public func recordReceive(_ index: Int, of batch: borrowing ReceiveBatch, from start: Timestamp) {
        let datagram = batch[index]
        let content = batch.octets(of: index)
        recorder.record(
            .receive, from: start, local: local, peer: datagram.sender?.endpoint, moved: content[...],
            datagramLength: datagram.datagramLength)
    }

    // MARK: Failures

    /// What an errno of a call means: the failure, recorded; or nil where it is an answer to an earlier datagram of a socket that
    /// is not connected. Such an answer is recorded too, and the call is to be made again.
    public func failure(
        of call: SocketCall, _ operation: SocketError.Operation, _ code: Int32, from start: Timestamp
    ) -> SocketError? {
        if destination != nil, recordAnswers(from: start) { return nil }
        let failure = error(operation, code, descriptor.takeQueuedError())
        recorder.record(call, from: start, local: local, peer: peer, failure: failure)
        return failure
    }

    /// Takes what came back by ICMP off the socket's queue, and records each as a send that failed. Returns whether there was any.
    @discardableResult
    public func recordAnswers(from start: Timestamp = .now) -> Bool {
        var hasAny = false
        while let queued = descriptor.takeQueuedError() {
            hasAny = true
            let failure = error(.send, queued.errno, queued)
            recorder.record(.send, from: start, local: local, peer: queued.destination ?? peer, failure: failure)
        }
        // The socket tells of the same error a second time: by its next call.
        if hasAny { _ = descriptor.pendingError }
        return hasAny
    }

    /// Tells of an error that came back for a datagram sent earlier, such as a refused port.
    ///
    /// - Throws: that error, once.
    public func checkForAnswer() throws(SocketError) {
        let queued = descriptor.takeQueuedError()
        let pending = descriptor.pendingError
        let code = queued?.errno ?? pending
        guard code == 0 else { throw error(.send, code, queued) }
    }

    private func error(_ operation: SocketError.Operation, _ code: Int32, _ queued: QueuedError?) -> SocketError {
        // A queue may hold an answer to another datagram than the one that the errno is about.
        let queued = queued?.errno == code ? queued : nil
        let subject = queued?.destination ?? peer ?? local
        return SocketError(
            operation: operation, cause: .system(errno: code), subject: "\(subject)", icmp: queued?.icmp)
    }

    // MARK: The end

    /// What the kernel dropped at this socket.
    public func memoryInfo() throws(SocketError) -> SocketMemoryInfo {
        try SocketMemoryInfo(of: descriptor.rawValue)
    }

    /// Records that its owners are done with a socket that they share; it is closed when the last one lets go of it.
    public func recordClose() { recorder.record(.close, from: .now, local: local, peer: peer) }

    /// Closes the socket, and records it.
    public consuming func close() {
        let (recorder, local, peer) = (recorder, local, peer)
        let start = Timestamp.now
        descriptor.close()
        recorder.record(.close, from: start, local: local, peer: peer)
    }
}
