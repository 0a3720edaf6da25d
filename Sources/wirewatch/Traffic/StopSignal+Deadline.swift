import SocketEvents
import TrafficBlocking

extension StopSignal {
    /// Says stop by itself after `nanoseconds`, from a thread that waits for that.
    func stop(after nanoseconds: Int64) throws(SocketError) {
        try startThread {
            self.wait(nanoseconds: nanoseconds)
            self.stop()
        }
    }

    /// Calls `body` each `nanoseconds`, from a thread of its own, until stop is said.
    func each(_ nanoseconds: Int64, _ body: @escaping @Sendable () -> Void) throws(SocketError) {
        try startThread {
            while !self.wait(nanoseconds: nanoseconds) { body() }
        }
    }

    private func startThread(_ body: @escaping @Sendable () -> Void) throws(SocketError) {
        do throws(ThreadError) {
            _ = try SystemThread(body)
        } catch {
            throw SocketError(.poll, errno: error.errno, subject: "the end of the time")
        }
    }
}
