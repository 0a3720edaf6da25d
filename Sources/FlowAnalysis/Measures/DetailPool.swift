/// The details of all flows together: their memory is bounded, and a flow that is forgotten gives its own back.
///
/// A detail's name is its index plus 1; 0 names none. A detail has at most one histogram and one record of troubles, which are named
/// so too: so there are never more of these than of those.
struct DetailPool: ~Copyable {
    /// Small, for every direction of a flow has room for one.
    typealias Name = UInt16

    /// The most details that can be named.
    static let greatestCapacity = Int(Name.max)

    /// The most details.
    let capacity: Int
    private var details: SteadyArray<DirectionDetail>
    private var free = Name(0)
    private var histograms: SteadyArray<DurationHistogram>
    private var freeHistograms: [Name] = []
    private var troubles: SteadyArray<DirectionTroubles>
    private var freeTroubles: [Name] = []
    /// Times that a direction wanted a detail and none was left.
    private(set) var refusedCount: UInt64 = 0

    /// - Parameter capacity: the most details, of which 65,535 can be named.
    init(capacity: Int) {
        details = SteadyArray(capacity: min(capacity, Self.greatestCapacity))
        histograms = SteadyArray(capacity: details.capacity)
        troubles = SteadyArray(capacity: details.capacity)
        // As many as there can be of each, where the system has no addresses for so many.
        self.capacity = min(details.capacity, histograms.capacity, troubles.capacity)
    }

    /// Details that exist, in use or free.
    var count: Int { details.count }

    /// A new detail's name, or 0 where all are taken.
    mutating func take() -> Name {
        if free != 0 {
            let name = free
            free = details[Int(name) - 1].nextFree
            details[Int(name) - 1] = DirectionDetail()
            return name
        }
        guard details.count < capacity else { return 0 }
        details.append(DirectionDetail())
        return Name(details.count)
    }

    mutating func giveBack(_ name: Name) {
        let histogram = details[Int(name) - 1].histogram
        if histogram != 0 { freeHistograms.append(histogram) }
        let troubles = details[Int(name) - 1].troubles
        if troubles != 0 { freeTroubles.append(troubles) }
        details[Int(name) - 1].nextFree = free
        free = name
    }

    /// Takes a time span into a detail.
    @inline(__always)
    mutating func add(nanoseconds: Int64, to name: Name) {
        if details[Int(name) - 1].durations.add(nanoseconds: nanoseconds) { return }
        addToHistogram(nanoseconds: nanoseconds, of: name)
    }

    private mutating func addToHistogram(nanoseconds: Int64, of name: Name) {
        var histogram = details[Int(name) - 1].histogram
        if histogram == 0 {
            histogram = takeHistogram(details[Int(name) - 1].durations.histogram)
            details[Int(name) - 1].histogram = histogram
        }
        histograms[Int(histogram) - 1].add(nanoseconds: nanoseconds)
    }

    @inline(never)
    private mutating func takeHistogram(_ histogram: DurationHistogram) -> Name {
        if let name = freeHistograms.popLast() {
            histograms[Int(name) - 1] = histogram
            return name
        }
        histograms.append(histogram)
        return Name(histograms.count)
    }

    /// What a detail's time spans were; nil where there is none.
    func durations(of name: Name) -> (count: UInt64, median: Int64, percentile95: Int64)? {
        let detail = Int(name) - 1
        let histogram = details[detail].histogram
        if histogram != 0 {
            let index = Int(histogram) - 1
            return (
                histograms[index].count, histograms[index].quantile(0.5), histograms[index].quantile(0.95)
            )
        }
        let count = details[detail].durations.count
        guard count > 0 else { return nil }
        return (
            UInt64(count), details[detail].durations.quantile(0.5), details[detail].durations.quantile(0.95)
        )
    }

    /// Time spans that a detail keeps one by one.
    @inline(__always)
    func keptDurations(of name: Name) -> UInt8 { details[Int(name) - 1].durations.count }

    /// The median alone.
    func medianDuration(of name: Name) -> Int64? {
        let detail = Int(name) - 1
        let histogram = details[detail].histogram
        if histogram != 0 { return histograms[Int(histogram) - 1].quantile(0.5) }
        return details[detail].durations.count > 0 ? details[detail].durations.quantile(0.5) : nil
    }

    mutating func noteRefusal() { refusedCount += 1 }

    /// Has the processor fetch the lines of a detail that time spans and octets in flight are put into.
    @inline(__always)
    func prefetch(_ name: Name) {
        details.prefetch(Int(name) - 1, lines: MemoryLayout<DirectionDetail>.stride / 64)
    }

    /// Has the processor fetch what else a detail, where there is one, names.
    @inline(__always)
    func prefetchTroubles(_ name: Name) {
        guard name != 0 else { return }
        let detail = details[Int(name) - 1].troubles
        if detail != 0 {
            troubles.prefetch(Int(detail) - 1, lines: (MemoryLayout<DirectionTroubles>.stride + 63) / 64)
        }
    }

    /// What there is of troubles in a detail; nil where there are none, or no detail.
    @inline(__always)
    func troubles(of name: Name) -> DirectionTroubles? {
        guard name != 0, details[Int(name) - 1].troubles != 0 else { return nil }
        return troubles[Int(details[Int(name) - 1].troubles) - 1]
    }

    /// The troubles of a detail, which has none so far perhaps.
    subscript(troublesOf name: Name) -> DirectionTroubles {
        @inline(__always) get { troubles(of: name) ?? DirectionTroubles() }
        @inline(__always) _modify {
            if details[Int(name) - 1].troubles == 0 { details[Int(name) - 1].troubles = takeTroubles() }
            yield &troubles[Int(details[Int(name) - 1].troubles) - 1]
        }
    }

    @inline(never)
    private mutating func takeTroubles() -> Name {
        if let name = freeTroubles.popLast() {
            troubles[Int(name) - 1] = DirectionTroubles()
            return name
        }
        troubles.append(DirectionTroubles())
        return Name(troubles.count)
    }

    subscript(name: Name) -> DirectionDetail {
        @inline(__always) _read { yield details[Int(name) - 1] }
        @inline(__always) _modify { yield &details[Int(name) - 1] }
    }
}
