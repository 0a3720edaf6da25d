/// The interarrival jitter of one stream of datagrams (RFC 3550 §6.4.1): how much the time on the way varies from one datagram to the
/// next, smoothed with a gain of 1/16. The clocks of the two ends need not agree, for only differences count.
public struct InterarrivalJitter: Sendable, Hashable {
    /// The estimate, in nanoseconds; zero before a second datagram has come.
    public private(set) var nanoseconds: Double = 0
    private var lastTransit: Int64?

    public init() {}

    /// Takes in a datagram that was sent and that arrived at these times, each by its own end's clock in nanoseconds.
    public mutating func observe(sent: Int64, arrived: Int64) {
        // A sender may write anything there: what no clock says must not trap.
        let transit = arrived.subtractingReportingOverflow(sent)
        guard !transit.overflow else { return }
        defer { lastTransit = transit.partialValue }
        guard let lastTransit else { return }
        let difference = transit.partialValue.subtractingReportingOverflow(lastTransit)
        guard !difference.overflow else { return }
        nanoseconds += (Double(difference.partialValue.magnitude) - nanoseconds) / 16
    }
}
