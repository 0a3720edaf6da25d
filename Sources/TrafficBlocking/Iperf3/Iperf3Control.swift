public import PacketDecode
public import SocketEvents

/// The control connection that an iperf3 client opens, by TCP, to the port that it tests: without an answer there it sends no
/// datagram. This answers as much as a UDP test towards the receiver takes, one test at a time.
public final class Iperf3Control: Sendable {
    private let server: TCPServer
    private let tally: Iperf3Tally

    /// Where it listens.
    public var local: Endpoint { server.local }

    /// Listens on the first of `addresses` that can be bound. The UDP receiver must have the same port.
    public init(on addresses: [SocketAddress], tally: Iperf3Tally, recorder: SocketEventRecorder) throws(SocketError) {
        server = try TCPServer(on: addresses, recorder: recorder)
        self.tally = tally
    }

    /// Answers clients until `stop()`.
    public func run() throws(SocketError) {
        let tally = tally
        try server.run { socket, stop in
            do throws(SocketError) {
                var conversation = Conversation(tally: tally)
                try conversation.hold(over: socket, stop: stop)
            } catch {
                // It is recorded, and concerns this client alone.
            }
        }
    }

    /// Ends `run()`. Safe from any thread.
    public func stop() { server.stop() }

    /// One client's control connection.
    private struct Conversation {
        let tally: Iperf3Tally
        private var pending: [UInt8] = []

        /// Octets beyond which a client's JSON is not read.
        private static let longestText = 1 << 20

        init(tally: Iperf3Tally) { self.tally = tally }

        mutating func hold(over socket: borrowing TCPSocket, stop: StopSignal) throws(SocketError) {
            guard try take(Iperf3Cookie.length, from: socket, stop) != nil else { return }
            try socket.send([Iperf3State.parameterExchange.rawValue])
            guard let parameters = try takeText(from: socket, stop) else { return }
            let areOpen = try StopSignal()
            guard Self.flag("udp", in: parameters), !Self.flag("reverse", in: parameters),
                !Self.flag("bidirectional", in: parameters),
                tally.begin(
                    streams: Self.number("parallel", in: parameters) ?? 1,
                    width: Self.flag("udp_counters_64bit", in: parameters) ? .bits64 : .bits32, areOpen: areOpen)
            else {
                try socket.send([Iperf3State.accessDenied.rawValue])
                return
            }
            defer { tally.end() }
            try socket.send([Iperf3State.createStreams.rawValue])
            while !areOpen.wait(nanoseconds: 50_000_000) {
                // The client sends nothing now: what can be read is its end.
                if stop.isStopped || socket.descriptor.hasEnded { return }
            }
            try socket.send([Iperf3State.testStart.rawValue])
            try socket.send([Iperf3State.testRunning.rawValue])
            guard try take(1, from: socket, stop)?.first == Iperf3State.testEnd.rawValue else { return }
            try socket.send([Iperf3State.exchangeResults.rawValue])
            guard try takeText(from: socket, stop) != nil else { return }
            let results = Self.results(of: tally.streams)
            let length = UInt32(results.count)
            try socket.send((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + results)
            try socket.send([Iperf3State.displayResults.rawValue])
            _ = try take(1, from: socket, stop)
        }

        /// Waits for `count` octets; nil where the client ends first, or stop is said.
        private mutating func take(
            _ count: Int, from socket: borrowing TCPSocket, _ stop: StopSignal
        ) throws(SocketError) -> [UInt8]? {
            while pending.count < count {
                guard let octets = try socket.receive(stop: stop), !octets.isEmpty else { return nil }
                pending += octets
            }
            let taken = Array(pending.prefix(count))
            pending.removeFirst(count)
            return taken
        }

        /// Waits for JSON after its length in four octets; nil also where it is longer than anyone's.
        private mutating func takeText(
            from socket: borrowing TCPSocket, _ stop: StopSignal
        ) throws(SocketError) -> String? {
            guard let prefix = try take(4, from: socket, stop) else { return nil }
            let length = prefix.reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.longestText, let text = try take(length, from: socket, stop) else { return nil }
            return String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }
        }

        /// Whether the flat JSON `text`, without spaces, holds `"name":true`, or a number that is not zero.
        private static func flag(_ name: String, in text: String) -> Bool {
            text.contains("\"\(name)\":true") || (number(name, in: text) ?? 0) != 0
        }

        private static func number(_ name: String, in text: String) -> Int? {
            guard let found = text.firstRange(of: "\"\(name)\":") else { return nil }
            return Int(text[found.upperBound...].prefix { $0.isASCII && $0.isNumber })
        }

        /// The results as a client reads them; the processor's time is not measured.
        private static func results(of streams: [DatagramStream?]) -> [UInt8] {
            let parts = streams.enumerated().map { index, stream in
                let counts = stream?.counts ?? DatagramCounts()
                // In seconds, without an exponent.
                let estimate = stream?.jitter ?? 0
                let fraction = String(1_000_000_000 + estimate % 1_000_000_000).dropFirst()
                let jitter = "\(estimate / 1_000_000_000).\(fraction)"
                // The client numbers its streams 1, 3, 4, 5, …
                return """
                    {"id":\(index == 0 ? 1 : index + 2),"bytes":\(counts.octets),"retransmits":-1,"jitter":\(jitter),\
                    "errors":\(counts.lost),"packets":\(counts.total),"omitted_errors":0,"omitted_packets":0,\
                    "start_time":0,"end_time":0}
                    """
            }
            return Array(
                """
                {"cpu_util_total":0,"cpu_util_user":0,"cpu_util_system":0,"sender_has_retransmits":-1,\
                "streams":[\(parts.joined(separator: ","))]}
                """.utf8)
        }
    }
}
