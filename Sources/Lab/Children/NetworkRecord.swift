public import FlowAnalysis
internal import PacketDecode
public import Timeline

/// What was counted on the network under a run of programs.
public struct NetworkRecord: Sendable {
    /// What one host saw and did.
    public struct HostRecord: Sendable {
        /// Frames of the host's capture.
        public var frames: UInt64 = 0
        /// Frames that the capture lost.
        public var droppedByKernel: UInt64 = 0
        /// Segments from this host that its own capture shows to be retransmissions.
        public var labelledRetransmissions: UInt64 = 0
        /// Segments that this host's kernel says it sent again; nil where it does not say.
        public var kernelRetransmissions: UInt64?
    }

    /// What the link did in each direction, by the host that sent; empty where there is no link.
    public var link: [HostName: LinkTally] = [:]
    public var hosts: [HostName: HostRecord] = [:]
    /// The flows as the client's capture shows them, in the order of their starts.
    public var flows: [FlowSummary] = []

    init() {}
}

extension FlowSummary {
    /// TCP segments from `address` that are retransmissions.
    func retransmissions(from address: Set<IPAddress>) -> UInt64 {
        guard case .tcp(let measures) = measures else { return 0 }
        return (address.contains(initiator.address) ? measures.initiatorToResponder.retransmittedSegments : 0)
            + (address.contains(responder.address) ? measures.responderToInitiator.retransmittedSegments : 0)
    }
}
