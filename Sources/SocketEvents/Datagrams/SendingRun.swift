public import PacketDecode

/// A run of made datagrams: when each burst leaves, which numbers it bears, and the reports of it. A state machine
/// without I/O.
public struct SendingRun: Sendable {
    /// What the run sends.
    public struct Plan: Sendable {
        public enum Content: Sendable, Hashable {
            /// The octets of each datagram; its head is written over where datagrams are numbered.
            case octets([UInt8])
            /// "message 1", "message 2", …, each sent with a call of its own.
            case numberedText
        }

        public var content: Content
        /// How wide the datagrams' numbers are; nil where they have none.
        public var width: DatagramNumber.Width?
        public var pace: SendPace
        /// Nanoseconds of each interval that is reported; nil for the total alone.
        public var interval: Int64?

        public init(
            content: Content, width: DatagramNumber.Width? = nil, pace: SendPace, interval: Int64? = nil
        ) {
            self.content = content
            self.width = width
            self.pace = pace
            self.interval = interval
        }
    }

    /// The datagrams that leave next.
    public private(set) var burst: DatagramBurst
    public private(set) var pace: SendPace
    public let width: DatagramNumber.Width?
    private let isText: Bool
    private let manner: IOManner
    private let local: Endpoint
    private let peer: Endpoint?
    private let intervalLength: Int64?
    private var intervals: ReportIntervals?
    private var counts = DatagramCounts()
    private var before = DatagramCounts()
    private var last = Timestamp(nanosecondsSinceEpoch: 0)
    private var reports: [TrafficReport] = []

    public init(_ plan: Plan, manner: IOManner, local: Endpoint, peer: Endpoint?) {
        switch plan.content {
        case .octets(let octets): (burst, isText) = (DatagramBurst(of: octets), false)
        case .numberedText: (burst, isText) = (DatagramBurst(ofText: 1), true)
        }
        pace = plan.pace
        pace.limitBurst(to: burst.slots)
        width = plan.width
        intervalLength = plan.interval
        self.manner = manner
        self.local = local
        self.peer = peer
    }

    /// What to do now: `monotonic` is in nanoseconds of a clock that does not go back, `now` the same moment by the frames'
    /// clock. Datagrams that it says to send stand in `burst`.
    public mutating func next(monotonic: Int64, now: Timestamp) -> SendPace.Step {
        // Where the pace starts, not where the first datagram leaves, which may be late.
        if intervals == nil { intervals = ReportIntervals(origin: now, length: intervalLength) }
        closeInterval(at: now)
        switch pace.next(at: monotonic) {
        case .send(let count):
            let count = min(count, burst.slots)
            if isText { burst = DatagramBurst(ofText: pace.sent + 1) }
            if let width {
                let first = DatagramNumber(sent: now, number: UInt64(pace.sent) + 1)
                burst.number(count, from: first, width: width)
            }
            return .send(count)
        case .wait(let until):
            // An interval's line does not wait for the next datagram.
            guard let end = intervals?.end else { return .wait(until: until) }
            return .wait(until: min(until, monotonic + max(1, now.distance(to: end))))
        case .end:
            return .end
        }
    }

    /// Tells that the kernel took `count` datagrams of the burst at `now`.
    public mutating func didSend(_ count: Int, at now: Timestamp) {
        pace.didSend(count)
        counts.datagrams += UInt64(count)
        counts.octets += UInt64(count * burst.size)
        last = now
    }

    /// The last number that was used.
    public var lastNumber: UInt64 { counts.datagrams }

    /// The reports of intervals that were made since they were taken last.
    public mutating func takeReports() -> [TrafficReport] {
        defer { reports.removeAll() }
        return reports
    }

    /// What was sent in all; nil where nothing was.
    public var total: TrafficReport? {
        guard let origin = intervals?.origin, counts.datagrams > 0 else { return nil }
        return report(.total, origin..<max(origin, last), counts)
    }

    /// What the receiver says has arrived of it, as a report of its own.
    public func total(heard: PeerReport) -> TrafficReport {
        TrafficReport(
            role: .receiver, manner: manner, extent: .total, stream: 1, local: local, peer: peer, origin: heard.first,
            start: heard.first, end: heard.last,
            figures: .datagrams(DatagramFigures(counts: heard.counts, isNumbered: true, jitter: heard.jitter)))
    }

    private mutating func closeInterval(at now: Timestamp) {
        guard let span = intervals?.close(at: now) else { return }
        let since = counts.since(before)
        before = counts
        reports.append(report(.interval, span, since))
    }

    private func report(
        _ extent: TrafficReport.Extent, _ span: Range<Timestamp>, _ counts: DatagramCounts
    ) -> TrafficReport {
        TrafficReport(
            role: .sender, manner: manner, extent: extent, stream: 1, local: local, peer: peer,
            origin: intervals?.origin ?? span.lowerBound, start: span.lowerBound, end: span.upperBound,
            figures: .datagrams(DatagramFigures(counts: counts)))
    }
}
