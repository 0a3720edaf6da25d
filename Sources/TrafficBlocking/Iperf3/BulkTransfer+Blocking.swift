internal import Glibc
internal import SocketEvents

extension BulkTransfer {
    /// Waits until the test begins, then moves octets on `stream` until it ends, all on this thread. Calls are not recorded: there
    /// are tens of thousands a second.
    func run(_ stream: BulkStream) {
        do throws(SocketError) {
            // A call that waits looks again whether the test is over.
            try stream.descriptor.limitWaits(milliseconds: 100)
            while !started.wait(nanoseconds: 1_000_000_000) {}
            if isSender { try send(on: stream) } else { try receive(on: stream) }
            streamEnded()
        } catch {
            streamEnded(failure: error)
        }
    }

    /// How long a stream that waits does not look whether the test is over.
    private static let longestWait: Int64 = 100_000_000

    private func send(on stream: BulkStream) throws(SocketError) {
        let block = contentBlock
        var pace = pace
        while true {
            let now = MonotonicClock.nanoseconds
            if case .wait(let until) = pace.next(at: now) {
                // Nobody says that all streams have ended before this one has: it is a wait for the time, or for the test's end.
                finished.wait(nanoseconds: min(until - now, Self.longestWait))
                if hasEnded { return }
                continue
            }
            let claimed = claim()
            guard claimed > 0 else { return }
            do throws(SocketErrno) {
                let count = try stream.descriptor.send(block[..<claimed])
                // A short call counts as a block: the path is slower than the pace then.
                pace.didSend(1)
                stream.count(count)
                giveBack(claimed - count)
            } catch {
                giveBack(claimed)
                if error.code != EAGAIN { throw SocketError(.send, errno: error.code, subject: "\(stream.peer)") }
            }
        }
    }

    private func receive(on stream: BulkStream) throws(SocketError) {
        var block = [UInt8](repeating: 0, count: blockLength)
        while !isOver {
            let count: Int
            do throws(SocketErrno) {
                count = try stream.descriptor.receive(into: &block, atMost: blockLength)
            } catch {
                if error.code == EAGAIN { continue }
                throw SocketError(.receive, errno: error.code, subject: "\(stream.peer)")
            }
            // What came is claimed, not what may come: one stream must not keep octets from another that has them.
            guard count > 0, take(count, on: stream) else { return }
        }
    }
}
