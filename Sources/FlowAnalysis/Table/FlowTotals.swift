/// What a number of flows came to together.
public struct FlowTotals: Sendable, Hashable {
    public private(set) var flows: UInt64 = 0
    public private(set) var packets: UInt64 = 0
    /// Octets of their frames on the wire.
    public private(set) var frameOctets: UInt64 = 0
    /// Octets of data.
    public private(set) var octets: UInt64 = 0
    /// Segments with the label `retransmission`.
    public private(set) var retransmittedSegments: UInt64 = 0
    /// Segments with the label `retransmissionOriginalUnseen`.
    public private(set) var retransmittedUnseenSegments: UInt64 = 0

    public init() {}

    mutating func add(_ record: FlowRecord, _ details: borrowing DetailPool) {
        flows += 1
        add(record.fromInitiator, details)
        add(record.fromResponder, details)
    }

    private mutating func add(_ direction: DirectionRecord, _ details: borrowing DetailPool) {
        packets &+= direction.packets
        frameOctets &+= direction.frameOctets
        octets &+= direction.octets
        retransmittedSegments &+= UInt64(direction.retransmittedSegments)
        retransmittedUnseenSegments &+= direction.retransmittedUnseenSegments(details)
    }
}
