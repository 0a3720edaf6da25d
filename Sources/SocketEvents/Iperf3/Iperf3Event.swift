public import PacketDecode

/// What either end of a bulk test tells whoever watches it.
public enum Iperf3Event: Sendable, Hashable {
    /// A server took a client's control connection.
    case accepted(client: Endpoint)
    /// A stream was opened.
    case opened(stream: Int, local: Endpoint, peer: Endpoint)
    /// What this end measured.
    case report(TrafficReport)
    /// What the other end measured, as it told when the test was over.
    case peerReport(TrafficReport)
    /// The other end's report in its own words.
    case peerText(String)
    /// A test is over.
    case concluded(Iperf3Outcome)
    /// A server could not hold a client's test, or not to its end.
    case failed(client: Endpoint, Iperf3Failure)
}

/// What is to be said of a test when it is over: both ends' results.
public struct Iperf3Outcome: Sendable, Hashable {
    public var manner: IOManner
    /// Whether this end sent.
    public var isSender: Bool
    public var start: Timestamp
    public var end: Timestamp
    public var own: Iperf3Results
    public var peer: Iperf3Results

    public init(
        manner: IOManner, isSender: Bool, start: Timestamp, end: Timestamp, own: Iperf3Results, peer: Iperf3Results
    ) {
        self.manner = manner
        self.isSender = isSender
        self.start = start
        self.end = end
        self.own = own
        self.peer = peer
    }

    public var sender: Iperf3Results { isSender ? own : peer }
    public var receiver: Iperf3Results { isSender ? peer : own }
}

extension Iperf3Results {
    /// Octets of all streams.
    public var octets: UInt64 { streams.reduce(0) { $0 + UInt64(max(0, $1.octets)) } }

    /// Segments that were sent again, on all streams; nil from a receiver.
    public var retransmissions: UInt64? {
        let counts = streams.compactMap(\.retransmissions)
        return counts.isEmpty ? nil : counts.reduce(0) { $0 + UInt64(max(0, $1)) }
    }

    /// Bits a second over the time that the longest stream lasted; zero where that is none.
    public var bitsPerSecond: Double {
        let duration = streams.map(\.duration).max() ?? 0
        return duration > 0 ? Double(octets) * 8e9 / Double(duration) : 0
    }

    /// The reports on the whole test: the end's own where it told them, else made of its results.
    package func totals(
        origin: Timestamp, manner: IOManner, ends: [(local: Endpoint, peer: Endpoint)]
    ) -> [TrafficReport] {
        func named(_ stream: Int?) -> (local: Endpoint, peer: Endpoint)? {
            stream.flatMap { ends.indices.contains($0 - 1) ? ends[$0 - 1] : nil }
        }
        let told = reports.filter { $0.extent == .total }
        if !told.isEmpty {
            return told.map { report in
                let ends = named(report.stream)
                return report.moved(to: origin, local: ends?.peer, peer: ends?.local)
            }
        }
        let figures = streams.map {
            StreamFigures(octets: UInt64($0.octets), retransmissions: $0.retransmissions.map { UInt64($0) })
        }
        func report(_ stream: Int?, _ figures: StreamFigures, _ duration: Int64) -> TrafficReport {
            let ends = named(stream)
            return TrafficReport(
                role: isSender ? .sender : .receiver, manner: manner, extent: .total, stream: stream,
                local: ends?.peer, peer: ends?.local, origin: origin, start: origin,
                end: origin.advanced(by: duration), figures: .stream(figures))
        }
        var made = zip(streams, figures).map { report($0.number, $1, $0.duration) }
        if made.count > 1 {
            made.append(report(nil, StreamMeter.sum(figures), streams.map(\.duration).max() ?? 0))
        }
        return made
    }
}
