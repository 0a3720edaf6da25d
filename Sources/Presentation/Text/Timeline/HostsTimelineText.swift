internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// The timeline of two hosts and the link between them as text: each frame where it leaves and where it arrives, and what
/// the link did to it wherever that is not plain delivery.
struct HostsTimelineText: Sendable {
    private let isColoured: Bool
    private let lanes: HostLanes
    private var origins: FrameOrigins
    private var names = FrameNames()
    private var shownSamples = ShownSamples()
    /// Where what moves steadily is told in sum.
    private var steadyRun: SteadyRun?
    /// A cell's text before it is folded.
    private var scratch = OutputBuffer(capacity: 512)

    init(_ hosts: [IPAddress: HostName], columns: Int, isColoured: Bool, sumsUp: Bool) {
        if sumsUp { steadyRun = SteadyRun() }
        origins = FrameOrigins(hosts)
        lanes = HostLanes(columns: columns)
        self.isColoured = isColoured
    }

    /// Whether the entry has lines of its own.
    mutating func shows(_ entry: TimelineEntry) -> Bool {
        guard isNews(entry) else { return false }
        var sender: HostName?
        if case .packet(let event) = entry.event {
            let host = event.host ?? .a
            if origins.isSent(event, by: host) { sender = host }
        }
        return steadyRun?.hides(entry, sentBy: sender) != true
    }

    private mutating func isNews(_ entry: TimelineEntry) -> Bool {
        switch entry.event {
        case .socket(let event): event.hasTimelineLine
        // The hosts' housekeeping is no part of what anybody came to watch.
        case .packet(let event): FrameKind(event.packet) != .neighborDiscovery
        case .kernel(let event): shownSamples.isNews(event)
        case .link(let event): !event.fate.isPlainDelivery
        }
    }

    func appendHeadings(to buffer: inout OutputBuffer) {
        guard let rails = lanes.rails else { return }
        if isColoured { buffer.append(invisible: Colour.dim.start) }
        buffer.append("time")
        buffer.pad(toColumn: lanes.program.start)
        buffer.append("program")
        buffer.pad(toColumn: rails.a)
        buffer.append("A")
        buffer.pad(toColumn: (rails.a + rails.b) / 2 - 2)
        buffer.append("link")
        buffer.pad(toColumn: rails.b)
        buffer.append("B")
        buffer.pad(toColumn: lanes.kernel.start)
        buffer.append("kernel")
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    /// Learns from an entry, whether it is shown or not.
    mutating func note(_ entry: TimelineEntry) {
        switch entry.event {
        case .link(let event): origins.note(event)
        case .packet(let event):
            origins.note(event)
            let host = event.host ?? .a
            if origins.isSent(event, by: host) { names.note(event, sentBy: host) }
        case .socket, .kernel: break
        }
    }

    /// Appends in sum what was not shown one by one.
    mutating func appendSum(since start: Timestamp, to buffer: inout OutputBuffer) {
        guard let sum = steadyRun?.take() else { return }
        buffer.append(upTo: 32) { $0.put(secondsOf: start.distance(to: sum.start)) }
        scratch.removeAll()
        scratch.append(sum)
        appendBetween(colour: .dim, to: &buffer)
    }

    /// Appends an entry's lines; `start` is the moment that times are counted from.
    mutating func append(_ entry: TimelineEntry, since start: Timestamp, to buffer: inout OutputBuffer) {
        appendSum(since: start, to: &buffer)
        buffer.append(upTo: 32) { $0.put(secondsOf: start.distance(to: entry.time)) }
        scratch.removeAll()
        switch entry.event {
        case .socket(let event):
            scratch.appendTimelineText(event, at: entry.time, by: entry.placedHost(event.role).rawValue)
            appendBlock(lanes.program, colour: event.failure == nil ? nil : .red, to: &buffer)
        case .packet(let event): append(event, since: start, to: &buffer)
        case .kernel(let event):
            if lanes.rails == nil { scratch.append("kernel ") }
            scratch.append(entry.placedHost(event.role).rawValue)
            scratch.append(" ")
            scratch.appendHostText(event)
            appendBlock(lanes.kernel, colour: nil, to: &buffer)
        case .link(let event): append(event, to: &buffer)
        }
    }

    /// A frame at the rail of the host that sees it, and under it what the analysis at that end says.
    private mutating func append(_ event: PacketEvent, since start: Timestamp, to buffer: inout OutputBuffer) {
        let host = event.host ?? .a
        let isSent = origins.isSent(event, by: host)
        let arrow = isSent == (host == .a) ? "─▶" : "◀─"
        scratch.appendSummary(event.packet, event.bytes.span, flow: event.flow)
        appendAtRail(host, arrow: arrow, colour: nil, to: &buffer)
        for label in event.flow?.tcp?.labels.elements ?? [] {
            scratch.removeAll()
            scratch.append(label, since: start)
            appendAtRail(host, arrow: nil, colour: .yellow, to: &buffer)
        }
        for said in event.http where said.hasLine {
            scratch.removeAll()
            scratch.append(said)
            appendAtRail(host, arrow: nil, colour: .cyan, to: &buffer)
        }
    }

    /// `──✗ 1:1449 dropped by rule 1`, from the side that the frame came from.
    private mutating func append(_ event: LinkEvent, to buffer: inout OutputBuffer) {
        if event.source == .a {
            scratch.append("──")
            scratch.append(event.fate.mark)
            scratch.append(" ")
        }
        scratch.append(octets: names.name(event)[...])
        scratch.append(" ")
        scratch.append(event.fate.words)
        if event.source == .b {
            scratch.append(" ")
            scratch.append(event.fate.mark)
            scratch.append("──")
        }
        appendBetween(colour: event.fate.isDropped ? .red : .yellow, to: &buffer)
    }

    /// What stands in `scratch` in the middle between the hosts.
    private func appendBetween(colour: Colour, to buffer: inout OutputBuffer) {
        guard lanes.rails != nil else { return appendBlock(lanes.link, colour: colour, to: &buffer) }
        let text = FoldedWords(scratch.bytes, width: lanes.link.width - 2, indent: 2, breaksWords: true)
        append(text, at: lanes.link.start + (lanes.link.width - text.width) / 2, colour: colour, to: &buffer)
    }

    /// What stands in `scratch` beside a host's rail, at A's to the left and at B's to the right.
    private func appendAtRail(_ host: HostName, arrow: String?, colour: Colour?, to buffer: inout OutputBuffer) {
        let lane = host == .a ? lanes.wireA : lanes.wireB
        guard let rails = lanes.rails else {
            // `A ─▶ ` and `─▶ B ` take as much.
            let gutter = 5
            if let arrow {
                buffer.fill(toColumn: lane.start)
                buffer.append(host == .a ? "A \(arrow)" : "\(arrow) B")
            }
            let text = FoldedWords(scratch.bytes, width: lane.width - gutter, indent: 2, breaksWords: true)
            return append(text, at: lane.start + gutter, colour: colour, to: &buffer)
        }
        // The arrow's two columns, and one between it and the text.
        let text = FoldedWords(scratch.bytes, width: lane.width - 4, indent: 2, breaksWords: true)
        let column = host == .a ? rails.a + 4 : rails.b - 3 - text.width
        append(text, at: column, colour: colour, arrow: arrow.map { (host, $0) }, to: &buffer)
    }

    /// What stands in `scratch` in a lane, from its start.
    private func appendBlock(_ lane: HostLanes.Lane, colour: Colour?, to buffer: inout OutputBuffer) {
        let text = FoldedWords(scratch.bytes, width: lane.width, indent: 2, breaksWords: true)
        append(text, at: lane.start, colour: colour, to: &buffer)
    }

    /// The lines of a text at `column`, with the rails beside or between.
    private func append(
        _ text: FoldedWords, at column: Int, colour: Colour?, arrow: (host: HostName, text: String)? = nil,
        to buffer: inout OutputBuffer
    ) {
        for (index, part) in text.parts.enumerated() {
            let arrow = index == 0 ? arrow : nil
            let start = column + (index == 0 ? 0 : text.indent)
            if let rails = lanes.rails, rails.a < start {
                appendRail(at: rails.a, arrow?.host == .a ? "├\(arrow?.text ?? "")" : "│", to: &buffer)
                if rails.b < start { appendRail(at: rails.b, "│", to: &buffer) }
            }
            buffer.fill(toColumn: start)
            if isColoured, let colour { buffer.append(invisible: colour.start) }
            buffer.append(octets: part)
            if isColoured, colour != nil { buffer.append(invisible: Colour.end) }
            if let rails = lanes.rails, rails.b > start {
                if rails.a > start { appendRail(at: rails.a, "│", to: &buffer) }
                if let arrow, arrow.host == .b {
                    appendRail(at: rails.b - 2, "\(arrow.text)┤", to: &buffer)
                } else {
                    appendRail(at: rails.b, "│", to: &buffer)
                }
            }
            buffer.endLine()
        }
    }

    private func appendRail(at column: Int, _ text: String, to buffer: inout OutputBuffer) {
        buffer.fill(toColumn: column)
        if isColoured { buffer.append(invisible: Colour.dim.start) }
        buffer.append(text)
        if isColoured { buffer.append(invisible: Colour.end) }
    }
}

extension OutputBuffer {
    /// Appends spaces up to `column`; none where the line already reaches it.
    fileprivate mutating func fill(toColumn target: Int) {
        for _ in 0..<max(0, target - column) { append(UInt8(ascii: " ")) }
    }
}
