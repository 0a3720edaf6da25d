import Lab
import Presentation

extension OutputBuffer {
    /// Appends a lesson as a JSON object on a line of its own.
    mutating func appendJSON(_ lesson: Lesson) {
        beginObject()
        key("event")
        value("lesson")
        key("name")
        value(lesson.name)
        key("title")
        value(lesson.title)
        key("watchFor")
        value(lesson.watchFor)
        endObject()
        endLine()
    }

    /// Appends what came of a lesson's run as the event `summary`, on a line of its own.
    mutating func appendJSON(summaryOf record: LessonRecord, _ lesson: Lesson, isScored: Bool) {
        beginObject()
        key("event")
        value("summary")
        key("frameCount")
        value(record.packets.count)
        key("droppedByKernel")
        value(record.droppedByKernel)
        key("lateCount")
        value(record.lateCount)
        key("claims")
        beginArray()
        for line in lesson.closingLines(record) { value(line) }
        endArray()
        if isScored { appendMember(LabelScore(record)) }
        endObject()
        endLine()
    }
}
