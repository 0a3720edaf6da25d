public import PacketDecode

/// What arrives at one receiver, told apart by sender, and the reports of it: a state machine without I/O, in bounded memory.
public struct ReceivedStreams: Sendable {
    private struct Entry: Sendable {
        let sender: SocketAddress
        var stream: DatagramStream
        /// What had been counted when the present interval began.
        var before = DatagramCounts()
    }

    private let manner: IOManner
    private let local: Endpoint
    private let width: DatagramNumber.Width?
    private let intervalLength: Int64?
    private let limit: Int
    private var entries: [Entry] = []
    private var indices: [SocketAddress: Int] = [:]
    /// The entry of the last datagram: most come from the same sender as the one before.
    private var lastIndex = 0
    private var intervals: ReportIntervals?
    private var drops: UInt64 = 0
    private var dropsBefore: UInt64 = 0
    private var reports: [TrafficReport] = []

    /// Datagrams of senders beyond the limit, which are counted and not told apart.
    public private(set) var others = DatagramCounts()

    /// - Parameters:
    ///   - width: how wide the datagrams' numbers are; nil where they have none.
    ///   - interval: nanoseconds of each interval; nil for totals alone.
    ///   - limit: the most senders that are told apart.
    public init(
        manner: IOManner, local: Endpoint, width: DatagramNumber.Width?, interval: Int64?, limit: Int = 1024
    ) {
        self.manner = manner
        self.local = local
        self.width = width
        self.intervalLength = interval
        self.limit = limit
    }

    /// Takes in a datagram whose buffer held `octets` of it. Returns what its sender asks for, to be sent back: the report of
    /// its stream.
    public mutating func observe(_ datagram: ArrivedDatagram, _ octets: Span<UInt8>) -> [UInt8]? {
        closeIntervals(at: datagram.arrival)
        if let width, let end = StreamEnd(decoding: octets, width: width) {
            return answer(end, of: datagram.sender)
        }
        guard let index = index(of: datagram) else {
            others.datagrams += 1
            others.octets += UInt64(octets.count)
            others.lostOctets += UInt64(max(0, datagram.datagramLength - octets.count))
            return nil
        }
        if intervals == nil { intervals = ReportIntervals(origin: datagram.arrival, length: intervalLength) }
        entries[index].stream.observe(octets, length: datagram.datagramLength, arrival: datagram.arrival)
        return nil
    }

    /// Takes in how many datagrams the kernel has dropped at the socket since it was opened, a number of 32 bits that goes round.
    public mutating func noteDrops(_ count: UInt32) {
        drops &+= UInt64(count &- UInt32(truncatingIfNeeded: drops))
    }

    /// Closes the interval that is over at `now`, and makes its reports.
    public mutating func closeIntervals(at now: Timestamp) {
        guard let span = intervals?.close(at: now) else { return }
        var sum = DatagramCounts()
        for index in entries.indices {
            let counts = entries[index].stream.counts
            let since = counts.since(entries[index].before)
            entries[index].before = counts
            guard since != DatagramCounts() else { continue }
            sum = sum.adding(since)
            reports.append(report(.interval, index, span, figures(since, jitter: entries[index].stream.jitter)))
        }
        let dropped = drops &- dropsBefore
        dropsBefore = drops
        guard sum != DatagramCounts() || dropped > 0 else { return }
        reports.append(report(.interval, nil, span, figures(sum, dropped: dropped)))
    }

    /// The reports that were made since they were taken last: of each interval those of the senders of whom something came,
    /// then their sum.
    public mutating func takeReports() -> [TrafficReport] {
        defer { reports.removeAll() }
        return reports
    }

    /// What has arrived in all, of each sender from its first datagram to its last, and the sum; empty where nothing has.
    public var totals: [TrafficReport] {
        guard let first = entries.first else { return [] }
        var sum = others
        var (start, end) = (first.stream.first, first.stream.last)
        var totals = entries.indices.map { index in
            let stream = entries[index].stream
            sum = sum.adding(stream.counts)
            (start, end) = (min(start, stream.first), max(end, stream.last))
            return report(
                .total, index, stream.first..<stream.last, figures(stream.counts, jitter: stream.jitter))
        }
        totals.append(report(.total, nil, start..<end, figures(sum, dropped: drops)))
        return totals
    }

    /// What has arrived in all.
    public var sum: DatagramCounts { entries.reduce(others) { $0.adding($1.stream.counts) } }

    private func figures(_ counts: DatagramCounts, jitter: Int64? = nil, dropped: UInt64? = nil) -> DatagramFigures {
        DatagramFigures(counts: counts, isNumbered: width != nil, jitter: jitter, droppedByKernel: dropped)
    }

    private func report(
        _ extent: TrafficReport.Extent, _ index: Int?, _ span: Range<Timestamp>, _ figures: DatagramFigures
    ) -> TrafficReport {
        TrafficReport(
            role: .receiver, manner: manner, extent: extent, stream: index.map { $0 + 1 }, local: local,
            peer: index.map { entries[$0].sender.endpoint }, origin: intervals?.origin ?? span.lowerBound,
            start: span.lowerBound, end: span.upperBound, figures: .datagrams(figures))
    }

    /// The entry of the datagram's sender; nil where there are too many of them, or it has none.
    private mutating func index(of datagram: ArrivedDatagram) -> Int? {
        guard let sender = datagram.sender else { return nil }
        if lastIndex < entries.count, entries[lastIndex].sender == sender { return lastIndex }
        if let index = indices[sender] {
            lastIndex = index
            return index
        }
        guard entries.count < limit else { return nil }
        lastIndex = entries.count
        indices[sender] = lastIndex
        entries.append(
            Entry(sender: sender, stream: DatagramStream(first: datagram.arrival, width: width)))
        return lastIndex
    }

    private mutating func answer(_ end: StreamEnd, of sender: SocketAddress?) -> [UInt8]? {
        guard let sender, let index = indices[sender] else { return nil }
        entries[index].stream.end(at: end.last)
        let stream = entries[index].stream
        return PeerReport(
            counts: stream.counts, jitter: stream.jitter ?? 0, first: stream.first, last: stream.last
        ).encoded
    }
}
