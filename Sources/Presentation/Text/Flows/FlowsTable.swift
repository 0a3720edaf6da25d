public import FlowAnalysis
public import PacketDecode

/// Flows as a table of text: a row each, in columns as wide as what stands in them.
///
/// Every row is shown to `measure` first, and then, in the same order, to `append`. A table that would be wider than its
/// limit leaves its least important columns out. Long IPv6 addresses have names, as `PacketLine` gives them.
public struct FlowsTable: Sendable {
    /// The columns, in their order.
    enum Column: Int, CaseIterable {
        case flow, `protocol`, initiator, responder, start, duration, packetsOut, packetsBack, packets
        case octetsOut, octetsBack, resent, unseen, roundTrip, ending

        var heading: String {
            switch self {
            case .flow: "flow"
            case .protocol: ""
            case .initiator: "initiator"
            case .responder: "responder"
            case .start: "start"
            case .duration: "time"
            case .packetsOut: "pkts>"
            case .packetsBack: "<pkts"
            case .packets: "pkts"
            case .octetsOut: "octets>"
            case .octetsBack: "<octets"
            case .resent: "resent"
            case .unseen: "unseen"
            case .roundTrip: "RTT"
            case .ending: "end"
            }
        }

        var isLeftAligned: Bool { self == .protocol || self == .initiator || self == .responder || self == .ending }
    }

    /// What is left out where there is no room, in this order; `packets` stands in for the two columns by direction.
    private static let expendable: [[Column]] = [
        [.start], [.packetsOut, .packetsBack], [.duration], [.roundTrip], [.packets], [.unseen], [.resent],
    ]

    private let columns: Int
    private let isColoured: Bool
    private var widths = Column.allCases.map(\.heading.utf8.count)
    /// The cells as they will be, with the names that will be given.
    private var measured: FlowCells
    private var named: FlowCells
    /// The cells of the row that is measured.
    private var cells = OutputBuffer(capacity: 512)
    private var shown: [Column] = []
    /// Whether some flow has resends whose original was not seen: their column is there for these only.
    private var hasUnseen = false

    /// - Parameters:
    ///   - columns: the most columns of a row.
    ///   - origin: what starts are counted from: the capture's first frame.
    public init(columns: Int, isColoured: Bool, hasFullAddresses: Bool, origin: Timestamp) {
        self.columns = columns
        self.isColoured = isColoured
        named = FlowCells(hasFullAddresses: hasFullAddresses, origin: origin)
        measured = named
    }

    /// Takes notice of what a row needs.
    public mutating func measure(_ flow: FlowOutline) {
        _ = measured.introduce(flow.initiator)
        _ = measured.introduce(flow.responder)
        if flow.retransmittedUnseenSegments > 0 { hasUnseen = true }
        cells.removeAll()
        for index in widths.indices {
            guard let column = Column(rawValue: index) else { continue }
            let start = cells.count
            measured.put(column, of: flow, to: &cells)
            widths[index] = max(widths[index], cells.columnCount(from: start))
        }
    }

    /// Appends the headings, after every row was measured.
    public mutating func appendHeadings(to buffer: inout OutputBuffer) {
        var omitted: Set<Column> = hasUnseen ? [.packets] : [.packets, .unseen]
        for group in Self.expendable {
            if width(without: omitted) <= columns { break }
            omitted.formUnion(group)
            if group == [.packetsOut, .packetsBack] { omitted.remove(.packets) }
        }
        shown = Column.allCases.filter { !omitted.contains($0) }
        if isColoured { buffer.append(invisible: Colour.dim.start) }
        for index in shown.indices {
            let start = buffer.count
            buffer.append(shown[index].heading)
            pad(at: index, from: start, &buffer)
        }
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    /// Appends a row, and before it the names that it uses for the first time.
    public mutating func append(_ flow: FlowOutline, to buffer: inout OutputBuffer) {
        appendName(of: flow.initiator, to: &buffer)
        appendName(of: flow.responder, to: &buffer)
        let marks = isColoured && Self.isTroubled(flow)
        if marks { buffer.append(invisible: Colour.yellow.start) }
        for index in shown.indices {
            let start = buffer.count
            named.put(shown[index], of: flow, to: &buffer)
            pad(at: index, from: start, &buffer)
        }
        if marks { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    private mutating func appendName(of end: Endpoint, to buffer: inout OutputBuffer) {
        guard let name = named.introduce(end) else { return }
        if isColoured { buffer.append(invisible: Colour.dim.start) }
        buffer.pad(toColumn: widths[0] + 1 + widths[1] + 1)
        buffer.append("host")
        buffer.append(name)
        buffer.append(" is ")
        buffer.append(end.address)
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    private func width(without omitted: Set<Column>) -> Int {
        Column.allCases.filter { !omitted.contains($0) }.reduce(-1) { $0 + widths[$1.rawValue] + 1 }
    }

    /// Puts spaces before or behind a cell, which begins at `start`, that make it as wide as its column.
    private func pad(at index: Int, from start: Int, _ buffer: inout OutputBuffer) {
        let column = shown[index]
        let missing = widths[column.rawValue] - buffer.columnCount(from: start)
        if !column.isLeftAligned { buffer.insert(spaces: missing, at: start) }
        guard index < shown.count - 1 else { return }
        buffer.append(spaces: column.isLeftAligned ? missing + 1 : 1)
    }

    private static func isTroubled(_ flow: FlowOutline) -> Bool {
        flow.protocol == .tcp
            ? flow.retransmittedSegments > 0 || flow.retransmittedUnseenSegments > 0 || flow.ending == .refused
            : flow.icmpErrors > 0 || flow.incompleteDatagrams > 0
    }
}
