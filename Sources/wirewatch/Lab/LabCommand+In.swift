import ArgumentParser
import Lab
import PacketDecode
import Presentation
import Timeline

extension LabCommand {
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
