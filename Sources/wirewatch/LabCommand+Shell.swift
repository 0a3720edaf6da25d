public import ArgumentParser
import Glibc
import Lab
import PacketDecode
import Presentation
public import Timeline

extension HostName: ExpressibleByArgument {
    /// `A` or `B`, in either case.
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension LabCommand {
    struct Shell: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A shell on one of two hosts joined by a link, and the story of the link when it ends.",
            discussion: """
                The shell is $SHELL, or /bin/sh. It finds the addresses in WIREWATCH_CLIENT (host A), WIREWATCH_SERVER \
                (host B), WIREWATCH_CLIENT6 and WIREWATCH_SERVER6. A command on the other host is run from it with \
                `wirewatch lab in B COMMAND`. All that was started ends with the shell.
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

        func validate() throws { try Run.validate(maximumTransmissionUnit: maximumTransmissionUnit) }

        func run() throws {
            let shell = unsafe getenv("SHELL").map { unsafe String(cString: $0) } ?? ""
            var order = ProgramRun.Order(
                server: nil, client: .interactive([shell.isEmpty ? "/bin/sh" : shell], on: host),
                initCommand: LabCommand.initCommand(.interactive))
            order.conditions = LinkConditions().varied(by: link.variation)
            order.conditions.maximumTransmissionUnit = maximumTransmissionUnit
            order.savefile = pcap
            order.isShown = false
            let record: ProgramRunRecord
            do {
                let run = try ProgramRun(entering: order)
                TerminationSignals.handle { run.interrupt(signal: $0) }
                StandardError.write(
                    "this is host \(host.rawValue); `wirewatch lab in \(host.peer.rawValue) COMMAND` runs a command on "
                        + "host \(host.peer.rawValue)")
                record = try run.play { _ in }
            } catch {
                throw FailureReport(lab: error, command: "lab shell")
            }
            StandardOutput().write {
                $0.append(
                    record, client: "shell", columns: Terminal.columns(STDOUT_FILENO) ?? 120,
                    isColoured: Terminal.isColoured(STDOUT_FILENO))
            }
            for warning in record.warnings { StandardError.write(warning) }
            throw ExitCode(record.exitCode)
        }
    }

    struct In: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "From a shell of `wirewatch lab shell`: run a command on a host.")

        @Argument(help: "The host, A or B.")
        var host: HostName

        @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
        var command: [String]

        func run() throws {
            do throws(HostEntrance.Failure) {
                try HostEntrance.run(command, on: host)
            } catch {
                let what = "cannot run a command on host \(host.rawValue)"
                switch error {
                case .outsideLab:
                    throw FailureReport(
                        what: what, reason: "this is no shell of the lab", advice: "Start one with wirewatch lab shell")
                case .refused(let errno): throw FailureReport(what: what, reason: StandardError.words(for: errno))
                case .notExecuted(let program, let errno):
                    throw FailureReport(what: "cannot run \(program)", reason: StandardError.words(for: errno))
                }
            }
        }
    }
}
