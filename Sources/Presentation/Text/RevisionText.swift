internal import FlowAnalysis

extension Line {
    /// A revision in words: `frame 16 revised: spurious, a D-SACK in frame 21 says so`.
    mutating func put(_ revision: LabelRevision) {
        put("frame ")
        put(number: revision.frame)
        put(revision.isSpurious ? " revised: spurious, " : " revised: not spurious, ")
        switch revision.reason {
        case .dSACK:
            put("a D-SACK in frame ")
            put(number: revision.evidence)
            put(" says so")
        case .originalArrived:
            put("the original came in frame ")
            put(number: revision.evidence)
        }
    }
}

extension OutputBuffer {
    /// Appends a revision in words.
    mutating func append(_ revision: LabelRevision) {
        append(upTo: 256) { $0.put(revision) }
    }
}
