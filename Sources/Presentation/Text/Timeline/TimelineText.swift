internal import FlowAnalysis
public import PacketDecode
internal import SocketEvents
public import Timeline

/// A timeline as text: what the program did, what the wire carried and what the kernel said, in lanes, a line or a few
/// for each entry.
///
/// It is a state: times count from the first entry that was shown.
public struct TimelineText: Sendable {
    /// The names of the two ends, the one that began the exchange first: "client" and "server".
    public let initiator: String
    public let responder: String
    public let isColoured: Bool
    private let lanes: Lanes
    /// The other form, for two hosts and a link.
    private var hosts: HostsTimelineText?
    private var start: Timestamp?
    /// A lane's text before it is folded into the lane's width.
    private var scratch = OutputBuffer(capacity: 512)

    /// - Parameter columns: how long a line may be. From 110 on the lanes stand side by side.
    public init(initiator: String, responder: String, columns: Int, isColoured: Bool) {
        self.initiator = initiator
        self.responder = responder
        self.isColoured = isColoured
        lanes = Lanes(columns: columns)
    }

    /// A timeline of two hosts: packets have a `host`, and the link tells what it did to each frame.
    ///
    /// - Parameters:
    ///   - hosts: whose each address is. What is missing is learnt from the link's verdicts; until then A is taken for the
    ///     one that began a flow.
    ///   - columns: how long a line may be. From 110 on the lanes stand side by side.
    ///   - sumsUp: whether stretches in which nothing happens but that octets move are told in sum, but for their beginning.
    ///     `appendSum` then follows the last entry.
    public init(hosts: [IPAddress: HostName], columns: Int, isColoured: Bool, sumsUp: Bool = false) {
        self.init(initiator: "A", responder: "B", columns: columns, isColoured: isColoured)
        self.hosts = HostsTimelineText(hosts, columns: columns, isColoured: isColoured, sumsUp: sumsUp)
    }

    /// Appends the headings of lanes side by side; lanes that share the width have none.
    public func appendHeadings(to buffer: inout OutputBuffer) {
        if let hosts { return hosts.appendHeadings(to: &buffer) }
        guard lanes.isSideBySide else { return }
        if isColoured { buffer.append(invisible: Colour.dim.start) }
        buffer.append("time")
        buffer.pad(toColumn: lanes.program.start)
        buffer.append("program")
        buffer.pad(toColumn: lanes.wire.start)
        buffer.append("wire")
        buffer.pad(toColumn: lanes.kernel.start)
        buffer.append("kernel")
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    /// Appends an entry's lines.
    public mutating func append(_ entry: TimelineEntry, to buffer: inout OutputBuffer) {
        if hosts != nil { return appendOfHosts(entry, to: &buffer) }
        if case .socket(let event) = entry.event, !event.hasTimelineLine { return }
        let start = start ?? entry.time
        if self.start == nil { self.start = start }
        scratch.removeAll()
        switch entry.event {
        case .socket(let event):
            scratch.appendTimelineText(event, at: entry.time)
            appendTime(since: start, entry.time, to: &buffer)
            appendFolded(lanes.program, colour: event.failure == nil ? nil : .red, to: &buffer)
        case .packet(let event):
            appendWireText(event)
            appendTime(since: start, entry.time, to: &buffer)
            appendFolded(lanes.wire, colour: nil, to: &buffer)
            appendLabels(event, since: start, to: &buffer)
            appendHTTP(event, to: &buffer)
        case .kernel(let event):
            if !lanes.isSideBySide { scratch.append("kernel: ") }
            scratch.appendTimelineText(event)
            appendTime(since: start, entry.time, to: &buffer)
            appendFolded(lanes.kernel, colour: nil, to: &buffer)
        case .link(let event):
            guard event.fate.isDropped else { return }
            scratch.append("link: dropped frame ")
            scratch.append(event.fate.number)
            scratch.append(" from ")
            scratch.append(event.source.rawValue)
            appendTime(since: start, entry.time, to: &buffer)
            appendFolded(lanes.wire, colour: .red, to: &buffer)
        }
    }

    /// Appends in sum what is not shown one by one since the last entry that was shown.
    public mutating func appendSum(to buffer: inout OutputBuffer) {
        guard let start else { return }
        hosts?.appendSum(since: start, to: &buffer)
    }

    private mutating func appendOfHosts(_ entry: TimelineEntry, to buffer: inout OutputBuffer) {
        hosts?.note(entry)
        guard hosts?.shows(entry) == true else { return }
        let start = start ?? entry.time
        self.start = start
        hosts?.append(entry, since: start, to: &buffer)
    }

    private func appendTime(since start: Timestamp, _ time: Timestamp, to buffer: inout OutputBuffer) {
        buffer.append(seconds: start.distance(to: time))
    }

    /// `client ▶ PSH ACK seq 1:501 ack 1 win 65536 len 500`.
    private mutating func appendWireText(_ event: PacketEvent) {
        let width = max(initiator.count, responder.count)
        let isFromInitiator = event.flow?.direction != .fromResponder
        let name = isFromInitiator ? initiator : responder
        scratch.append(name)
        scratch.pad(toColumn: width + 1)
        scratch.append(isFromInitiator ? "▶ " : "◀ ")
        scratch.appendSummary(event.packet, event.bytes.span, flow: event.flow)
    }

    /// What the analysis says of a segment.
    private mutating func appendLabels(_ event: PacketEvent, since start: Timestamp, to buffer: inout OutputBuffer) {
        for label in event.flow?.tcp?.labels.elements ?? [] {
            scratch.removeAll()
            scratch.append(label, since: start)
            appendFolded(lanes.wire, colour: .yellow, to: &buffer)
        }
    }

    /// What HTTP said with a segment.
    private mutating func appendHTTP(_ event: PacketEvent, to buffer: inout OutputBuffer) {
        for said in event.http where said.hasLine {
            scratch.removeAll()
            scratch.append(said)
            appendFolded(lanes.wire, colour: .cyan, to: &buffer)
        }
    }

    /// Puts what stands in `scratch` into a lane, in as many lines as it takes, each but the first indented by two.
    private func appendFolded(_ lane: Lanes.Lane, colour: Colour?, to buffer: inout OutputBuffer) {
        let text = FoldedWords(scratch.bytes, width: lane.width, indent: 2, breaksWords: false)
        buffer.pad(toColumn: lane.start)
        if isColoured, let colour { buffer.append(invisible: colour.start) }
        for (index, part) in text.parts.enumerated() {
            if index > 0 {
                buffer.endLine()
                buffer.pad(toColumn: lane.start + text.indent)
            }
            buffer.append(octets: part)
        }
        if isColoured, colour != nil { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }
}

extension OutputBuffer {
    /// Appends a span as seconds with six decimals.
    fileprivate mutating func append(seconds nanoseconds: Int64) {
        append(upTo: 32) { $0.put(secondsOf: nanoseconds) }
    }
}
