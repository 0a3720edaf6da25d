import PacketDecode
import Presentation
import SocketEvents
import TrafficBlocking

/// What a UDP receiver needs beside it for iperf3 clients: their control connection, answered by a thread.
final class Iperf3Service: Sendable {
    private let tally = Iperf3Tally()
    private let control: Iperf3Control

    /// Binds the first of `addresses` that can be bound; `start()` then answers.
    init(on addresses: [SocketAddress]) throws(SocketError) {
        // The control connection is no part of the traffic that is shown.
        let recorder = SocketEventRecorder(role: .server, manner: .blocking) { _ in }
        control = try Iperf3Control(on: addresses, tally: tally, recorder: recorder)
    }

    /// `addresses`, and where they leave the port to the kernel, the one that it gave for TCP.
    ///
    /// TCP chooses first: a port that is free for one may be taken for the other, and connections hold many of TCP's.
    func withPort(_ addresses: [SocketAddress]) -> [SocketAddress] {
        addresses.map { address in
            guard address.endpoint.port == 0 else { return address }
            let endpoint = Endpoint(address: address.endpoint.address, port: control.local.port)
            return SocketAddress(endpoint, scopeID: address.scopeID)
        }
    }

    /// Answers clients, on a thread of its own, until `stop()`.
    func start() throws(SocketError) {
        let control = control
        do throws(ThreadError) {
            _ = try SystemThread {
                do throws(SocketError) {
                    try control.run()
                } catch {
                    StandardError.write(FailureReport(error))
                }
            }
        } catch {
            throw SocketError(.listen, errno: error.errno, subject: "\(control.local)")
        }
        StandardError.write("answering iperf3 clients on \(control.local)")
    }

    /// Counts a datagram. Returns what must be sent back to its sender, where a test begins with it.
    func observe(_ datagram: ArrivedDatagram, _ octets: Span<UInt8>) -> [UInt8]? { tally.observe(datagram, octets) }

    func stop() { control.stop() }
}
