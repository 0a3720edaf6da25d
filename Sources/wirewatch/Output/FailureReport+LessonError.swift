import Glibc
import Lab
import Presentation
import SocketEvents

extension FailureReport {
    /// Why the lesson called `lesson` did not run to its end.
    init(_ error: LessonError, lesson: String) {
        switch error {
        case .network(let error): self.init(error, command: "demo \(lesson)")
        case .capture(let error): self.init(error)
        case .socket(let error): self.init(error)
        case .notSeen(let what):
            self.init(
                what: "the lesson \(lesson) ended early", reason: "\(what) was not seen within 5 s",
                advice: "The machine may be too busy: run it again")
        case .framesLost(let count):
            self.init(
                what: "the lesson \(lesson) proves nothing",
                reason: "the link lost \(count) frames that it was not told to lose",
                advice: "The machine may be too busy: run it again")
        case .noThread(let errno):
            self.init(what: "cannot start a thread", reason: StandardError.words(for: errno))
        }
    }

    /// The step towards a private network that was refused, and what to do instead.
    ///
    /// - Parameters:
    ///   - command: what was run, as words behind `wirewatch`.
    ///   - alternative: what else can be done, as a sentence without its full stop.
    init(_ error: PrivateNetworkError, command: String, alternative: String? = nil) {
        let refused =
            switch error.step {
            case .networkNamespace: "cannot make a network namespace (unshare CLONE_NEWNET)"
            case .userNamespace: "cannot make a user namespace (unshare CLONE_NEWUSER)"
            case .thread: "cannot start a thread"
            case .openNamespace: "cannot open /proc/thread-self/ns/net"
            case .enterNamespace: "cannot enter a network namespace (setns)"
            case .denySetgroups: "cannot write /proc/self/setgroups of the new user namespace"
            case .mapUser: "cannot write /proc/self/uid_map of the new user namespace"
            case .mapGroup: "cannot write /proc/self/gid_map of the new user namespace"
            case .controlSocket: "cannot open a socket in the new network namespace"
            case .setMTU: "cannot set the MTU of lo in the new network namespace"
            case .disableSegmentationOffload: "cannot turn segmentation offload off on lo in the new network namespace"
            case .raiseLoopback: "cannot raise lo in the new network namespace"
            }
        let reason =
            switch error.errno {
            case ENOSPC:
                "the system's limit on namespaces is reached (user.max_user_namespaces, user.max_net_namespaces)"
            default: StandardError.words(for: error.errno)
            }
        self.init(
            what: refused, reason: reason,
            advice: "Run: sudo wirewatch \(command). Or let users make namespaces, with sudo "
                + "sysctl -w user.max_user_namespaces=10000, on Debian kernel.unprivileged_userns_clone=1, on "
                + "Ubuntu kernel.apparmor_restrict_unprivileged_userns=0" + (alternative.map { ". \($0)" } ?? ""))
    }
}
