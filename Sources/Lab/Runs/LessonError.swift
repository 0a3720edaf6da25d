public import PacketCapture
public import SocketEvents
internal import TrafficBlocking

/// Why a lesson did not run to its end.
public enum LessonError: Error, Sendable {
    case network(PrivateNetworkError)
    case capture(CaptureError)
    case socket(SocketError)
    /// The capture did not see, in time, the frame that the script waited for.
    case notSeen(String)
    /// The link lost so many frames that it was not told to lose: what was shown is not the whole story.
    case framesLost(UInt64)
    /// The system gave no thread: the errno.
    case noThread(errno: Int32)
}

extension LessonError {
    /// What a thread of a run threw, as the run tells it.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as LessonError: error
            case let error as PrivateNetworkError: .network(error)
            case let error as CaptureError: .capture(error)
            case let error as SocketError: .socket(error)
            case let error as ThreadError: .noThread(errno: error.errno)
            default: .notSeen("\(error)")
            }
    }
}
