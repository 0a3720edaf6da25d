internal import Dispatch

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
}
