internal import Dispatch
internal import Synchronization

/// A part of a script that runs on a thread of its own.
final class StagePart: Sendable {
    private let result = Mutex<Result<Void, any Error>?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)

    func end(_ result: Result<Void, any Error>) {
        self.result.withLock { $0 = result }
        hasEnded.signal()
    }

    /// Waits until the part is done.
    ///
    /// - Throws: what it threw; `LessonError.notSeen` where it does not end in time.
    func wait(seconds: Int = 30) throws {
        guard hasEnded.wait(timeout: .now() + .seconds(seconds)) == .success else {
            throw LessonError.notSeen("the end of a part of the script")
        }
        hasEnded.signal()
        try result.withLock { $0 }?.get()
    }
}
