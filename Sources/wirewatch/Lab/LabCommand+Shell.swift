import ArgumentParser
import Glibc
import Lab
import PacketDecode
import Presentation
import Timeline

extension LabCommand {
    struct Shell: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A shell on one of two hosts joined by a link, with the timeline in another terminal or a file.",
            discussion: """
                The shell is $SHELL, or /bin/sh. It finds the addresses in WIREWATCH_CLIENT (host A), WIREWATCH_SERVER \
                (host B), WIREWATCH_CLIENT6 and WIREWATCH_SERVER6. A command on the other host is run from it with \
                `wirewatch lab in B COMMAND`. All that was started ends with the shell.

                The terminal is the shell's, so the timeline is shown where you ask for it: `wirewatch lab watch` in \
                another terminal follows it, and --timeline keeps it in a file.

                \(LinkOptions.directions)
                """)

        @OptionGroup(title: "The link")
        var link: LinkOptions

        @Option(name: .customLong("mtu"), help: ArgumentHelp("The hosts' largest packet, in octets.", valueName: "n"))
        var maximumTransmissionUnit = 1500

        @Option(name: .customLong("in"), help: ArgumentHelp("The shell's host, A or B.", valueName: "host"))
        var host = HostName.a

        @Option(
            help: ArgumentHelp(
                "Keep what both ends captured: FILE-A and FILE-B, before the extension (pcap, nanoseconds).",
                valueName: "file"))
        var pcap: String?

        @Option(
            help: ArgumentHelp(
                "Write the timeline into this file as it happens; it may be another terminal, as tty(1) names it.",
                valueName: "file"))
        var timeline: String?

        @Flag(help: "Write each event into --timeline as a JSON object on a line of its own.")
        var json = false

        @OptionGroup(title: "Pictures")
        var pictures: PictureOptions

        func validate() throws {
            try Run.validate(maximumTransmissionUnit: maximumTransmissionUnit)
            if json, timeline == nil { throw ValidationError("--json is how --timeline is written: name its file.") }
        }

        func run() throws {
            let shell = unsafe getenv("SHELL").map { unsafe String(cString: $0) } ?? ""
            var order = ProgramRun.Order(
                server: nil, client: .interactive([shell.isEmpty ? "/bin/sh" : shell], on: host),
                initCommand: LabCommand.initCommand(.interactive))
            order.conditions = LinkConditions().varied(by: link.variation)
            order.conditions.maximumTransmissionUnit = maximumTransmissionUnit
            order.savefile = pcap
            order.showToWatcher = { TimelineView($0, $1).show(by: $2) }
            let file = try OutputFile.opened(timeline)
            var pictures = try RunPictures(pictures)
            var text = TimelineText(
                hosts: [:], columns: file?.lineLength ?? 120, isColoured: file?.isColoured ?? false)
            if !json { try file?.write { text.appendHeadings(to: &$0) } }
            let introduce = {
                StandardError.write(
                    "this is host \(host.rawValue); a command on host \(host.peer.rawValue): wirewatch lab in "
                        + "\(host.peer.rawValue) COMMAND")
                StandardError.write("the timeline, in another terminal: wirewatch lab watch")
            }
            let record: ProgramRunRecord
            do {
                let run = try ProgramRun(entering: order)
                TerminationSignals.handle { run.interrupt(signal: $0) }
                record = try run.play(whenOpen: introduce) { happenings in
                    try file?.write { buffer in
                        for case .entry(let entry) in happenings {
                            if json { buffer.appendJSON(entry) } else { text.append(entry, to: &buffer) }
                        }
                    }
                    for case .entry(let entry) in happenings { pictures.note(entry) }
                }
            } catch {
                throw FailureReport(lab: error, command: "lab shell")
            }
            StandardOutput().write {
                $0.append(
                    record, client: "shell", columns: Terminal.lineLength(STDOUT_FILENO),
                    isColoured: Terminal.isColoured(STDOUT_FILENO))
            }
            for warning in try record.warnings + pictures.draw(title: "lab shell") { StandardError.write(warning) }
            throw ExitCode(record.exitCode)
        }
    }
}
