public import PacketCapture
public import SocketEvents

/// Why a lesson did not run to its end.
public enum LessonError: Error, Sendable {
    case network(PrivateNetworkError)
    case capture(CaptureError)
    case socket(SocketError)
    /// The capture did not see, in time, the frame that the script waited for.
    case notSeen(String)
    /// The system gave no thread: the errno.
    case noThread(errno: Int32)
}
