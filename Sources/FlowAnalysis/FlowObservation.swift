public import PacketDecode

/// What a packet is to the flow it belongs to.
public struct FlowObservation: Sendable, BitwiseCopyable, Equatable {
    /// The flow's number in this table, from 1 in the order of first packets, one count for TCP and UDP.
    ///
    /// (tshark counts `tcp.stream` and `udp.stream` apart, each from 0.) A number is never given twice: a connection
    /// that reuses the ports of an earlier one, or a flow that was evicted and comes back, has a new one.
    public internal(set) var flow: UInt64 = 0
    public internal(set) var direction: FlowDirection = .fromInitiator
    /// Whether this packet began the flow.
    public internal(set) var isFirst = false
    var isTCP = false
    /// Whether the packet is a fragment that completes no datagram: it names the flow and is nothing more to it.
    public internal(set) var isIncomplete = false
    /// Meaningful with `isTCP`, and without `isIncomplete`.
    var segment = SegmentObservation()

    /// What the segment is to its connection; nil for a UDP datagram, and for a fragment that completes no segment.
    public var tcp: SegmentObservation? { isTCP && !isIncomplete ? segment : nil }
    /// TCP or UDP.
    public var `protocol`: IPProtocol { isTCP ? .tcp : .udp }

    init() {}

    /// What an observation starts from: copied, which is faster than to set each member anew.
    @usableFromInline static let empty = FlowObservation()
}
