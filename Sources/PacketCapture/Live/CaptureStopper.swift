import CLinux
import Glibc

/// Ends live captures from elsewhere: another thread, a task's cancellation, a signal handler. One may end several.
///
/// A stop is for good: a capture that waits wakes, and one that starts later with the same stopper ends at once.
public final class CaptureStopper: Sendable {
    /// An eventfd(2) that becomes readable, and stays so, when the stop comes. For a poll of one's own, and for
    /// `stop(fileDescriptor:)`. It is closed with the stopper.
    public let fileDescriptor: Int32

    /// - Throws: `CaptureError.other` where the system has no descriptor left.
    public init() throws(CaptureError) {
        fileDescriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard fileDescriptor >= 0 else { throw .systemCall("eventfd") }
    }

    deinit { close(fileDescriptor) }

    /// Ends the captures. More than one call does no more than one.
    public func stop() { Self.stop(fileDescriptor: fileDescriptor) }

    /// The same for a signal handler, which may not touch objects: a write(2), which POSIX allows there. Leaves errno
    /// as it was.
    public static func stop(fileDescriptor: Int32) {
        let kept = errno
        var one: UInt64 = 1
        _ = unsafe write(fileDescriptor, &one, MemoryLayout<UInt64>.size)
        errno = kept
    }

    /// Whether the stop came.
    public var isStopped: Bool {
        var entry = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }
}

extension CaptureError {
    /// A system call that failed just now, with errno's text.
    static func systemCall(_ name: String) -> CaptureError {
        .other(operation: name, message: unsafe String(cString: strerror(errno)))
    }
}
