public import PacketCapture
public import PacketDecode
public import SocketEvents
public import Timeline

/// All that happened in one run of a lesson, in order.
public struct LessonRecord: Sendable {
    public internal(set) var entries: [TimelineEntry] = []
    /// Entries that came too late for their place.
    public internal(set) var lateCount = 0
    /// What each capture counted.
    public internal(set) var statistics: [CaptureStatistics] = []

    /// Frames that the kernel dropped of the captures: not zero, and the record is not the whole story.
    public var droppedByKernel: UInt64 { statistics.reduce(0) { $0 + $1.droppedByKernel } }

    /// The first entry's time, from which the timeline counts.
    public var start: Timestamp? { entries.first?.time }

    public var packets: [PacketEvent] {
        entries.compactMap { if case .packet(let event) = $0.event { event } else { nil } }
    }

    /// The frames of one host's capture.
    public func packets(at host: HostName) -> [PacketEvent] { packets.filter { $0.host == host } }

    /// The link's verdicts, in order.
    public var linkEvents: [LinkEvent] {
        entries.compactMap { if case .link(let event) = $0.event { event } else { nil } }
    }

    public var kernelEvents: [KernelEvent] {
        entries.compactMap { if case .kernel(let event) = $0.event { event } else { nil } }
    }

    /// The calls of that kind by that role, in order.
    public func calls(_ call: SocketCall, by role: SocketRole) -> [SocketEvent] {
        entries.compactMap {
            if case .socket(let event) = $0.event, event.call == call, event.role == role { event } else { nil }
        }
    }

    /// What the kernel of that role's host counted last of the segments sent again (tcpi_total_retrans); nil where it was not
    /// asked.
    func resendsCounted(by role: SocketRole) -> UInt32? {
        kernelEvents.reversed().lazy.compactMap { event -> UInt32? in
            guard event.role == role, case .connection(let sample) = event.answer else { return nil }
            return sample.info.totalRetransmissions
        }.first
    }
}
