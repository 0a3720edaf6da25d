public import PacketDecode

/// What a packet is to the flow it belongs to.
public struct FlowObservation: Sendable, BitwiseCopyable, Equatable {
    /// The flow's number in this table, from 1 in the order of first packets, one count for TCP and UDP.
    ///
    /// (tshark counts `tcp.stream` and `udp.stream` apart, each from 0.) A number is never given twice: a connection
    /// that reuses the ports of an earlier one, or a flow that was evicted and comes back, has a new one.
    public let flow: UInt64
    public let direction: FlowDirection
    /// Whether this packet began the flow.
    public let isFirst: Bool
    /// What the segment is to its connection; nil for a UDP datagram.
    public let tcp: SegmentObservation?

    /// TCP or UDP.
    @inlinable public var `protocol`: IPProtocol { tcp == nil ? .udp : .tcp }

    init(flow: UInt64, direction: FlowDirection, isFirst: Bool, tcp: SegmentObservation?) {
        self.flow = flow
        self.direction = direction
        self.isFirst = isFirst
        self.tcp = tcp
    }
}
