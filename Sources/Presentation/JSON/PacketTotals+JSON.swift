internal import FlowAnalysis

extension OutputBuffer {
    /// Appends the totals of a reading or a capture as the event `summary`, on a line of its own.
    public mutating func appendJSON(_ totals: PacketTotals) {
        append(upTo: 1024) { line in
            line.beginObject()
            line.member("event", "summary")
            line.member("frameCount", totals.frameCount)
            line.member("decodedCount", totals.decodedCount)
            line.member("stoppedCount", totals.stoppedCount)
            line.member("cutCount", totals.cutCount)
            line.member("droppedByKernel", totals.droppedByKernel)
            line.member("droppedByInterface", totals.droppedByInterface)
            if totals.fragments.fragments > 0 { line.putJSON(totals.fragments) }
            line.endObject()
        }
        endLine()
    }
}

extension Line {
    /// The member `reassembly`.
    mutating func putJSON(_ counts: FragmentAssembler.Counts) {
        object("reassembly") { line in
            line.member("fragments", counts.fragments)
            line.member("complete", counts.complete)
            line.member("duplicates", counts.duplicates)
            line.member("overlapping", counts.overlapping)
            line.member("refused", counts.refused)
            line.member("discarded", counts.discarded)
            line.member("expired", counts.expired)
            line.member("evicted", counts.evicted)
            line.member("leftOver", counts.leftOver)
        }
    }
}
