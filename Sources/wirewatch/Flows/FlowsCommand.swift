public import ArgumentParser
public import FlowAnalysis
import Glibc
import PacketCapture
import PacketDecode
import Presentation

extension FlowOrder: ExpressibleByArgument {}

struct FlowsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flows", abstract: "Show the TCP connections and UDP flows of a capture file, a row each.",
        discussion: """
            Octets are those of the data: of TCP with what was sent again, of UDP without headers. RTT is the median of the \
            slower direction. The number in front is what follow --connection takes. --json has every measure, for each \
            direction. The filter is in the language of pcap-filter(7); put -- before it where one of its words begins with \
            a dash.
            """)

    @Argument(help: "The capture; - is standard input.")
    var file: String

    @Argument(help: "Take only frames that match, for instance: tcp port 80 and not host 10.0.0.1")
    var filter: [String] = []

    @Option(help: "Sort by start, or by the greatest octets, packets, retransmissions, duration or rtt.")
    var sort: FlowOrder = .start

    @Option(help: ArgumentHelp("Show only the first rows.", valueName: "n"))
    var top: Int?

    @Flag(help: "Show only TCP connections.")
    var tcp = false

    @Flag(help: "Show only UDP flows.")
    var udp = false

    @Option(help: ArgumentHelp("Show only flows with this port at either end.", valueName: "n"))
    var port: UInt16?

    @Flag(help: "Show only connections with retransmissions.")
    var retransmitted = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Show long IPv6 addresses in full, in place of short names that are explained above their first use.")
    var fullAddresses = false

    @Option(help: ArgumentHelp("Hold at most this many flows at once; the idlest make room.", valueName: "n"))
    var limit: Int = FlowTable.defaultLimit

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top takes a number from 1 on.") }
        if limit < 1 || limit > FlowTable.greatestLimit {
            throw ValidationError("--limit takes a number from 1 to \(FlowTable.greatestLimit).")
        }
        if tcp && udp { throw ValidationError("--tcp and --udp leave nothing: give one of them, or none.") }
    }

    func run() throws {
        do {
            let reader = try SavefileReader(path: file, filter: filter.isEmpty ? nil : filter.joined(separator: " "))
            let flows = FlowReading(reader, limit: limit)
            try show(flows)
            if let failure = flows.failure { throw failure }
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
    }

    // MARK: Output

    private func show(_ flows: borrowing FlowReading) throws {
        let chosen = choose(flows.table)
        var output = BlockOutput()
        do {
            try json ? showJSON(chosen, flows, &output) : showText(chosen, flows, &output)
            try output.flush()
        } catch BlockOutput.End.readerGone {
            return
        }
        if !json {
            StandardError.write(
                flows.table.totals.line(
                    evicted: flows.table.evicted, limit: flows.table.limit,
                    refusedDetails: flows.table.refusedDetailCount, closedHoles: flows.table.closedHoleCount,
                    fragments: flows.table.fragmentCounts))
        }
    }

    private func showJSON(_ chosen: [Int], _ flows: borrowing FlowReading, _ output: inout BlockOutput) throws {
        for index in chosen {
            guard let summary = flows.table.summary(at: index) else { continue }
            output.buffer.appendJSON(summary)
            try output.writeFullBlock()
        }
        output.buffer.appendJSON(
            flows.table.totals, shown: UInt64(chosen.count), evicted: flows.table.evicted,
            refusedDetails: flows.table.refusedDetailCount, closedHoles: flows.table.closedHoleCount,
            frames: flows.frames)
    }

    private func showText(_ chosen: [Int], _ flows: borrowing FlowReading, _ output: inout BlockOutput) throws {
        guard !chosen.isEmpty else { return }
        var table = FlowsTable(
            columns: Terminal.columns(STDOUT_FILENO) ?? 100, isColoured: Terminal.isColoured(STDOUT_FILENO),
            hasFullAddresses: fullAddresses, origin: flows.firstTime ?? Timestamp(nanosecondsSinceEpoch: 0))
        // Each outline is wanted twice. Those of very many flows are rather made twice than kept.
        var kept: [FlowOutline?] = []
        kept.reserveCapacity(min(chosen.count, Self.keptOutlines))
        for index in chosen {
            let outline = flows.table.outline(at: index)
            if let outline { table.measure(outline) }
            if kept.count < Self.keptOutlines { kept.append(outline) }
        }
        table.appendHeadings(to: &output.buffer)
        for (position, index) in chosen.enumerated() {
            let outline = position < kept.count ? kept[position] : flows.table.outline(at: index)
            guard let outline else { continue }
            table.append(outline, to: &output.buffer)
            try output.writeFullBlock()
        }
    }

    /// Outlines that are kept between the two times: 13 MB of them.
    private static let keptOutlines = 1 << 16

    /// The flows that are to be shown, in their order.
    private func choose(_ table: borrowing FlowTable) -> [Int] {
        // Until some make room for others, flows stand in the order of their starts.
        if sort == .start, table.evictedFlowCount == 0 {
            var wanted: [Int] = []
            for index in 0..<table.flowCount where isWanted(index, table) {
                wanted.append(index)
                if wanted.count == top { break }
            }
            return wanted
        }
        var chosen: [(key: Int64, number: Int64, index: Int)] = []
        for index in 0..<table.flowCount where isWanted(index, table) {
            let value = table.value(of: sort, at: index)
            // The greatest first, but for the start; flows that are alike stand in the order of their starts.
            chosen.append((sort == .start ? value : -value, table.value(of: .start, at: index), index))
        }
        func precedes(_ left: Int, _ right: Int) -> Bool {
            (chosen[left].key, chosen[left].number) < (chosen[right].key, chosen[right].number)
        }
        // By their start they stand in order already, unless some were evicted.
        if !chosen.indices.dropFirst().allSatisfy({ precedes($0 - 1, $0) }) {
            chosen.sort { ($0.key, $0.number) < ($1.key, $1.number) }
        }
        if let top { chosen = Array(chosen.prefix(top)) }
        return chosen.map(\.index)
    }

    private func isWanted(_ index: Int, _ table: borrowing FlowTable) -> Bool {
        if retransmitted, table.value(of: .retransmissions, at: index) == 0 { return false }
        guard tcp || udp || port != nil else { return true }
        guard let ends = table.ends(at: index) else { return false }
        if tcp, ends.protocol != .tcp { return false }
        if udp, ends.protocol != .udp { return false }
        if let port, ends.initiator.port != port, ends.responder.port != port { return false }
        return true
    }
}
