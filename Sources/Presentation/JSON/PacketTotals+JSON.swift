extension OutputBuffer {
    /// Appends the totals of a reading or a capture as the event `summary`, on a line of its own.
    public mutating func appendJSON(_ totals: PacketTotals) {
        append(upTo: 512) { line in
            line.beginObject()
            line.member("event", "summary")
            line.member("frameCount", totals.frameCount)
            line.member("decodedCount", totals.decodedCount)
            line.member("stoppedCount", totals.stoppedCount)
            line.member("cutCount", totals.cutCount)
            line.member("droppedByKernel", totals.droppedByKernel)
            line.member("droppedByInterface", totals.droppedByInterface)
            line.endObject()
        }
        endLine()
    }
}
