public import PacketDecode
internal import SocketEvents
public import Timeline

/// One connection's congestion window over time, as the kernel told it again and again: what plots show.
public struct CongestionSeries: Sendable {
    /// One answer of the kernel's; all figures are segments.
    struct Sample: Sendable {
        /// Nanoseconds after the first answer.
        let time: Int64
        let window: Double
        /// Nil where none has been set: slow start has not ended yet.
        let threshold: Double?
        /// Sent and not yet acknowledged.
        let inFlight: Double?
    }

    let samples: [Sample]
    /// The connection's end whose window it is.
    public let local: Endpoint?

    /// Takes the answers about one connection out of `events`, in the order of their times: the one whose window changed
    /// most often. A receiver is told of as much as its sender, and its window stands.
    public init(_ events: [KernelEvent]) {
        var counts: [Ends: Int] = [:]
        var last: [Ends: UInt32] = [:]
        for event in events {
            guard let ends = Ends(event), case .connection(let sample) = event.answer,
                let window = sample.info.congestionWindow
            else { continue }
            if last.updateValue(window, forKey: ends) != window { counts[ends, default: 0] += 1 }
        }
        // Of equals the first: the same events make the same plot.
        var chosen: Ends?
        for event in events {
            guard let ends = Ends(event), let count = counts[ends] else { continue }
            if chosen.flatMap({ counts[$0] }) ?? 0 < count { chosen = ends }
        }
        self.init(events, chosen)
    }

    /// Takes the answers about the connection from `local` to `peer` out of `events`.
    public init(_ events: [KernelEvent], local: Endpoint, peer: Endpoint) {
        self.init(events, Ends(local: local, peer: peer))
    }

    private init(_ events: [KernelEvent], _ ends: Ends?) {
        let told = events.filter { ends != nil && Ends($0) == ends }.sorted { $0.timestamp < $1.timestamp }
        let start = told.first?.timestamp ?? Timestamp(nanosecondsSinceEpoch: 0)
        samples = told.compactMap { event in
            guard case .connection(let sample) = event.answer, let window = sample.info.congestionWindow else {
                return nil
            }
            return Sample(
                time: start.distance(to: event.timestamp), window: Double(window),
                threshold: sample.info.setSlowStartThreshold.map(Double.init),
                inFlight: sample.info.unacknowledged.map(Double.init))
        }
        local = ends?.local
    }

    private struct Ends: Hashable {
        let local: Endpoint
        let peer: Endpoint

        init(local: Endpoint, peer: Endpoint) {
            self.local = local
            self.peer = peer
        }

        init?(_ event: KernelEvent) {
            guard case .connection(let sample) = event.answer else { return nil }
            self.init(local: sample.local, peer: sample.peer)
        }
    }

    /// Whether there is a course to draw: two answers at two moments.
    public var isPlottable: Bool { duration > 0 }

    /// Nanoseconds from the first answer to the last.
    var duration: Int64 { samples.last?.time ?? 0 }

    /// The top of a scale that holds all figures: 1, 2 or 5 times a power of ten, or four fifths of the next.
    var scaleTop: Double {
        let highest = samples.map { max($0.window, $0.threshold ?? 0, $0.inFlight ?? 0) }.max() ?? 0
        var decade = 1.0
        while decade * 10 < highest { decade *= 10 }
        return [1, 2, 3, 4, 5, 6, 8, 10].map { $0 * decade }.first { $0 >= highest && $0 >= 4 } ?? decade * 10
    }

    /// Moments for the marks of a time axis, six to eleven where there is a course: multiples of 1, 2 or 5 times a power of
    /// ten.
    var timeMarks: [Int64] {
        var step: Int64 = 1
        while step * 10 <= duration / 5 { step *= 10 }
        step *= [1, 2, 5].first { duration / (step * $0) <= 10 } ?? 5
        return duration > 0 ? (0...duration / step).map { $0 * step } : [0]
    }

    /// The figures that stood at `time`: the kernel's last answer before it.
    func sample(at time: Int64) -> Sample? {
        var low = 0
        var high = samples.count
        while low < high {
            let middle = (low + high) / 2
            if samples[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? samples[low - 1] : nil
    }
}
