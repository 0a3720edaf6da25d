internal import Dispatch
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import TrafficBlocking

/// A UDP receiver whose socket drops the datagrams of some lengths.
final class UDPReceiver: Sendable {
    private let socket: UDPSocket
    private let failure = Mutex<SocketError?>(nil)
    private let arrival = DispatchSemaphore(value: 0)

    init(
        on addresses: [SocketAddress], dropping lengths: ClosedRange<UInt16>, recorder: SocketEventRecorder
    ) throws(SocketError) {
        socket = try UDPSocket(
            receivingOn: addresses, filter: .dropDatagrams(ofLength: lengths), recorder: recorder)
    }

    var local: Endpoint { socket.local }

    /// Receives until stop is said.
    func run(bufferSize: Int, stop: StopSignal) {
        do throws(SocketError) {
            while try socket.receive(bufferSize: bufferSize, stop: stop) != nil { arrival.signal() }
        } catch {
            failure.withLock { $0 = error }
            arrival.signal()
        }
    }

    /// Waits for the next datagram.
    func awaitDatagram() throws {
        guard arrival.wait(timeout: .now() + .seconds(5)) == .success else {
            throw LessonError.notSeen("a datagram at the receiver")
        }
        try check()
    }

    func memoryInfo() throws(SocketError) -> SocketMemoryInfo { try socket.memoryInfo() }

    /// - Throws: what ended the receiving, if something did.
    func check() throws(SocketError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
