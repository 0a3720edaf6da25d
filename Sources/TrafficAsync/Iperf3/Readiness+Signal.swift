internal import SocketEvents

extension Readiness {
    /// Waits until `signal` is said, but no longer than `nanoseconds`, nor when the task is cancelled.
    static func wait(for signal: StopSignal, nanoseconds: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await wait(for: .readable, on: signal.descriptor) }
            group.addTask { try? await Task.sleep(nanoseconds: nanoseconds) }
            await group.next()
            group.cancelAll()
        }
    }
}
