internal import Dispatch
internal import SocketEvents

/// Waiting for a descriptor without a thread: a Dispatch source that fires once.
enum Readiness {
    enum Direction: Sendable {
        case readable
        case writable
    }

    private static let queue = DispatchQueue(label: "wirewatch.readiness")

    /// Waits until `descriptor` is ready in `direction`, or the task is cancelled. When this returns nobody watches the
    /// descriptor any more, so that it may be closed.
    static func wait(for direction: Direction, on descriptor: Int32) async {
        // Dispatch sources may be used from any thread (dispatch_source_create(3)); their Swift protocols do not say so.
        nonisolated(unsafe) let source: any DispatchSourceProtocol =
            switch direction {
            case .readable: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            case .writable: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
            }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Every way out goes through the cancel handler, which runs once.
                unsafe source.setEventHandler { unsafe source.cancel() }
                unsafe source.setCancelHandler { continuation.resume() }
                unsafe source.activate()
            }
        } onCancel: {
            unsafe source.cancel()
        }
    }

    /// Waits until `descriptor` has something to read, or `stop` is said, or the task is cancelled.
    static func wait(forInputOn descriptor: Int32, or stop: StopSignal) async {
        await withTaskGroup { group in
            group.addTask { await wait(for: .readable, on: descriptor) }
            group.addTask { await wait(for: .readable, on: stop.descriptor) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until `descriptor` is ready in `direction` (true), or `timeout` nanoseconds have passed or the task is cancelled
    /// (false).
    static func wait(for direction: Direction, on descriptor: Int32, timeout: Int64?) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await wait(for: direction, on: descriptor)
                return !Task.isCancelled
            }
            if let timeout {
                group.addTask {
                    try? await Task.sleep(for: .nanoseconds(timeout))
                    return false
                }
            }
            let isReady = await group.next() ?? false
            group.cancelAll()
            return isReady
        }
    }
}
