import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Lab
import PacketCapture
import PacketDecode
import SocketEvents
import Timeline
import TrafficBlocking

/// Datagrams at a steady rate over a link that holds each of them: how long it was between the captures at both ends,
/// beside how long it was to be.
struct Delay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How exactly a link of our own keeps its delay, by the kernel's timestamps at both ends.")

    @Option(help: "Datagrams a second.")
    var rate: Int64 = 10_000

    @Option(help: "Datagrams in all.")
    var count = 30_000

    @Option(help: "Octets of a datagram, 8 at least.")
    var octets = 1000

    @Option(help: "Milliseconds that the link holds each.")
    var delay = 20.0

    func run() throws {
        try PrivateNetwork.enter(.wide)
        var impairment = LinkImpairment()
        impairment.delay = Int64(delay * 1e6)
        let hosts = try LinkedHosts(fromA: impairment, fromB: impairment, seed: 1)
        let atA = try FrameRecorder(interface: Lab.Host.interface, in: hosts.a.namespace, savefile: nil)
        let atB = try FrameRecorder(interface: Lab.Host.interface, in: hosts.b.namespace, savefile: nil)
        let server = SocketAddress(Endpoint(address: .v4(hosts.b.ipv4), port: 7000))
        let receiver = try Receiver(on: server, in: hosts.b.namespace)
        let (rate, count, size) = (rate, count, max(8, octets))
        let sendingTime = try hosts.a.namespace.run { try Self.send(count, of: size, at: rate, to: server) }
        // What still travels arrives.
        usleep(UInt32(delay * 1000) + 50_000)
        receiver.stop()
        let (sent, received) = (atA.stop(), atB.stop())
        let link = hosts.stop()

        var void = [sent, received].compactMap(\.failure)
        if sent.droppedByKernel + received.droppedByKernel > 0 { void.append("a capture lost frames") }
        let unmeant = link.fromA.lostUnmeant + link.fromB.lostUnmeant
        if unmeant > 0 { void.append("the relay lost \(unmeant) frames") }
        let departures = Self.moments(sent)
        let arrivals = Self.moments(received)
        let errors = arrivals.compactMap { number, arrival in
            departures[number].map { $0.distance(to: arrival) - impairment.delay }
        }.sorted { abs($0) < abs($1) }
        if errors.count != count { void.append("\(errors.count) of \(count) datagrams are in both captures") }
        func microseconds(_ share: Double) -> Double {
            errors.isEmpty ? -1 : Double(abs(errors[Int(Double(errors.count - 1) * share)])) / 1000
        }
        Report.print([
            "void": void, "datagrams": errors.count, "perSecond": Double(count) / sendingTime,
            "early": errors.count { $0 < 0 }, "medianMicroseconds": microseconds(0.5),
            "p90Microseconds": microseconds(0.9), "p99Microseconds": microseconds(0.99),
            "maximumMicroseconds": microseconds(1),
        ])
        if !void.isEmpty { throw ExitCode(2) }
    }

    /// Sends numbered datagrams, and returns the seconds that it took.
    private static func send(_ count: Int, of size: Int, at rate: Int64, to server: SocketAddress) throws -> Double {
        let silent = SocketEventRecorder(role: .client, manner: .blocking) { _ in }
        let socket = try UDPSocket(sendingTo: [server], recorder: silent)
        let start = Timestamp.now
        var datagram = [UInt8](repeating: 0, count: size)
        for number in 0..<count {
            let due = start.advanced(by: Int64(number) * 1_000_000_000 / rate)
            while Timestamp.now < due { usleep(20) }
            for place in 0..<8 { datagram[place] = UInt8(truncatingIfNeeded: number >> (8 * (7 - place))) }
            try socket.send(datagram)
        }
        return Double(start.distance(to: .now)) / 1e9
    }

    /// When each numbered datagram was seen.
    private static func moments(_ recording: FrameRecorder.Recording) -> [Int: Timestamp] {
        let decoder = PacketDecoder(linkType: .ethernet)
        var moments: [Int: Timestamp] = [:]
        for frame in recording.packets {
            let packet = decoder.decode(frame.bytes.span)
            guard packet.udp?.destinationPort == 7000, packet.payload.count >= 8 else { continue }
            let start = Int(packet.payload.lowerBound)
            let number = frame.bytes[start..<start + 8].reduce(0) { $0 << 8 | Int($1) }
            moments[number] = frame.info.timestamp
        }
        return moments
    }

    /// Takes datagrams so that the port is held, and the kernel answers none of them.
    private final class Receiver: Sendable {
        private let signal: StopSignal
        private let isOpen = DispatchSemaphore(value: 0)
        private let hasEnded = DispatchSemaphore(value: 0)

        init(on address: SocketAddress, in namespace: NetworkNamespace) throws {
            signal = try StopSignal()
            _ = try SystemThread { [self] in
                // Where it cannot be opened the kernel answers by ICMP and the sender's next send throws.
                try? receive(on: address, in: namespace)
                isOpen.signal()
                hasEnded.signal()
            }
            isOpen.wait()
        }

        private func receive(on address: SocketAddress, in namespace: NetworkNamespace) throws {
            try namespace.enter()
            let silent = SocketEventRecorder(role: .server, manner: .blocking) { _ in }
            let socket = try UDPSocket(receivingOn: [address], recorder: silent)
            isOpen.signal()
            while try socket.receive(bufferSize: 2048, stop: signal) != nil {}
        }

        func stop() {
            signal.stop()
            hasEnded.wait()
        }
    }
}
