import Lab
import Presentation
import Timeline

/// A running lab's timeline as someone who watches it wants it.
struct TimelineView {
    private let request: WatchRequest
    private let timeline: TimelineLog.Reader
    private var text: TimelineText

    init(_ request: WatchRequest, _ timeline: TimelineLog.Reader) {
        self.request = request
        self.timeline = timeline
        text = TimelineText(hosts: [:], columns: request.columns, isColoured: request.isColoured)
    }

    /// Writes what there is, and what comes where that is wanted, until `write` is false or there is no more.
    consuming func show(by write: ([UInt8]) -> Bool) {
        var buffer = OutputBuffer(capacity: 1 << 16)
        if !request.isJSON { text.appendHeadings(to: &buffer) }
        while true {
            let news = request.follows ? timeline.awaitNews() : timeline.news()
            if news.missedCount > 0 { append(missed: news.missedCount, to: &buffer) }
            for entry in news.entries {
                if request.isJSON { buffer.appendJSON(entry) } else { text.append(entry, to: &buffer) }
            }
            guard write(buffer.bytes), request.follows, !news.isLast else { return }
            buffer.removeAll()
        }
    }

    private func append(missed count: Int, to buffer: inout OutputBuffer) {
        if request.isJSON {
            buffer.beginObject()
            buffer.key("event")
            buffer.value("warning")
            buffer.key("missedCount")
            buffer.value(count)
            buffer.endObject()
            buffer.endLine()
        } else {
            let line = "(\(count) events are not shown: they came faster than this terminal took them)"
            buffer.append(folding: line, columns: request.columns)
        }
    }
}
