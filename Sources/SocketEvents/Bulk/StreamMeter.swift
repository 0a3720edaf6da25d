package import PacketDecode

/// Reports on the streams of a bulk test, made of samples that are taken at intervals' ends and at the test's.
package struct StreamMeter: Sendable {
    /// What one stream has moved since it was opened, and what its kernel says.
    package struct Sample: Sendable, Hashable {
        package var octets: Int
        package var info: TCPInfo?

        package init(octets: Int, info: TCPInfo?) {
            self.octets = octets
            self.info = info
        }
    }

    private let role: SocketRole
    private let manner: IOManner
    private let ends: [(local: Endpoint, peer: Endpoint)]
    package private(set) var origin: Timestamp
    private let interval: Int64?
    /// When the present interval began.
    private var start: Timestamp
    /// Intervals that are over.
    private var closed: Int64 = 0
    private var before: [Sample]
    /// What was moved, and sent again, before the test began.
    private var octetsBefore: [Int]
    private var retransmissionsBefore: [UInt32]
    /// Whether measuring has yet to begin: intervals until then are told, and count in no total.
    package private(set) var isOmitting: Bool
    /// What was reported on intervals so far.
    package private(set) var reports: [TrafficReport] = []

    /// Intervals beyond which the meter keeps no reports to tell the peer: a day of seconds.
    private static let reportLimit = 86_400

    /// Begins a measurement of all that the streams have moved and will. `interval`: nanoseconds; nil for none.
    package init(
        of streams: [BulkStream], isSender: Bool, manner: IOManner, origin: Timestamp, interval: Int64?,
        isOmitting: Bool = false
    ) {
        self.init(
            ends: streams.map { ($0.local, $0.peer) }, first: streams.map(\.sample), isSender: isSender, manner: manner,
            origin: origin, interval: interval, isOmitting: isOmitting)
    }

    package init(
        ends: [(local: Endpoint, peer: Endpoint)], first: [Sample], isSender: Bool, manner: IOManner,
        origin: Timestamp, interval: Int64?, isOmitting: Bool = false
    ) {
        self.isOmitting = isOmitting
        role = isSender ? .sender : .receiver
        self.manner = manner
        self.ends = ends
        self.origin = origin
        self.interval = interval.map { max(1, $0) }
        start = origin
        // A peer may send before it has told that the test runs: what came so counts in the first interval, as in the total.
        before = first.map { Sample(octets: 0, info: $0.info) }
        octetsBefore = first.map { _ in 0 }
        retransmissionsBefore = first.map { $0.info?.totalRetransmissions ?? 0 }
    }

    /// Begins to measure at `now`, after what was omitted: time and totals count from here. Returns the last reports on what was
    /// omitted.
    package mutating func beginMeasuring(at now: Timestamp, _ samples: [Sample]) -> [TrafficReport] {
        guard isOmitting, samples.count == ends.count else { return [] }
        let hasMoved = zip(before, samples).contains { $0.octets != $1.octets }
        let last = hasMoved ? closeInterval(at: now, samples) : []
        isOmitting = false
        (origin, start, closed, before) = (now, now, 0, samples)
        octetsBefore = samples.map(\.octets)
        retransmissionsBefore = samples.map { $0.info?.totalRetransmissions ?? 0 }
        return last
    }

    /// Nanoseconds after the origin at which the present interval is over; nil where there are none.
    package var due: Int64? { interval.map { (closed + 1) &* $0 } }

    /// Ends the interval at `now`, and returns what each stream did in it, and their sum where there are several.
    package mutating func closeInterval(at now: Timestamp, _ samples: [Sample]) -> [TrafficReport] {
        guard let interval, samples.count == ends.count, now > start else { return [] }
        let figures = zip(before, samples).map { earlier, later in
            self.figures(
                later, octets: later.octets - earlier.octets, retransmissionsBefore: earlier.info?.totalRetransmissions)
        }
        let made = reports(isOmitting ? .omitted : .interval, from: start, to: now, figures)
        before = samples
        start = now
        // An interval that nobody asked for in time is part of the one that is reported.
        closed = max(closed + 1, origin.distance(to: now) / interval)
        if reports.count < Self.reportLimit { reports += made }
        return made
    }

    /// Ends the measurement: the last interval, where it moved anything, and the totals apart.
    package mutating func finish(
        at now: Timestamp, _ samples: [Sample]
    ) -> (intervals: [TrafficReport], totals: [TrafficReport]) {
        let hasMoved = zip(before, samples).contains { $0.octets != $1.octets }
        let intervals = hasMoved ? closeInterval(at: now, samples) : []
        let figures = samples.indices.map { index in
            self.figures(
                samples[index], octets: samples[index].octets - octetsBefore[index],
                retransmissionsBefore: retransmissionsBefore[index])
        }
        return (intervals, reports(.total, from: origin, to: now, figures))
    }

    private func figures(_ sample: Sample, octets: Int, retransmissionsBefore: UInt32?) -> StreamFigures {
        var figures = StreamFigures(octets: UInt64(max(0, octets)))
        guard let info = sample.info else { return figures }
        figures.roundTripTime = info.roundTripTime.map { Int64($0) * 1000 }
        guard role == .sender else { return figures }
        figures.retransmissions = info.totalRetransmissions.map { UInt64($0 &- (retransmissionsBefore ?? 0)) }
        if let window = info.congestionWindow, let size = info.sendMaximumSegmentSize {
            figures.congestionWindow = UInt64(window) * UInt64(size)
        }
        return figures
    }

    private func reports(
        _ extent: TrafficReport.Extent, from start: Timestamp, to end: Timestamp, _ figures: [StreamFigures]
    ) -> [TrafficReport] {
        func report(_ stream: Int?, _ figures: StreamFigures) -> TrafficReport {
            let ends = stream.map { self.ends[$0 - 1] }
            return TrafficReport(
                role: role, manner: manner, extent: extent, stream: stream, local: ends?.local, peer: ends?.peer,
                origin: origin, start: start, end: end, figures: .stream(figures))
        }
        var made = figures.enumerated().map { report($0.offset + 1, $0.element) }
        if figures.count > 1 { made.append(report(nil, Self.sum(figures))) }
        return made
    }

    /// Octets and resends of all; a window and a round trip are one stream's own.
    package static func sum(_ figures: [StreamFigures]) -> StreamFigures {
        let resends = figures.compactMap(\.retransmissions)
        return StreamFigures(
            octets: figures.reduce(0) { $0 + $1.octets },
            retransmissions: resends.isEmpty ? nil : resends.reduce(0, +))
    }
}
