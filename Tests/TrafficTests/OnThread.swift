import SocketEvents
import TrafficBlocking

/// Runs work that blocks on a thread of its own, so that no task's thread is held.
func onThread<Success: Sendable>(
    _ body: @escaping @Sendable () throws(SocketError) -> Success
) async throws(SocketError) -> Success {
    let result: Result<Success, SocketError> = await withCheckedContinuation { continuation in
        do throws(ThreadError) {
            _ = try SystemThread {
                do throws(SocketError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } catch {
            continuation.resume(returning: .failure(SocketError(.socket, errno: error.errno, subject: "thread")))
        }
    }
    return try result.get()
}
