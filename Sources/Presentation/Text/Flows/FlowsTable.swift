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
    private let hasFullAddresses: Bool
    private let origin: Timestamp
    private var widths = Column.allCases.map(\.heading.utf8.count)
    private var measuringNames = AddressNames()
    private var names = AddressNames()
    private var shown: [Column] = []
    /// Whether some flow has resends whose original was not seen: their column is there for these only.
    private var hasUnseen = false

    /// - Parameters:
    ///   - columns: the most columns of a row.
    ///   - origin: what starts are counted from: the capture's first frame.
    public init(columns: Int, isColoured: Bool, hasFullAddresses: Bool, origin: Timestamp) {
        self.columns = columns
        self.isColoured = isColoured
        self.hasFullAddresses = hasFullAddresses
        self.origin = origin
    }

    /// Takes notice of what a row needs.
    public mutating func measure(_ flow: FlowSummary) {
        for end in [flow.initiator, flow.responder] { _ = introduce(end, to: &measuringNames) }
        if Self.unseen(flow) > 0 { hasUnseen = true }
        var cell = OutputBuffer(capacity: 64)
        for column in Column.allCases {
            cell.removeAll()
            put(column, of: flow, measuringNames, to: &cell)
            widths[column.rawValue] = max(widths[column.rawValue], cell.column)
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
        for (index, column) in shown.enumerated() {
            putPadded(column, isLast: index == shown.count - 1, to: &buffer) { $0.append(column.heading) }
        }
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    /// Appends a row, and before it the names that it uses for the first time.
    public mutating func append(_ flow: FlowSummary, to buffer: inout OutputBuffer) {
        for end in [flow.initiator, flow.responder] {
            guard let name = introduce(end, to: &names) else { continue }
            if isColoured { buffer.append(invisible: Colour.dim.start) }
            buffer.pad(toColumn: widths[0] + 1 + widths[1] + 1)
            buffer.append("host")
            buffer.append(name)
            buffer.append(" is ")
            buffer.append(end.address)
            if isColoured { buffer.append(invisible: Colour.end) }
            buffer.endLine()
        }
        let marks = isColoured && Self.isTroubled(flow)
        if marks { buffer.append(invisible: Colour.yellow.start) }
        for (index, column) in shown.enumerated() {
            putPadded(column, isLast: index == shown.count - 1, to: &buffer) { put(column, of: flow, names, to: &$0) }
        }
        if marks { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    private func width(without omitted: Set<Column>) -> Int {
        Column.allCases.filter { !omitted.contains($0) }.reduce(-1) { $0 + widths[$1.rawValue] + 1 }
    }

    private func putPadded(
        _ column: Column, isLast: Bool, to buffer: inout OutputBuffer, _ fill: (inout OutputBuffer) -> Void
    ) {
        let start = buffer.column
        if column.isLeftAligned {
            fill(&buffer)
            if !isLast { putSpaces(start + widths[column.rawValue] - buffer.column, to: &buffer) }
        } else {
            var cell = OutputBuffer(capacity: 32)
            fill(&cell)
            putSpaces(widths[column.rawValue] - cell.column, to: &buffer)
            buffer.append(octets: cell.bytes[...])
        }
        if !isLast { buffer.append(UInt8(ascii: " ")) }
    }

    private func putSpaces(_ count: Int, to buffer: inout OutputBuffer) {
        for _ in 0..<max(0, count) { buffer.append(UInt8(ascii: " ")) }
    }

    private func introduce(_ end: Endpoint, to names: inout AddressNames) -> UInt64? {
        guard !hasFullAddresses, case .v6(let address) = end.address else { return nil }
        return names.introduce(address)
    }

    /// Resends whose original was not seen, of both directions.
    private static func unseen(_ flow: FlowSummary) -> UInt64 {
        guard case .tcp(let measures) = flow.measures else { return 0 }
        return measures.initiatorToResponder.retransmittedUnseenSegments
            &+ measures.responderToInitiator.retransmittedUnseenSegments
    }

    private static func isTroubled(_ flow: FlowSummary) -> Bool {
        switch flow.measures {
        case .tcp(let measures):
            measures.initiatorToResponder.retransmittedSegments + measures.responderToInitiator.retransmittedSegments
                > 0
                || unseen(flow) > 0 || measures.ending == .refused
        case .udp(let measures):
            [measures.initiatorToResponder, measures.responderToInitiator].contains {
                $0.icmpErrors > 0 || $0.incompleteDatagrams > 0
            }
        }
    }

    // MARK: Cells

    private func put(_ column: Column, of flow: FlowSummary, _ names: AddressNames, to cell: inout OutputBuffer) {
        switch column {
        case .flow: cell.append(flow.flow)
        case .protocol: cell.append(flow.protocol == .tcp ? "TCP" : "UDP")
        case .initiator: put(flow.initiator, names, to: &cell)
        case .responder: put(flow.responder, names, to: &cell)
        case .start: cell.append(secondsWithThreeDecimals: origin.distance(to: flow.start))
        case .duration: cell.append(span: flow.duration)
        case .packets: cell.append(rounded: flow.packets(.fromInitiator) &+ flow.packets(.fromResponder))
        case .packetsOut: cell.append(rounded: flow.packets(.fromInitiator))
        case .packetsBack: cell.append(rounded: flow.packets(.fromResponder))
        case .octetsOut: cell.append(rounded: flow.octets(.fromInitiator))
        case .octetsBack: cell.append(rounded: flow.octets(.fromResponder))
        case .resent, .unseen, .roundTrip, .ending: putTransport(column, of: flow, to: &cell)
        }
    }

    private func putTransport(_ column: Column, of flow: FlowSummary, to cell: inout OutputBuffer) {
        switch (flow.measures, column) {
        case (.tcp(let measures), .resent):
            cell.append(
                rounded: measures.initiatorToResponder.retransmittedSegments
                    &+ measures.responderToInitiator.retransmittedSegments)
        case (.tcp, .unseen): cell.append(rounded: Self.unseen(flow))
        case (.tcp(let measures), .roundTrip):
            // The slower direction's: the other one's is the way to the near end.
            let medians = [measures.initiatorToResponder, measures.responderToInitiator]
                .compactMap { $0.roundTripTime?.median }
            if let median = medians.max() { cell.append(span: median) } else { cell.append("-") }
        case (.tcp(let measures), .ending): cell.append(measures.words)
        case (.udp(let measures), .ending): putNotes(measures, to: &cell)
        case (.udp, _): cell.append("-")
        default: break
        }
    }

    /// What is to be said of a UDP flow, which has no end.
    private func putNotes(_ measures: UDPFlowMeasures, to cell: inout OutputBuffer) {
        let both = [measures.initiatorToResponder, measures.responderToInitiator]
        func sum(_ value: (UDPDirectionMeasures) -> UInt64) -> UInt64 { both.reduce(0) { $0 &+ value($1) } }
        let notes = [
            ("ICMP", sum(\.icmpErrors)), ("fragments", sum(\.fragments)), ("incomplete", sum(\.incompleteDatagrams)),
        ].filter { $0.1 > 0 }
        if notes.isEmpty { cell.append("-") }
        for (index, note) in notes.enumerated() {
            if index > 0 { cell.append(", ") }
            cell.append(note.0)
            cell.append(" ")
            cell.append(rounded: note.1)
        }
    }

    private func put(_ end: Endpoint, _ names: AddressNames, to cell: inout OutputBuffer) {
        if !hasFullAddresses, case .v6(let address) = end.address, let name = names.name(of: address) {
            cell.append("host")
            cell.append(name)
            cell.append(":")
            cell.append(end.port)
        } else {
            cell.append(end)
        }
    }
}

extension TCPConnectionMeasures {
    /// How it ended, in a word or two; how it began, where that is what is to be said.
    var words: String {
        switch ending {
        case .closed: "closed"
        case .halfClosedByInitiator: "FIN >"
        case .halfClosedByResponder: "< FIN"
        case .resetByInitiator: "RST >"
        case .resetByResponder: "< RST"
        case .refused: "refused"
        case .open: beginning == .unanswered ? "no answer" : "open"
        }
    }
}
