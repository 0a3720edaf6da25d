internal import Glibc
internal import PacketDecode
public import Timeline

/// A timeline of two hosts as a picture: a line for each host, time running down, and an arrow for each frame, as
/// textbooks draw it. What programs did, what the analysis says and what the kernel told stands at the outer sides.
public struct LadderSVG: Sendable {
    public let title: String
    private let entries: [TimelineEntry]

    private typealias Point = SVGDrawing.Point

    private static let width = 1000.0
    private static let railA = 345.0
    private static let railB = 680.0
    private static let timeEdge = 62.0
    private static let firstMoment = 150.0
    private static let lineHeight = 14.0
    /// Room for a frame's text above its arrow.
    private static let arrowHeight = 19.0
    /// How far an arrow falls on most frames' way.
    private static let usualFall = 34.0

    /// - Parameter entries: in the order of their times, packets with their `host`, and the link's verdicts, which join a
    ///   frame's two ends.
    public init(title: String, entries: [TimelineEntry]) {
        self.title = title
        self.entries = entries
    }

    /// The title with what would act on a reader escaped.
    private var safeTitle: [UInt8] {
        var text = OutputBuffer(capacity: 64)
        text.append(escaping: title)
        return text.bytes
    }

    /// Appends the picture.
    public func append(to buffer: inout OutputBuffer) {
        let story = LadderStory(entries)
        let notes = story.notes.map { note in
            (note, FoldedWords(note.text, width: note.host == .a ? 40 : 46, indent: 0, breaksWords: true))
        }
        let items = notes.map { note, text in
            let column = Column.notes(note.host)
            let height = Double(text.parts.count) * Self.lineHeight + 2
            return LadderScale.Item(time: note.time, waitsFor: [column], takes: [(column, height)])
        }
        let travel = Self.usualTravel(story)
        let scale = LadderScale(
            items + story.ways.flatMap { Self.items($0, travel) }, top: Self.firstMoment,
            unit: Self.usualFall / Double(travel))
        let foot = scale.bottom + 30

        var drawing = SVGDrawing()
        drawHead(story, &drawing)
        drawRails(to: foot, scale, story.start, &drawing)
        // Ways that cross others lie under them.
        for way in story.ways where way.isOvertaken { draw(way, travel, scale, &drawing) }
        for way in story.ways where !way.isOvertaken { draw(way, travel, scale, &drawing) }
        // Of several at one moment each stands below the one before.
        var stacked: [HostName: (time: Timestamp, height: Double)] = [:]
        for (note, text) in notes {
            let last = stacked[note.host]
            let offset = last?.time == note.time ? last?.height ?? 0 : 0
            draw(note, text, below: offset, scale, &drawing)
            stacked[note.host] = (note.time, offset + Double(text.parts.count) * Self.lineHeight + 2)
        }
        drawLegend(at: foot + 34, &drawing)
        drawing.append(title: safeTitle, width: Self.width, height: foot + 56, to: &buffer)
    }

    /// What must not overlap.
    private enum Column {
        static func notes(_ host: HostName) -> Int { host == .a ? 0 : 1 }
        static func departures(_ host: HostName) -> Int { host == .a ? 2 : 3 }
        static func arrivals(_ host: HostName) -> Int { host == .a ? 4 : 5 }
        /// A frame's text stands above its arrow: there no arrowhead may be.
        static func headsBeforeTexts(_ host: HostName) -> Int { host == .a ? 6 : 7 }
    }

    /// A way's two ends.
    private static func items(_ way: LadderStory.Way, _ travel: Int64) -> [LadderScale.Item] {
        let (near, far) = (way.source, way.source.peer)
        // What the link did stands below the arrow.
        let height = way.wordsOfLink == nil || way.text.isEmpty ? arrowHeight : 2 * arrowHeight
        var departure = LadderScale.Item(time: way.departure)
        if !way.text.isEmpty {
            departure.waitsFor = [Column.departures(near), Column.headsBeforeTexts(near)]
            departure.takes = [(Column.departures(near), height)]
        }
        let arrival = LadderScale.Item(
            time: end(way, travel), waitsFor: [Column.arrivals(far)],
            takes: [(Column.arrivals(far), height - 2), (Column.headsBeforeTexts(far), arrowHeight)])
        return [departure, arrival]
    }

    /// When a frame reaches the other host, or would have: then it lies beside its neighbors.
    private static func end(_ way: LadderStory.Way, _ travel: Int64) -> Timestamp {
        way.arrival ?? Timestamp(nanosecondsSinceEpoch: way.departure.nanosecondsSinceEpoch + travel)
    }

    /// Nanoseconds that most frames are under way, in the direction in which that is longer.
    private static func usualTravel(_ story: LadderStory) -> Int64 {
        HostName.allCases.compactMap { source in
            let travels = story.ways.filter { $0.source == source }
                .compactMap { way in way.arrival.map { way.departure.distance(to: $0) } }.filter { $0 > 0 }.sorted()
            return travels.isEmpty ? nil : travels[travels.count / 2]
        }.max() ?? 10_000_000
    }

    private func drawHead(_ story: LadderStory, _ drawing: inout SVGDrawing) {
        drawing.title(safeTitle, at: Point(x: 24, y: 40), size: 19, width: Self.width - 48, colour: Palette.ink)
        var summary = OutputBuffer(capacity: 128)
        summary.append(story.sentCount)
        summary.append(story.sentCount == 1 ? " frame sent, " : " frames sent, ")
        summary.append(story.droppedCount)
        summary.append(" dropped by the link")
        drawing.text(summary.bytes, at: Point(x: 24, y: 62), size: 13, colour: Palette.grey, hasHalo: false)
        for (rail, name) in [(Self.railA, "A"), (Self.railB, "B")] {
            drawing.rectangle(Point(x: rail - 22, y: 84), width: 44, height: 30, radius: 6, fill: Palette.ink)
            drawing.text(
                Array(name.utf8), at: Point(x: rail, y: 105), size: 17, colour: "#ffffff", anchor: .middle,
                isBold: true,
                hasHalo: false)
        }
        let headings: [(String, Double, SVGDrawing.Anchor)] = [
            ("ms", Self.timeEdge, .end), ("at A", Self.railA - 32, .end), ("at B", Self.railB + 32, .start),
            ("the link", (Self.railA + Self.railB) / 2, .middle),
        ]
        for (text, x, anchor) in headings {
            drawing.text(
                Array(text.utf8), at: Point(x: x, y: 104), size: 12, colour: Palette.grey, anchor: anchor,
                hasHalo: false)
        }
    }

    /// The hosts' lines, the time scale, and the marks where idle time was cut short.
    private func drawRails(to foot: Double, _ scale: LadderScale, _ start: Timestamp, _ drawing: inout SVGDrawing) {
        for rail in [Self.railA, Self.railB] {
            drawing.line(Point(x: rail, y: 114), Point(x: rail, y: foot), colour: Palette.ink, width: 2)
        }
        var lastMark = -Double.infinity
        for moment in scale.moments {
            let y = scale.y(moment)
            guard y - lastMark >= 14 else { continue }
            lastMark = y
            var text = OutputBuffer(capacity: 16)
            text.append(milliseconds: start.distance(to: moment))
            drawing.text(
                text.bytes, at: Point(x: Self.timeEdge, y: y + 3.5), size: 10, colour: Palette.grey, anchor: .end,
                hasHalo: false)
            drawing.line(
                Point(x: Self.timeEdge + 4, y: y), Point(x: Self.timeEdge + 10, y: y), colour: Palette.faint)
        }
        for cut in scale.cuts {
            drawing.rectangle(
                Point(x: 16, y: cut.top), width: Self.width - 32, height: cut.bottom - cut.top, radius: 4,
                fill: Palette.band)
            for rail in [Self.railA, Self.railB] {
                drawing.line(
                    Point(x: rail, y: cut.top), Point(x: rail, y: cut.bottom), colour: Palette.band, width: 4)
                drawing.line(
                    Point(x: rail, y: cut.top), Point(x: rail, y: cut.bottom), colour: Palette.ink, width: 2,
                    dashes: "2 4")
            }
            var text = OutputBuffer(capacity: 32)
            text.append(milliseconds: cut.duration)
            text.append(" ms pass")
            drawing.text(
                text.bytes, at: Point(x: (Self.railA + Self.railB) / 2, y: (cut.top + cut.bottom) / 2 + 4), size: 11,
                colour: Palette.grey, anchor: .middle, hasHalo: false)
        }
    }

    private func draw(
        _ way: LadderStory.Way, _ travel: Int64, _ scale: LadderScale, _ drawing: inout SVGDrawing
    ) {
        let isFromA = way.source == .a
        let (near, far) = isFromA ? (Self.railA, Self.railB) : (Self.railB, Self.railA)
        let from = Point(x: near, y: scale.y(way.departure))
        let isDropped = way.fate?.isDropped == true
        let colour =
            isDropped
            ? Palette.dropped : way.fate != nil ? Palette.changed : way.isRetransmission ? Palette.label : Palette.ink
        var to = Point(x: far, y: scale.y(Self.end(way, travel)))
        if way.arrival == nil {
            // It ends under way.
            let share = 0.8
            to = Point(x: near + (far - near) * share, y: from.y + (to.y - from.y) * share)
        }
        drawing.line(from, to, colour: colour, width: 1.6, hasArrowhead: !isDropped)
        if isDropped {
            for (dx, dy) in [(7.0, 7.0), (7.0, -7.0)] {
                drawing.line(
                    Point(x: to.x - dx, y: to.y - dy), Point(x: to.x + dx, y: to.y + dy), colour: colour, width: 3)
            }
        }
        guard !way.text.isEmpty else { return }
        // Text goes along its arrow, above it, from the sender's end.
        let slope = (to.y - from.y) / abs(to.x - from.x)
        let degrees = atan(slope) * 180 / Double.pi * (isFromA ? 1 : -1)
        func beside(_ distance: Double, _ offset: Double) -> Point {
            Point(x: near + (isFromA ? distance : -distance), y: from.y + slope * distance + offset)
        }
        let anchor: SVGDrawing.Anchor = isFromA ? .start : .end
        drawing.text(
            Self.shortened(way.text, to: 56), at: beside(10, -4), size: 10, colour: colour, anchor: anchor,
            degrees: degrees)
        if let words = way.wordsOfLink {
            drawing.text(
                Array(words.utf8), at: beside(abs(to.x - near) * 0.3, 13), size: 10.5, colour: colour,
                anchor: anchor, isBold: true, degrees: degrees)
        }
    }

    private func draw(
        _ note: LadderStory.Note, _ text: FoldedWords, below offset: Double, _ scale: LadderScale,
        _ drawing: inout SVGDrawing
    ) {
        let isA = note.host == .a
        let rail = isA ? Self.railA : Self.railB
        var y = scale.y(note.time)
        let colour =
            switch note.kind {
            case .call: Palette.call
            case .failure: Palette.dropped
            case .label: Palette.label
            case .link: Palette.changed
            case .kernel: Palette.kernel
            }
        if note.kind == .call || note.kind == .failure {
            drawing.circle(Point(x: rail, y: y), radius: 4, fill: colour)
        }
        y += offset
        for part in text.parts {
            drawing.text(
                part, at: Point(x: rail + (isA ? -14 : 14), y: y + 4), size: 11, colour: colour,
                anchor: isA ? .end : .start, isBold: note.kind == .call)
            y += Self.lineHeight
        }
    }

    private func drawLegend(at y: Double, _ drawing: inout SVGDrawing) {
        let legend = [
            ("frame", Palette.ink), ("dropped by the link", Palette.dropped),
            ("doubled, held back or changed by it", Palette.changed),
            ("sent again; what the analysis says", Palette.label),
            ("program's call", Palette.call), ("kernel's state", Palette.kernel),
        ]
        var x = 24.0
        for (text, colour) in legend {
            drawing.rectangle(Point(x: x, y: y - 8), width: 10, height: 10, radius: 2, fill: colour)
            drawing.text(
                Array(text.utf8), at: Point(x: x + 15, y: y + 1), size: 11, colour: Palette.ink, hasHalo: false)
            x += 15 + Double(text.count) * 6.1 + 24
        }
    }

    /// At most `limit` characters, runs of spaces as one.
    private static func shortened(_ text: [UInt8], to limit: Int) -> [UInt8] {
        var short: [UInt8] = []
        for byte in text where byte != UInt8(ascii: " ") || short.last != UInt8(ascii: " ") { short.append(byte) }
        let characters = String(decoding: short, as: UTF8.self)
        guard characters.count > limit else { return short }
        return Array((String(characters.prefix(limit - 1)) + "…").utf8)
    }

    private enum Palette {
        static let ink = "#1f2937"
        static let grey = "#6b7280"
        static let faint = "#d1d5db"
        static let band = "#f3f4f6"
        static let dropped = "#dc2626"
        static let changed = "#7c3aed"
        static let label = "#b45309"
        static let call = "#1d4ed8"
        static let kernel = "#047857"
    }
}

extension OutputBuffer {
    /// Appends a span in milliseconds: two decimals below a second, none above.
    mutating func append(milliseconds nanoseconds: Int64) {
        if nanoseconds < 0 { append("-") }
        let magnitude = nanoseconds.magnitude
        append(magnitude / 1_000_000)
        guard magnitude < 1_000_000_000 else { return }
        append(".")
        append(magnitude % 1_000_000 / 10_000, zeroPaddedTo: 2)
    }
}
