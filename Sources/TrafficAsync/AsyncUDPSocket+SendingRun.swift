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
                await Readiness.sleep(until: until)
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
                // Without a pace there is no wait in which other tasks would have their turn.
                if run.pace.rate == nil { await Task.yield() }
            }
        }
        return false
    }

    /// Tells the receiver that the run is over, and waits for its report: asks `attempts` times, and waits `nanoseconds` each time;
    /// nil where none comes.
    ///
    /// - Throws: `SocketError`, such as ECONNREFUSED where nobody receives any more.
    public func peerReport(
        on run: SendingRun, attempts: Int = 10, nanoseconds: Int64 = 250_000_000
    ) async throws(SocketError) -> PeerReport? {
        guard let width = run.width else { return nil }
        for _ in 0..<attempts where !Task.isCancelled {
            let deadline = MonotonicClock.now + nanoseconds
            do throws(SocketErrno) {
                try base.askForReport(last: run.lastNumber, width: width)
                if let report = try await awaitReport(until: deadline) { return report }
            } catch {
                if let failure = base.failure(of: .send, .send, error.code, from: .now) { throw failure }
            }
        }
        return nil
    }

    private func awaitReport(until deadline: Int64) async throws(SocketErrno) -> PeerReport? {
        while MonotonicClock.now < deadline, !Task.isCancelled {
            await Readiness.wait(for: .readable, on: base.descriptor.rawValue, until: deadline)
            do throws(SocketErrno) {
                if let report = try base.takeReport() { return report }
            } catch {
                guard error.isTryAgain else { throw error }
                base.recordAnswers()
            }
        }
        return nil
    }
}
