public import FlowAnalysis

extension FlowTotals {
    /// The closing line: "12 flows (10 TCP…": flows, packets, octets, resends.
    ///
    /// - Parameters:
    ///   - evicted: flows that made room for others, among these.
    ///   - limit: the most flows that were held at once.
    ///   - refusedDetails: how often a flow's details found no room.
    ///   - closedHoles: holes that count as filled for want of room.
    ///   - fragments: what became of IP fragments.
    public func line(
        evicted: FlowTotals, limit: Int, refusedDetails: UInt64, closedHoles: UInt64,
        fragments: FragmentAssembler.Counts = .init()
    ) -> String {
        var line = "\(flows) \(flows == 1 ? "flow" : "flows"), \(packets) \(packets == 1 ? "packet" : "packets"), "
        line += "\(octets) octets of data, \(retransmittedSegments) "
        line += "\(retransmittedSegments == 1 ? "retransmission" : "retransmissions")"
        if retransmittedUnseenSegments > 0 { line += ", \(retransmittedUnseenSegments) more with the original unseen" }
        if evicted.flows > 0 {
            line +=
                "; \(evicted.flows) idle \(evicted.flows == 1 ? "flow" : "flows") with \(evicted.packets) \(evicted.packets == 1 ? "packet" : "packets") "
            line += "made room for others (--limit \(limit)) and \(evicted.flows == 1 ? "has" : "have") no row"
        }
        if refusedDetails > 0 {
            line += "; there was no room for some flows' details: causes, labels and percentiles are not complete"
        }
        if closedHoles > 0 {
            line += "; \(closedHoles) \(closedHoles == 1 ? "hole counts" : "holes count") as filled for want of room: "
            line += "what came late may be called sent again"
        }
        var words = OutputBuffer(capacity: 128)
        words.append(fragments)
        line += String(decoding: words.bytes, as: UTF8.self)
        return line
    }
}
