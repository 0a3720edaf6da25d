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

/// What the link did to the frames of one direction.
public struct LinkTally: Sendable, Hashable {
    /// Frames that entered, neighbor discovery not counted.
    public var frames: UInt64 = 0
    /// Frames that the link dropped as it was told to.
    public var dropped: UInt64 { dropCauses.values.reduce(0, +) }
    /// The same by cause.
    public var dropCauses: [FrameFate.DropCause: UInt64] = [:]
    public var doubled: UInt64 = 0
    public var overtaken: UInt64 = 0
    public var corrupted: UInt64 = 0
    /// Frames that the link lost without meaning to. Not zero: the run proves nothing.
    public var lostUnmeant: UInt64 = 0
    /// Frames that it still held when the run was over.
    public var held: UInt64 = 0

    init(_ report: LinkedHosts.DirectionReport) {
        lostUnmeant = report.lostUnmeant
        var due: UInt64 = 0
        for fate in report.fates {
            if fate.kind != .neighborDiscovery { frames += 1 }
            switch fate.verdict {
            case .dropped(let cause): dropCauses[cause, default: 0] += 1
            case .delivered(_, let second):
                due += second == nil ? 1 : 2
                if second != nil { doubled += 1 }
            case .overtaken:
                due += 1
                overtaken += 1
            case .corrupted:
                due += 1
                corrupted += 1
            }
        }
        let departed = UInt64(report.departures.count)
        held = due > departed ? due - departed : 0
    }
}

extension FlowSummary {
    /// TCP segments from `address` that are retransmissions.
    func retransmissions(from address: Set<IPAddress>) -> UInt64 {
        guard case .tcp(let measures) = measures else { return 0 }
        return (address.contains(initiator.address) ? measures.initiatorToResponder.retransmittedSegments : 0)
            + (address.contains(responder.address) ? measures.responderToInitiator.retransmittedSegments : 0)
    }
}
