import FlowAnalysis
import Lab
import Presentation
import SocketEvents

extension OutputBuffer {
    /// Appends a score as text: what each frame was, what it was called, how many there were; then precision and recall of
    /// each label, and the kernels' counts.
    mutating func append(_ score: LabelScore) {
        for end in LabelScore.End.allCases {
            append("Labels at the \(end.rawValue)'s end, against what the link did:")
            endLine()
            appendRow("the frame was", "it was called", "frames")
            for cell in score.sortedCells(at: end) {
                let count = "\(score.cells[cell] ?? 0)\(cell.truth == cell.label ? "" : "  wrong")"
                appendRow(cell.truth?.rawValue ?? "-", cell.label?.rawValue ?? "-", count)
            }
            if let share = score.undeterminedShare(at: end) {
                append("  undetermined: \(Self.percent(share)) of the frames of which there was something to tell")
                endLine()
            }
            for label in LabelScore.judged {
                let precision = score.precision(label, at: end)
                let recall = score.recall(label, at: end)
                guard precision != nil || recall != nil else { continue }
                append("  \(label.rawValue): precision \(Self.percent(precision)), recall \(Self.percent(recall))")
                endLine()
            }
        }
        if score.unmatchedCount > 0 {
            append("\(score.unmatchedCount) frames were not found in a capture and not judged.")
            endLine()
        }
        for count in score.kernelCounts {
            append("Resends of the \(count.role.rawValue): \(count.labelled) labelled, \(count.counted) by its kernel")
            append(count.labelled == count.counted ? ": equal" : ": NOT equal")
            endLine()
        }
    }

    private mutating func appendRow(_ truth: String, _ label: String, _ count: String) {
        append("  \(truth)")
        pad(toColumn: 33)
        append(label)
        pad(toColumn: 64)
        append(count)
        endLine()
    }

    private static func percent(_ share: Double?) -> String {
        guard let share else { return "-" }
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    /// Appends a score as the member `score` of an object.
    mutating func appendMember(_ score: LabelScore) {
        key("score")
        beginObject()
        key("cells")
        beginArray()
        for end in LabelScore.End.allCases {
            for cell in score.sortedCells(at: end) {
                beginObject()
                key("end")
                value(end.rawValue)
                key("truth")
                value(cell.truth?.rawValue ?? "none")
                key("label")
                value(cell.label?.rawValue ?? "none")
                key("frameCount")
                value(score.cells[cell] ?? 0)
                endObject()
            }
        }
        endArray()
        key("kernelCounts")
        beginArray()
        for count in score.kernelCounts {
            beginObject()
            key("role")
            value(count.role.rawValue)
            key("labelled")
            value(count.labelled)
            key("counted")
            value(count.counted)
            endObject()
        }
        endArray()
        key("unmatchedCount")
        value(score.unmatchedCount)
        endObject()
    }
}

extension LabelScore {
    /// An end's cells in the order in which they are shown: by what the frames were, then by what they were called.
    fileprivate func sortedCells(at end: End) -> [Cell] {
        cells.keys.filter { $0.end == end }.sorted {
            ($0.truth?.rawValue ?? "", $0.label?.rawValue ?? "") < ($1.truth?.rawValue ?? "", $1.label?.rawValue ?? "")
        }
    }
}
