/// What is measured of one direction of a flow that does more than the simple things: taken from a `DetailPool` when the
/// first of them happens.
///
/// 256 octets, four lines of a processor's cache: what a long direction without losses needs.
struct DirectionDetail: BitwiseCopyable {
    /// The next of the free ones, in the pool.
    var nextFree = DetailPool.Name(0)
    /// The histogram's name in the pool, for durations that are too many for `durations`; 0 until then.
    var histogram = DetailPool.Name(0)
    /// Round-trip times of TCP, gaps between arrivals of UDP; empty while `DirectionRecord` has room for them.
    var durations = FewDurations()
    var octetsInFlight = OctetsInFlightSeries()
    /// The name of its `DirectionTroubles` in the pool; 0 where there are none.
    var troubles = DetailPool.Name(0)

    init() {}
}
