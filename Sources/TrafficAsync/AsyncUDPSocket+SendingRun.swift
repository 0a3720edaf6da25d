internal import PacketDecode
public import SocketEvents

extension AsyncUDPSocket {
    /// Sends the datagrams of `run`, each burst at its time, until the run ends or the task is cancelled; true where it ended.
    /// `observe` is handed the run after each step, for its reports.
    ///
    /// - Throws: the `SocketError` that ended it before.
    public func send(
        _ run: inout SendingRun, isRecorded: Bool, observe: @Sendable (inout SendingRun) -> Void
    ) async throws(SocketError) -> Bool {
        while !Task.isCancelled {
            let start = Timestamp.now
            switch run.next(monotonic: MonotonicClock.now, now: start) {
            case .end:
                return true
            case .wait(let until):
                observe(&run)
                await Readiness.sleep(nanoseconds: until - MonotonicClock.now)
            case .send(let count):
                do throws(SocketErrno) {
                    let sent = try base.attemptSend(run.burst, count: count)
                    if isRecorded { for slot in 0..<sent { base.recordSend(of: run.burst[slot], from: start) } }
                    run.didSend(sent, at: start)
                } catch {
                    if error.isTryAgain {
                        await Readiness.wait(for: .writable, on: base.descriptor.rawValue)
                    } else if let failure = base.failure(of: .send, .send, error.code, from: start) {
                        throw failure
                    }
                }
                observe(&run)
            }
        }
        return false
    }

    /// Tells the receiver that the run is over, and waits for its report: asks `attempts` times, and waits `wait` each time; nil
    /// where none comes.
    ///
    /// - Throws: `SocketError`, such as ECONNREFUSED where nobody receives any more.
    public func peerReport(
        on run: SendingRun, attempts: Int = 10, wait: Duration = .milliseconds(250)
    ) async throws(SocketError) -> PeerReport? {
        guard let width = run.width else { return nil }
        let question = StreamEnd(last: run.lastNumber)
        for _ in 0..<attempts where !Task.isCancelled {
            try await send(question.encoded(sent: .now, width: width))
            let deadline = ContinuousClock.now.advanced(by: wait)
            while ContinuousClock.now < deadline, !Task.isCancelled {
                await Readiness.wait(for: .readable, on: base.descriptor.rawValue, until: deadline)
                do throws(SocketErrno) {
                    let datagram = try base.descriptor.receiveDatagram(bufferSize: 1500)
                    if let report = PeerReport(decoding: datagram.content.span) { return report }
                } catch {
                    if error.isTryAgain {
                        base.recordAnswers()
                    } else if let failure = base.failure(of: .receive, .receive, error.code, from: .now) {
                        throw failure
                    }
                }
            }
        }
        return nil
    }
}
