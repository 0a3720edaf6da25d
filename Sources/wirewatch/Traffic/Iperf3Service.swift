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

    /// Counts a datagram. Returns what must be sent back to its sender, where a test begins with it.
    func observe(_ datagram: ArrivedDatagram, _ octets: Span<UInt8>) -> [UInt8]? { tally.observe(datagram, octets) }

    func stop() { control.stop() }
}
