internal import Dispatch
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

/// A UDP receiver on host B that takes every datagram to a port until it is told to end.
final class DatagramReception: Sendable {
    private let part: StagePart
    private let stop: StopSignal
    private let arrival: DispatchSemaphore

    fileprivate init(part: StagePart, stop: StopSignal, arrival: DispatchSemaphore) {
        (self.part, self.stop, self.arrival) = (part, stop, arrival)
    }

    /// Waits until the program has received so many more datagrams.
    ///
    /// - Throws: `LessonError.notSeen` where they do not come in time.
    func await(_ count: Int, seconds: Int = 5) throws(LessonError) {
        for _ in 0..<count {
            guard arrival.wait(timeout: .now() + .seconds(seconds)) == .success else {
                throw .notSeen("a datagram at the receiver")
            }
        }
    }

    /// Ends the reception.
    ///
    /// - Throws: what ended it before, if something did.
    func end() throws {
        stop.stop()
        try part.wait()
    }
}

extension LinkStage {
    /// Receives datagrams on host B, and returns once none can be missed.
    func receiveDatagrams(port: UInt16, bufferSize: Int = 65536) throws -> DatagramReception {
        let isBound = DispatchSemaphore(value: 0)
        let arrival = DispatchSemaphore(value: 0)
        let stop = try StopSignal()
        let address = [address(of: .b, port: port)]
        let recorder = recorder(.receiver)
        let part = try start(on: .b) {
            defer { isBound.signal() }
            let socket = try UDPSocket(receivingOn: address, recorder: recorder)
            isBound.signal()
            while try socket.receive(bufferSize: bufferSize, stop: stop) != nil { arrival.signal() }
            socket.close()
        }
        isBound.wait()
        return DatagramReception(part: part, stop: stop, arrival: arrival)
    }

    /// A UDP socket on the calling thread's host that sends to host B. `prepare` may set options.
    func sender(
        to port: UInt16,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) -> UDPSocket {
        try UDPSocket(sendingTo: [address(of: .b, port: port)], recorder: recorder(.sender), prepare: prepare)
    }
}
