import PacketDecode
import Presentation
import SocketEvents
import Synchronization

/// What a UDP receiver does with what arrives, in either manner: shows it, counts it by sender, reports it, and answers.
final class DatagramReceiver: Sendable {
    /// Whether each datagram is shown.
    private let isShown: Bool
    /// Whether each datagram goes back to its sender.
    private let echoes: Bool
    private let iperf3: Iperf3Service?
    private let streams: Mutex<ReceivedStreams>
    private let reports: ReportOutput?

    /// How long after an interval's end its line comes where nothing arrives: what the kernel holds by then was read.
    private static let grace: Int64 = 50_000_000

    init(
        isShown: Bool, echoes: Bool, iperf3: Iperf3Service?, streams: ReceivedStreams, reports: ReportOutput?
    ) {
        self.isShown = isShown
        self.echoes = echoes
        self.iperf3 = iperf3
        self.streams = Mutex(streams)
        self.reports = reports
    }

    /// Takes in what a call brought, which began at `start`. Returns how many datagrams of it count.
    func take(_ batch: borrowing ReceiveBatch, from start: Timestamp, on socket: borrowing DatagramSocket) -> Int {
        var counted = batch.count
        let drops = (try? socket.memoryInfo())?.drops
        var answers: [(octets: [UInt8], receiver: SocketAddress)] = []
        let closed = streams.withLock { streams in
            for index in 0..<batch.count {
                let datagram = batch[index]
                let question = batch.withOctets(of: index) { streams.observe(datagram, $0) }
                if question != nil { counted -= 1 }
                guard let sender = datagram.sender else { continue }
                if let answer = question {
                    answers.append((answer, sender))
                } else if let iperf3, let answer = batch.withOctets(of: index, { iperf3.observe(datagram, $0) }) {
                    answers.append((answer, sender))
                } else if echoes {
                    answers.append((batch.octets(of: index), sender))
                }
            }
            if let drops { streams.noteDrops(drops) }
            return streams.takeReports()
        }
        if isShown { for index in 0..<batch.count { socket.recordReceive(index, of: batch, from: start) } }
        reports?.write(closed)
        for answer in answers {
            do throws(SocketErrno) {
                try socket.descriptor.send(answer.octets, to: answer.receiver)
            } catch {
                let failure = SocketError(.send, errno: error.code, subject: "\(answer.receiver.endpoint)")
                StandardError.write(FailureReport(failure))
            }
        }
        return counted
    }

    /// Prints the line of an interval that is over, where nothing has arrived since. To be called now and then.
    func closeIntervals() {
        let closed = streams.withLock { streams in
            streams.closeIntervals(at: Timestamp.now.advanced(by: -Self.grace))
            return streams.takeReports()
        }
        reports?.write(closed)
    }

    /// Prints the totals, and returns the closing line. `drops`: what the kernel dropped at the socket; nil where it did not say.
    func finish(drops: UInt32?) -> String {
        iperf3?.stop()
        let (closed, totals, sum) = streams.withLock { streams in
            if let drops { streams.noteDrops(drops) }
            streams.closeIntervals(at: .now)
            return (streams.takeReports(), streams.totals, streams.sum)
        }
        reports?.write(closed)
        reports?.write(totals: totals)
        var line = "\(Self.count(sum.datagrams, "datagram")), \(Self.count(sum.octets, "octet")) received"
        line += ", \(Self.count(sum.lostOctets, "octet")) lost to the receive buffer's size"
        if let drops { line += ", \(Self.count(UInt64(drops), "datagram")) dropped by the kernel" }
        return line
    }

    private static func count(_ number: UInt64, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
