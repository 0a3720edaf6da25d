import Lab
import PacketCapture
import Presentation
import TrafficBlocking

extension FailureReport {
    /// Why programs were not run in the lab.
    ///
    /// - Parameters:
    ///   - command: what was run, as words behind `wirewatch`.
    ///   - alternative: what else can be done where the system gives no private network.
    init(lab error: any Error, command: String, alternative: String? = nil) {
        switch error {
        case let error as FailureReport: self = error
        case let error as PrivateNetworkError:
            self.init(error, command: "\(command) …", alternative: alternative)
        case let error as ProgramError: self.init(error, alternative: alternative)
        case let error as CaptureError: self.init(error)
        case let error as NetlinkError:
            self.init(what: "cannot \(error.operation)", reason: StandardError.words(for: error.errno))
        case let error as ThreadError:
            self.init(what: "cannot start a thread", reason: StandardError.words(for: error.errno))
        default: self.init(what: "wirewatch \(command) ended early", reason: "\(error)")
        }
    }

    private init(_ error: ProgramError, alternative: String?) {
        let refused =
            switch error.step {
            case .channel: "cannot open a pipe to the program"
            case .thread: "cannot start a thread"
            case .processNamespace: "cannot make a process namespace (unshare CLONE_NEWPID)"
            case .start: "cannot start the program's first process"
            }
        var advice = ""
        if error.step == .processNamespace {
            advice = "Raise the limit: sudo sysctl -w user.max_pid_namespaces=10000"
            if let alternative { advice += ". \(alternative)" }
        }
        self.init(what: refused, reason: StandardError.words(for: error.errno), advice: advice)
    }
}
