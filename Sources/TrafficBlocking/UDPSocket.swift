public import PacketDecode
public import SocketEvents

/// A UDP socket with calls that block; each is recorded as an event. It is closed once: by `close()`, or unrecorded when it
/// goes out of scope.
public struct UDPSocket: ~Copyable, Sendable {
    /// The socket, and what does not wait.
    public let base: DatagramSocket

    /// The socket's own end, with the port that the kernel chose where zero was asked.
    public var local: Endpoint { base.local }
    /// Where a sender's datagrams go; nil for a receiver, who takes them from anybody.
    public var peer: Endpoint? { base.peer }

    /// A receiver on the first of `addresses` that can be bound. `filter` is attached before anything can arrive.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        receivingOn addresses: [SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder,
        prepare: DatagramSocket.Preparation = { _ throws(SocketError) in }
    ) throws(SocketError) {
        base = try DatagramSocket(
            receivingOn: addresses, filter: filter, nonBlocking: false, recorder: recorder, prepare: prepare)
    }

    /// A sender to the first of `addresses` that there is a route to, or, unconnected, simply the first.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        sendingTo addresses: [SocketAddress], _ attachment: DatagramSocket.Attachment = .connected,
        recorder: SocketEventRecorder, prepare: DatagramSocket.Preparation = { _ throws(SocketError) in }
    ) throws(SocketError) {
        base = try DatagramSocket(
            sendingTo: addresses, attachment, nonBlocking: false, recorder: recorder, prepare: prepare)
    }

    /// Sends `octets` as one datagram; none is a datagram too.
    ///
    /// - Throws: `SocketError`; ECONNREFUSED is the answer to an earlier datagram, not to this one.
    public func send(_ octets: [UInt8]) throws(SocketError) {
        let start = Timestamp.now
        while true {
            do throws(SocketErrno) {
                try base.attemptSend(octets)
                base.recordSend(of: octets[...], from: start)
                return
            } catch {
                if let failure = base.failure(of: .send, .send, error.code, from: start) { throw failure }
            }
        }
    }

    /// Waits for a datagram and receives it into a buffer of `bufferSize` octets; nil where `stop` was said first.
    public func receive(bufferSize: Int, stop: StopSignal? = nil) throws(SocketError) -> ReceivedDatagram? {
        let start = Timestamp.now
        while true {
            if let stop, !stop.waitForInput(on: base.descriptor.rawValue) { return nil }
            do throws(SocketErrno) {
                let datagram = try base.descriptor.receiveDatagram(bufferSize: bufferSize)
                base.recordReceive(of: datagram, from: start)
                return datagram
            } catch {
                if let failure = base.failure(of: .receive, .receive, error.code, from: start) { throw failure }
            }
        }
    }

    /// Waits for datagrams, and takes those that are there, at most `limit`, into `batch`; false where `stop` was said first.
    /// Nothing is recorded but a failure.
    public func receive(
        into batch: inout ReceiveBatch, limit: Int = .max, stop: StopSignal
    ) throws(SocketError) -> Bool {
        let start = Timestamp.now
        // Where datagrams never cease the wait below never happens.
        if stop.isStopped { return false }
        while true {
            do throws(SocketErrno) {
                try batch.receive(from: base.descriptor, limit: limit)
                return true
            } catch {
                if error.isTryAgain {
                    base.recordAnswers()
                    guard stop.waitForInput(on: base.descriptor.rawValue) else { return false }
                } else if let failure = base.failure(of: .receive, .receive, error.code, from: start) {
                    throw failure
                }
            }
        }
    }

    /// Tells of an error that came back for a datagram sent earlier, such as a refused port.
    ///
    /// - Throws: that error, once.
    public func checkForAnswer() throws(SocketError) { try base.checkForAnswer() }

    /// What the kernel dropped at this socket.
    public func memoryInfo() throws(SocketError) -> SocketMemoryInfo { try base.memoryInfo() }

    /// Closes the socket, and records it.
    public consuming func close() { base.close() }
}
