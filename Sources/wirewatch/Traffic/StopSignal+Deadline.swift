import SocketEvents
import TrafficBlocking

extension StopSignal {
    /// Says stop by itself after `nanoseconds`, from a thread that waits for that.
    func stop(after nanoseconds: Int64) throws(SocketError) {
        do throws(ThreadError) {
            _ = try SystemThread {
                self.wait(nanoseconds: nanoseconds)
                self.stop()
            }
        } catch {
            throw SocketError(.poll, errno: error.errno, subject: "the end of the time")
        }
    }
}
