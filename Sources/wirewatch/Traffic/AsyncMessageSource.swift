import Dispatch
import SocketEvents
import Synchronization

/// A message source for tasks. Waiting for standard input and for a message's time happens on a queue of its own, one message
/// at a time, so that no task's thread is held and no input is read ahead of need.
final class AsyncMessageSource: Sendable {
    private let source: Mutex<MessageSource>
    private let stop: StopSignal
    private let queue = DispatchQueue(label: "wirewatch.messages")

    init(_ source: MessageSource) throws(SocketError) {
        self.source = Mutex(source)
        stop = try StopSignal()
    }

    /// The next message when its time has come; nil when there are no more, or once a task that waited was cancelled.
    func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    continuation.resume(returning: self.source.withLock { $0.next(stop: self.stop) })
                }
            }
        } onCancel: {
            stop.stop()
        }
    }
}
