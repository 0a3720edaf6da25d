import FlowAnalysis
import PacketDecode

/// What stands in the cells of a `FlowsTable`, and the names of long IPv6 addresses in them.
struct FlowCells: Sendable {
    let hasFullAddresses: Bool
    /// What starts are counted from.
    let origin: Timestamp
    private var names = AddressNames()

    init(hasFullAddresses: Bool, origin: Timestamp) {
        self.hasFullAddresses = hasFullAddresses
        self.origin = origin
    }

    /// Takes notice of an end's address. Returns its number where it needed a name and had none.
    mutating func introduce(_ end: Endpoint) -> UInt64? {
        guard !hasFullAddresses, case .v6(let address) = end.address else { return nil }
        return names.introduce(address)
    }

    /// Appends what stands in a column.
    func put(_ column: FlowsTable.Column, of flow: FlowOutline, to cell: inout OutputBuffer) {
        switch column {
        case .flow: cell.append(flow.flow)
        case .protocol: cell.append(flow.protocol == .tcp ? "TCP" : "UDP")
        case .initiator: put(flow.initiator, to: &cell)
        case .responder: put(flow.responder, to: &cell)
        case .start: cell.append(secondsWithThreeDecimals: origin.distance(to: flow.start))
        case .duration: cell.append(span: flow.duration)
        case .packets: cell.append(rounded: flow.packetsFromInitiator &+ flow.packetsFromResponder)
        case .packetsOut: cell.append(rounded: flow.packetsFromInitiator)
        case .packetsBack: cell.append(rounded: flow.packetsFromResponder)
        case .octetsOut: cell.append(rounded: flow.octetsFromInitiator)
        case .octetsBack: cell.append(rounded: flow.octetsFromResponder)
        case .resent, .unseen, .roundTrip, .ending: putTransport(column, of: flow, to: &cell)
        }
    }

    /// What is to be said of a UDP flow, which has no end.
    private func putNotes(_ flow: FlowOutline, to cell: inout OutputBuffer) {
        let start = cell.count
        putNote("ICMP ", flow.icmpErrors, from: start, to: &cell)
        putNote("fragments ", flow.fragments, from: start, to: &cell)
        putNote("incomplete ", flow.incompleteDatagrams, from: start, to: &cell)
        if cell.count == start { cell.append(UInt8(ascii: "-")) }
    }

    private func putNote(_ name: String, _ count: UInt64, from start: Int, to cell: inout OutputBuffer) {
        guard count > 0 else { return }
        if cell.count > start { cell.append(", ") }
        cell.append(name)
        cell.append(rounded: count)
    }

    private func putTransport(_ column: FlowsTable.Column, of flow: FlowOutline, to cell: inout OutputBuffer) {
        guard flow.protocol == .tcp else {
            guard column == .ending else { return cell.append(UInt8(ascii: "-")) }
            return putNotes(flow, to: &cell)
        }
        switch column {
        case .resent: cell.append(rounded: flow.retransmittedSegments)
        case .unseen: cell.append(rounded: flow.retransmittedUnseenSegments)
        case .roundTrip:
            // The slower direction's: the other one's is the way to the near end.
            if let time = flow.roundTripTime { cell.append(span: time) } else { cell.append(UInt8(ascii: "-")) }
        case .ending: cell.append(flow.endingInWords)
        default: break
        }
    }

    private func put(_ end: Endpoint, to cell: inout OutputBuffer) {
        if !hasFullAddresses, case .v6(let address) = end.address, let name = names.name(of: address) {
            cell.append("host")
            cell.append(name)
            cell.append(UInt8(ascii: ":"))
            cell.append(end.port)
        } else {
            cell.append(end)
        }
    }
}

extension FlowOutline {
    /// How a connection ended, in a word or two; how it began, where that is what is to be said.
    var endingInWords: String {
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
