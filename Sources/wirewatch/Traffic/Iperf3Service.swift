import PacketDecode
import Presentation
import SocketEvents
import TrafficBlocking

/// What a UDP receiver needs beside it for iperf3 clients: their control connection, answered by a thread.
final class Iperf3Service: Sendable {
    private let tally = Iperf3Tally()
    private let control: Iperf3Control

    init(at endpoint: Endpoint) throws(SocketError) {
        // The control connection is no part of the traffic that is shown.
        let recorder = SocketEventRecorder(role: .server, manner: .blocking) { _ in }
        let control = try Iperf3Control(at: endpoint, tally: tally, recorder: recorder)
        self.control = control
        do throws(ThreadError) {
            _ = try SystemThread {
                do throws(SocketError) {
                    try control.run()
                } catch {
                    StandardError.write(FailureReport(error))
                }
            }
        } catch {
            throw SocketError(.listen, errno: error.errno, subject: "\(endpoint)")
        }
        StandardError.write("answering iperf3 clients on \(endpoint)")
    }

    /// Counts a datagram, and answers it where a test begins with it.
    func observe(_ datagram: ReceivedDatagram, on descriptor: borrowing SocketDescriptor) {
        guard let answer = tally.observe(datagram), let sender = datagram.sender else { return }
        do throws(SocketErrno) {
            try descriptor.send(answer, to: sender)
        } catch {
            StandardError.write(FailureReport(SocketError(.send, errno: error.code, subject: "\(sender.endpoint)")))
        }
    }

    func stop() { control.stop() }
}
