import Lab
import Presentation
import Timeline

/// A lesson's run as text: what to watch, the timeline, and what came of it.
struct LessonText {
    private let lesson: Lesson
    private let columns: Int
    private let isColoured: Bool
    private var timeline: TimelineText

    /// - Parameter columns: how long a line may be.
    init(_ lesson: Lesson, columns: Int, isColoured: Bool) {
        self.lesson = lesson
        self.columns = columns
        self.isColoured = isColoured
        timeline =
            lesson.isLinked
            ? TimelineText(hosts: [:], columns: columns, isColoured: isColoured)
            : TimelineText(
                initiator: lesson.initiator, responder: lesson.responder, columns: columns, isColoured: isColoured)
    }

    func appendIntroduction(to buffer: inout OutputBuffer) {
        buffer.append(folding: lesson.watchFor, columns: columns)
        buffer.endLine()
        timeline.appendHeadings(to: &buffer)
    }

    mutating func append(_ entry: TimelineEntry, to buffer: inout OutputBuffer) {
        timeline.append(entry, to: &buffer)
    }

    /// - Parameter isScored: whether to close with how the labels compare with what the link did.
    func appendClosing(_ record: LessonRecord, isScored: Bool, to buffer: inout OutputBuffer) {
        buffer.endLine()
        if lesson.plotsCongestionWindow {
            TextPlot(CongestionSeries(record.kernelEvents), columns: columns, isColoured: isColoured)
                .append(to: &buffer)
            buffer.endLine()
        }
        for line in lesson.closingLines(record) {
            buffer.append(folding: "- " + line, columns: columns, indent: 2)
        }
        if isScored {
            buffer.endLine()
            buffer.append(LabelScore(record))
        }
    }
}
