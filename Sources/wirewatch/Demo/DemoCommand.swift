import ArgumentParser
import Glibc
import Lab
import PacketCapture
import PacketDecode
import Presentation
import Timeline

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch a lesson: real traffic, lost and sent again, in a private network that needs no rights.",
        discussion: """
            Without a name the lessons are listed. A lesson runs in a network namespace of the process's own, so it \
            needs no rights, touches no interface of the machine, and leaves nothing behind.

            \(LinkOptions.directions)
            """)

    @Argument(help: "The lesson to run; without it they are listed.")
    var lesson: String?

    @Flag(help: "Print each event as a JSON object on a line of its own.")
    var json = false

    @Flag(help: "Show every frame and call, also where a lesson that moves much tells of many in sum.")
    var everyFrame = false

    @Option(
        help: ArgumentHelp(
            "Keep the lesson's frames in this file, too (pcap, nanoseconds); of two hosts in two, FILE-A and FILE-B.",
            valueName: "file"))
    var pcap: String?

    @Option(help: ArgumentHelp("Write what is shown into this file, too, as text.", valueName: "file"))
    var timeline: String?

    @Option(
        help: ArgumentHelp(
            "Draw the run into this file (SVG; lessons on two hosts): the congestion window where that is the lesson, else "
                + "the frames as a ladder.",
            valueName: "file"))
    var svg: String?

    @Flag(help: "Close with how the labels at both ends compare with what the link did (lessons on two hosts).")
    var score = false

    @OptionGroup(title: "The link, in lessons on two hosts")
    var link: LinkOptions

    func validate() throws {
        if let lesson, Lesson.named(lesson) == nil {
            let names = Lesson.all.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no lesson '\(lesson)'. The lessons: \(names).")
        }
        if let lesson = lesson.flatMap(Lesson.named), !lesson.isLinked {
            let place = "The lesson '\(lesson.name)' is on a loopback interface"
            guard link.variation.isEmpty else { throw ValidationError("\(place): it has no link to change.") }
            guard svg == nil else { throw ValidationError("\(place): there are no two hosts to draw.") }
            guard !score else { throw ValidationError("\(place): no link knows the truth.") }
        }
    }

    func run() throws {
        let output = StandardOutput()
        guard let lesson = lesson.flatMap(Lesson.named) else { return list(on: output) }
        let file = try OutputFile.opened(timeline)
        let picture = try OutputFile.opened(svg)
        let record: LessonRecord
        do {
            let run = try LessonRun(entering: lesson, variation: link.variation, savefile: pcap)
            TerminationSignals.handle { _ in
                StandardError.write("interrupted: the lesson \(lesson.name) was not over")
                output.endProgram(130)
            }
            record = try play(run, on: output, file)
        } catch let error as LessonError {
            throw FailureReport(error, lesson: lesson.name)
        }
        try picture?.write { $0.append(pictureOf: record, lesson) }
        if record.lateCount > 0 {
            StandardError.write("\(record.lateCount) events came too late for their place on the timeline")
        }
        let dropped = record.droppedByKernel
        if dropped > 0 { StandardError.write("the kernel dropped \(dropped) frames of the capture") }
    }

    private func list(on output: StandardOutput) {
        let width = Lesson.all.map(\.name.count).max() ?? 0
        output.write { buffer in
            for lesson in Lesson.all {
                if json {
                    buffer.appendJSON(lesson)
                } else {
                    buffer.append("wirewatch demo \(lesson.name)")
                    buffer.pad(toColumn: "wirewatch demo ".count + width + 2)
                    buffer.append(lesson.title)
                    buffer.endLine()
                }
            }
        }
    }

    private func play(_ run: LessonRun, on output: StandardOutput, _ file: OutputFile?) throws -> LessonRecord {
        let lesson = run.lesson
        var text = LessonText(
            lesson, columns: Terminal.lineLength(STDOUT_FILENO), isColoured: Terminal.isColoured(STDOUT_FILENO),
            showsAll: everyFrame)
        var copy = file.map {
            LessonText(lesson, columns: $0.lineLength, isColoured: $0.isColoured, showsAll: everyFrame)
        }
        let introduce = {
            output.write { if json { $0.appendJSON(lesson) } else { text.appendIntroduction(to: &$0) } }
            try file?.write { copy?.appendIntroduction(to: &$0) }
        }
        let record = try run.play(whenOpen: introduce) { entry in
            output.write { if json { $0.appendJSON(entry) } else { text.append(entry, to: &$0) } }
            try file?.write { copy?.append(entry, to: &$0) }
        }
        output.write { buffer in
            if json {
                buffer.appendJSON(summaryOf: record, lesson, isScored: score)
            } else {
                text.appendClosing(record, isScored: score, to: &buffer)
            }
        }
        try file?.write { copy?.appendClosing(record, isScored: score, to: &$0) }
        return record
    }
}

extension OutputBuffer {
    /// Appends what a lesson's run looks like.
    fileprivate mutating func append(pictureOf record: LessonRecord, _ lesson: Lesson) {
        if lesson.plotsCongestionWindow {
            PlotSVG(title: lesson.title, CongestionSeries(record.kernelEvents)).append(to: &self)
        } else {
            LadderSVG(title: lesson.title, entries: record.entries).append(to: &self)
        }
    }
}
