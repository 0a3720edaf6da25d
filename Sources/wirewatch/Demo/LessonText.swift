import Lab
import Presentation
import Timeline

/// A lesson's run as text: what to watch, the timeline, and what came of it.
struct LessonText {
    private let lesson: Lesson
    private let columns: Int
    private let isColoured: Bool
    private let sumsUp: Bool
    private var timeline: TimelineText

    /// - Parameters:
    ///   - columns: how long a line may be.
    ///   - showsAll: whether each frame is shown, also where the lesson tells of many in sum.
    init(_ lesson: Lesson, columns: Int, isColoured: Bool, showsAll: Bool) {
        self.lesson = lesson
        self.columns = columns
        self.isColoured = isColoured
        sumsUp = lesson.movesMuch && !showsAll
        timeline =
            lesson.isLinked
            ? TimelineText(hosts: [:], columns: columns, isColoured: isColoured, sumsUp: sumsUp)
            : TimelineText(
                initiator: lesson.initiator, responder: lesson.responder, columns: columns, isColoured: isColoured)
    }

    func appendIntroduction(to buffer: inout OutputBuffer) {
        buffer.append(folding: lesson.watchFor, columns: columns)
        if sumsUp {
            buffer.append(folding: "(⋮ tells of many frames in sum; --every-frame shows each.)", columns: columns)
        }
        buffer.endLine()
        timeline.appendHeadings(to: &buffer)
    }

    mutating func append(_ entry: TimelineEntry, to buffer: inout OutputBuffer) {
        timeline.append(entry, to: &buffer)
    }

    /// - Parameter isScored: whether to close with how the labels compare with what the link did.
    mutating func appendClosing(_ record: LessonRecord, isScored: Bool, to buffer: inout OutputBuffer) {
        timeline.appendSum(to: &buffer)
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
