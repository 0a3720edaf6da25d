public import FlowAnalysis
internal import PacketDecode
public import SocketEvents
internal import Timeline

/// What each end's analysis said of the frames of a run, against what the link and the kernels know of them.
///
/// The labels were made from each capture alone. Frames that take sequence space are judged, and those that do not where
/// they tell of a gap. `undetermined` is no answer, neither right nor wrong: it is counted apart.
public struct LabelScore: Sendable {
    /// Whose capture the labels were made from.
    public enum End: String, Sendable, Hashable, CaseIterable { case sender, receiver }

    /// How often a frame was one thing and was called another; `nil` is "none of these".
    public struct Cell: Sendable, Hashable {
        public let end: End
        public let truth: SegmentLabel.Kind?
        public let label: SegmentLabel.Kind?
    }

    /// One side of one connection: the resends that were labelled at it, and those that its kernel counted.
    public struct KernelCount: Sendable, Hashable {
        public let role: SocketRole
        public let labelled: Int
        public let counted: Int
    }

    public private(set) var cells: [Cell: Int] = [:]
    public private(set) var kernelCounts: [KernelCount] = []
    /// Frames that could not be found in a capture, and so were not judged.
    public private(set) var unmatchedCount = 0

    /// The labels that the link can judge.
    public static let judged: [SegmentLabel.Kind] = [
        .retransmission, .retransmissionOriginalUnseen, .outOfOrder, .networkDuplicate, .gap,
    ]

    public init() {}

    /// Of the frames that were called `label`, the share that was it; nil where none was called so.
    public func precision(_ label: SegmentLabel.Kind, at end: End) -> Double? {
        share(label, at: end) { $0.label == label }
    }

    /// Of the frames that were `label`, and were not left undetermined, the share that was called so; nil where none was.
    public func recall(_ label: SegmentLabel.Kind, at end: End) -> Double? {
        share(label, at: end) { $0.truth == label && $0.label != .undetermined }
    }

    /// Of the frames of which there was something to tell, the share that was left undetermined; nil where there was none.
    public func undeterminedShare(at end: End) -> Double? {
        var all = 0
        var undetermined = 0
        for (cell, count) in cells where cell.end == end && (cell.truth != nil || cell.label != nil) {
            all += count
            if cell.label == .undetermined { undetermined += count }
        }
        return all == 0 ? nil : Double(undetermined) / Double(all)
    }

    private func share(_ label: SegmentLabel.Kind, at end: End, of isMeant: (Cell) -> Bool) -> Double? {
        var all = 0
        var right = 0
        for (cell, count) in cells where cell.end == end && isMeant(cell) {
            all += count
            if cell.truth == label, cell.label == label { right += count }
        }
        return all == 0 ? nil : Double(right) / Double(all)
    }

    /// Adds another run's score.
    public mutating func add(_ other: LabelScore) {
        cells.merge(other.cells, uniquingKeysWith: +)
        kernelCounts += other.kernelCounts
        unmatchedCount += other.unmatchedCount
    }
}

extension LabelScore {
    /// The score of a run on two hosts.
    public init(_ record: LessonRecord) {
        self.init()
        let events = record.linkEvents
        for source in HostName.allCases {
            let sent = Self.labels(record.packets(at: source))
            let received = Self.labels(record.packets(at: source.peer))
            let frames = events.filter { $0.source == source }.sorted { $0.fate.number < $1.fate.number }
            var truth = LinkTruth()
            for event in frames {
                let kind = truth.send(event)
                judge(event, .sender, kind, event.sentFrame.flatMap { sent[$0] })
            }
            let arrivals = frames.flatMap { event in event.deliveredFrames.map { (frame: $0, event: event) } }
                .sorted { $0.frame < $1.frame }
            for arrival in arrivals {
                let kind = truth.arrive(arrival.event)
                judge(arrival.event, .receiver, kind, received[arrival.frame])
            }
        }
        kernelCounts = Self.kernelCounts(record)
    }

    private mutating func judge(
        _ event: LinkEvent, _ end: End, _ truth: SegmentLabel.Kind?, _ labels: [SegmentLabel.Kind]?
    ) {
        guard let tcp = event.packet.tcp, !tcp.flags.contains(.rst) else { return }
        guard let labels else { return unmatchedCount += 1 }
        // A probe is no resend, and no link can tell the two apart: its octets were sent before in either case.
        guard !labels.contains(.zeroWindowProbe), !labels.contains(.keepAlive) else { return }
        let label = labels.first { Self.judged.contains($0) || $0 == .undetermined }
        // Of a segment without octets there is no more to tell.
        if event.packet.segmentLength == 0, truth != .gap, label != .gap { return }
        let told = event.packet.segmentLength == 0 && label != .gap ? nil : label
        cells[Cell(end: end, truth: truth, label: told), default: 0] += 1
    }

    /// The labels of each frame of a capture, by the frame's number.
    private static func labels(_ packets: [PacketEvent]) -> [UInt64: [SegmentLabel.Kind]] {
        var labels: [UInt64: [SegmentLabel.Kind]] = [:]
        for event in packets {
            guard let tcp = event.flow?.tcp else { continue }
            labels[event.info.number] = tcp.labels.elements.map(\.kind)
        }
        return labels
    }

    /// For each connection of which the kernel was asked at its end: what it counts, beside the labels at that end.
    private static func kernelCounts(_ record: LessonRecord) -> [KernelCount] {
        record.kernelEvents.compactMap { event in
            guard event.occasion == .end, case .connection(let sample) = event.answer,
                let counted = sample.info.totalRetransmissions, let role = event.role
            else { return nil }
            let labelled = record.packets(at: role.home).count { packet in
                packet.retransmission != nil && packet.packet.ports?.source == sample.local.port
                    && packet.packet.ports?.destination == sample.peer.port
            }
            return KernelCount(role: role, labelled: labelled, counted: Int(counted))
        }
    }
}
