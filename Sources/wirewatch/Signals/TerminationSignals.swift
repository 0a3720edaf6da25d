import Glibc
import TrafficBlocking

/// SIGINT, SIGTERM and SIGHUP, taken by a thread that waits for them: no handler runs in the middle of other work.
enum TerminationSignals {
    /// From now on the first signal calls `body`, once, on that thread; a second one ends the program with 130, for then the
    /// first was not enough. Threads that were started before are not asked.
    ///
    /// Call it on the main thread, before the command starts threads.
    static func handle(_ body: @escaping @Sendable (_ signal: Int32) -> Void) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        // Under nohup a hangup is ignored, and stays so.
        var hangup = sigaction()
        if unsafe sigaction(SIGHUP, nil, &hangup) == 0, unsafe hangup.__sigaction_handler.sa_handler == nil {
            unsafe sigaddset(&set, SIGHUP)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let waited = set
        do {
            _ = try SystemThread {
                var set = waited
                var isFirst = true
                while true {
                    var signal: Int32 = 0
                    guard unsafe sigwait(&set, &signal) == 0 else { continue }
                    if !isFirst { _exit(130) }
                    isFirst = false
                    body(signal)
                }
            }
        } catch {
            // Without the thread the signals do what they do by default.
            unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        }
    }

    /// Ends the program with 130 at the first signal, as one does whose work was cut short. Lines that were written stay.
    static func endProgram() { handle { _ in _exit(130) } }
}
