import ArgumentParser
import Glibc
import Lab
import PacketCapture
import Presentation
import Timeline

extension LabCommand {
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a server and a client, any programs, and watch both ends of the link between them.",
            discussion: """
                In the commands {server} and {client} stand for the hosts' addresses, {server6} and {client6} for those of \
                IPv6; the programs find them in WIREWATCH_SERVER and so on, too. The client starts when the server listens, \
                or after 2 s; the server is told to end (SIGTERM) when the client has ended. For example:

                wirewatch lab run --loss 1% --delay 20ms --server 'iperf3 -s -1' --client 'iperf3 -c {server} -t 5'

                The exit code is the client's; the server's where the client's is 0 and the server failed by itself; 130 \
                after an interrupt. Nothing that was started outlives wirewatch, however that ends.

                \(LinkOptions.directions)
                """)

        @Option(help: ArgumentHelp("What host B runs, by /bin/sh -c.", valueName: "command"))
        var server: String?

        @Option(help: ArgumentHelp("What host A runs, by /bin/sh -c.", valueName: "command"))
        var client: String

        @OptionGroup(title: "The link")
        var link: LinkOptions

        @Option(name: .customLong("mtu"), help: ArgumentHelp("The hosts' largest packet, in octets.", valueName: "n"))
        var maximumTransmissionUnit = 1500

        @Option(
            help: ArgumentHelp(
                "Keep what both ends captured: FILE-A and FILE-B, before the extension (pcap, nanoseconds).",
                valueName: "file"))
        var pcap: String?

        @OptionGroup(title: "Pictures")
        var pictures: PictureOptions

        @Flag(help: "Print each event as a JSON object on a line of its own.")
        var json = false

        @Flag(help: "Show only what the programs write, and the summary.")
        var quiet = false

        @Flag(help: "Run both on this machine's loopback interface: no link, and frames only with capture rights.")
        var hostLoopback = false

        func validate() throws {
            try Self.validate(maximumTransmissionUnit: maximumTransmissionUnit)
            if hostLoopback, !link.variation.isEmpty {
                throw ValidationError("--host-loopback has no link: leave the link's options out.")
            }
            if hostLoopback, pictures.svg != nil {
                throw ValidationError("--host-loopback has no two hosts: leave --svg out.")
            }
        }

        static func validate(maximumTransmissionUnit: Int) throws {
            guard (1280...65535).contains(maximumTransmissionUnit) else {
                throw ValidationError("--mtu must be from 1280 to 65535: IPv6 takes no less.")
            }
        }

        func run() throws {
            var order = ProgramRun.Order(
                server: server, client: .command(client), initCommand: LabCommand.initCommand())
            order.conditions = LinkConditions().varied(by: link.variation)
            order.conditions.maximumTransmissionUnit = maximumTransmissionUnit
            order.savefile = pcap
            order.isShown = !quiet || pictures.areWanted
            order.isOnHostLoopback = hostLoopback
            var pictures = try RunPictures(pictures)
            let record: ProgramRunRecord
            do {
                let run = try ProgramRun(entering: order)
                TerminationSignals.handle { run.interrupt(signal: $0) }
                record = try play(run, &pictures)
            } catch {
                throw FailureReport(
                    lab: error, command: "lab run", alternative: "With less to see, --host-loopback needs neither")
            }
            for warning in try record.warnings + pictures.draw(title: client) { StandardError.write(warning) }
            throw ExitCode(record.exitCode)
        }

        private func play(_ run: ProgramRun, _ pictures: inout RunPictures) throws -> ProgramRunRecord {
            let output = StandardOutput()
            let columns = Terminal.lineLength(STDOUT_FILENO)
            let isColoured = Terminal.isColoured(STDOUT_FILENO)
            var text =
                hostLoopback
                ? TimelineText(initiator: "client", responder: "server", columns: columns, isColoured: isColoured)
                : TimelineText(hosts: [:], columns: columns, isColoured: isColoured)
            let introduce = {
                if !json, !quiet { output.write { text.appendHeadings(to: &$0) } }
            }
            let hindrance: (CaptureError) -> Void = { error in
                StandardError.write("no frames are shown: \(FailureReport(error).line)")
            }
            let record = try run.play(hindrance: hindrance, whenOpen: introduce) { happenings in
                output.write { buffer in
                    for happening in happenings {
                        if case .entry(let entry) = happening { pictures.note(entry) }
                        switch (happening, json) {
                        case (.entry, _) where quiet: break
                        case (.entry(let entry), true): buffer.appendJSON(entry)
                        case (.entry(let entry), false): text.append(entry, to: &buffer)
                        case (.line(let line), true): buffer.appendJSON(line)
                        case (.line(let line), false): buffer.append(line)
                        }
                    }
                }
            }
            output.write { buffer in
                if json {
                    buffer.appendJSON(record)
                } else {
                    buffer.append(record, columns: columns, isColoured: isColoured)
                }
            }
            return record
        }
    }
}
