package import PacketDecode

/// What one end measured, as it tells the other at a test's end.
public struct Iperf3Results: Sendable, Hashable {
    /// One stream's octets over the test.
    public struct Stream: Sendable, Hashable {
        /// From 1.
        public var number: Int
        public var octets: Int
        /// Segments that its kernel sent again; nil from a receiver.
        public var retransmissions: Int?
        /// Nanoseconds that it lasted.
        public var duration: Int64

        public init(number: Int, octets: Int, retransmissions: Int?, duration: Int64) {
            self.number = number
            self.octets = octets
            self.retransmissions = retransmissions
            self.duration = duration
        }
    }

    public var streams: [Stream]
    public var processorTime: ProcessorShare
    /// The congestion control that the end's sockets had.
    public var congestionControl: String?
    /// Whether the end that measured sent.
    public var isSender: Bool
    /// The end's report in its own words, where it was asked for one.
    public var reportText: String?
    /// The end's reports as values, which wirewatch tells wirewatch.
    public var reports: [TrafficReport]

    public init(
        streams: [Stream], processorTime: ProcessorShare, congestionControl: String?, isSender: Bool,
        reportText: String? = nil, reports: [TrafficReport] = []
    ) {
        self.streams = streams
        self.processorTime = processorTime
        self.congestionControl = congestionControl
        self.isSender = isSender
        self.reportText = reportText
        self.reports = reports
    }
}

extension Iperf3Results {
    /// The member that iperf3 overlooks, and wirewatch reads.
    private static let reportsName = "wirewatch_reports"

    /// - Throws: `malformed` where the streams are missing.
    package init(_ json: JSONValue) throws(Iperf3Failure) {
        guard case .array(let streams)? = json["streams"], streams.count <= Iperf3Parameters.parallelLimit else {
            throw .malformed(expected: "results of each stream")
        }
        self.streams = streams.enumerated().map { index, stream in
            let duration = (stream["end_time"]?.double ?? 0) - (stream["start_time"]?.double ?? 0)
            return Stream(
                number: Self.number(ofIdentifier: stream["id"]?.integer) ?? index + 1,
                octets: max(0, stream["bytes"]?.integer ?? 0),
                retransmissions: stream["retransmits"]?.integer.flatMap { $0 >= 0 ? $0 : nil },
                duration: Int64(min(max(0, duration), 1e9) * 1e9))
        }
        processorTime = ProcessorShare(
            user: (json["cpu_util_user"]?.double ?? 0) / 100, system: (json["cpu_util_system"]?.double ?? 0) / 100)
        congestionControl = json["congestion_used"]?.string
        isSender = json["sender_has_retransmits"]?.integer ?? -1 >= 0
        reportText = json["server_output_text"]?.string
        reports = json[Self.reportsName]?.elements.compactMap(TrafficReport.init) ?? []
    }

    package var json: JSONValue {
        let streams = streams.map { stream in
            JSONValue.object([
                JSONValue.Member("id", .integer(Self.identifier(ofStream: stream.number))),
                JSONValue.Member("bytes", .integer(stream.octets)),
                JSONValue.Member("retransmits", .integer(stream.retransmissions ?? -1)),
                JSONValue.Member("jitter", .integer(0)), JSONValue.Member("errors", .integer(0)),
                JSONValue.Member("packets", .integer(0)), JSONValue.Member("start_time", .integer(0)),
                JSONValue.Member("end_time", .number(Double(stream.duration) / 1e9)),
            ])
        }
        var members = [
            JSONValue.Member("cpu_util_total", .number((processorTime.user + processorTime.system) * 100)),
            JSONValue.Member("cpu_util_user", .number(processorTime.user * 100)),
            JSONValue.Member("cpu_util_system", .number(processorTime.system * 100)),
            JSONValue.Member("sender_has_retransmits", .integer(isSender ? 1 : -1)),
            JSONValue.Member("streams", .array(streams)),
        ]
        if let congestionControl { members.append(JSONValue.Member("congestion_used", .text(congestionControl))) }
        if let reportText { members.append(JSONValue.Member("server_output_text", .text(reportText))) }
        if !reports.isEmpty { members.append(JSONValue.Member(Self.reportsName, .array(reports.map(\.json)))) }
        return .object(members)
    }

    /// iperf3 numbers its streams 1, 3, 4, 5, …
    private static func identifier(ofStream number: Int) -> Int { number == 1 ? 1 : number + 1 }

    private static func number(ofIdentifier identifier: Int?) -> Int? {
        switch identifier {
        case 1: 1
        case .some(let identifier) where 3...Iperf3Parameters.parallelLimit + 1 ~= identifier: identifier - 1
        default: nil
        }
    }
}

extension TrafficReport {
    /// A stream's report with its times counted from the test's start, for the clocks of two hosts differ.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: some BinaryInteger) {
            members.append(JSONValue.Member(name, .integer(Int(clamping: value))))
        }
        members.append(JSONValue.Member("role", .text(role.rawValue)))
        members.append(JSONValue.Member("manner", .text(manner.rawValue)))
        members.append(JSONValue.Member("extent", .text(extent.rawValue)))
        if let stream { add("stream", stream) }
        add("start", origin.distance(to: start))
        add("end", origin.distance(to: end))
        if case .stream(let figures) = figures {
            add("octets", figures.octets)
            if let retransmissions = figures.retransmissions { add("retransmissions", retransmissions) }
            if let window = figures.congestionWindow { add("congestionWindow", window) }
            if let time = figures.roundTripTime { add("roundTripTime", time) }
        }
        return .object(members)
    }

    /// What the other end told; nil where it is no report. Times count from the epoch: the receiver of the report sets them.
    fileprivate init?(_ json: JSONValue) {
        guard let role = json["role"]?.string.flatMap(SocketRole.init), role == .sender || role == .receiver,
            let manner = json["manner"]?.string.flatMap(IOManner.init),
            let extent = json["extent"]?.string.flatMap(Extent.init),
            let start = json["start"]?.integer, let end = json["end"]?.integer, 0...end ~= start,
            let octets = json["octets"]?.integer, octets >= 0
        else { return nil }
        func count(_ name: String) -> Int? { json[name]?.integer.flatMap { $0 >= 0 ? $0 : nil } }
        self.init(
            role: role, manner: manner, extent: extent, stream: count("stream"),
            origin: Timestamp(nanosecondsSinceEpoch: 0), start: Timestamp(nanosecondsSinceEpoch: Int64(start)),
            end: Timestamp(nanosecondsSinceEpoch: Int64(end)),
            figures: .stream(
                StreamFigures(
                    octets: UInt64(octets), retransmissions: count("retransmissions").map { UInt64($0) },
                    congestionWindow: count("congestionWindow").map { UInt64($0) },
                    roundTripTime: count("roundTripTime").map { Int64($0) })))
    }

    /// The report with its times counted from `origin`, and its ends named.
    package func moved(to newOrigin: Timestamp, local: Endpoint?, peer: Endpoint?) -> TrafficReport {
        var report = self
        report.start = newOrigin.advanced(by: origin.distance(to: start))
        report.end = newOrigin.advanced(by: origin.distance(to: end))
        report.origin = newOrigin
        report.local = local
        report.peer = peer
        return report
    }
}
