internal import CLinux
internal import PacketDecode
public import SocketEvents

extension UDPSocket {
    /// Sends the datagrams of `run`, each burst at its time, until the run ends or `stop` is said; true where it ended. `observe` is
    /// handed the run after each step, for its reports.
    ///
    /// - Throws: the `SocketError` that ended it before.
    public func send(
        _ run: inout SendingRun, isRecorded: Bool, stop: StopSignal, observe: (inout SendingRun) -> Void
    ) throws(SocketError) -> Bool {
        // Timers may be 50 µs late by default, which is six datagrams of 120,000 a second.
        wirewatch_sharpen_timers()
        while true {
            let start = Timestamp.now
            switch run.next(monotonic: MonotonicClock.now, now: start) {
            case .end:
                return true
            case .wait(let until):
                observe(&run)
                if stop.wait(nanoseconds: until - MonotonicClock.now) { return false }
            case .send(let count):
                do throws(SocketErrno) {
                    let sent = try base.attemptSend(run.burst, count: count)
                    if isRecorded { for slot in 0..<sent { base.recordSend(of: run.burst[slot], from: start) } }
                    run.didSend(sent, at: start)
                } catch {
                    if let failure = base.failure(of: .send, .send, error.code, from: start) { throw failure }
                }
                observe(&run)
                // Without a pace there is no wait that would end at a signal.
                if run.pace.rate == nil, stop.isStopped { return false }
            }
        }
    }

    /// Tells the receiver that the run is over, and waits for its report: asks `attempts` times, and waits `nanoseconds` each time;
    /// nil where none comes.
    ///
    /// - Throws: `SocketError`, such as ECONNREFUSED where nobody receives any more.
    public func peerReport(
        on run: SendingRun, attempts: Int = 10, nanoseconds: Int64 = 250_000_000, stop: StopSignal
    ) throws(SocketError) -> PeerReport? {
        guard let width = run.width else { return nil }
        for _ in 0..<attempts {
            let deadline = MonotonicClock.now + nanoseconds
            do throws(SocketErrno) {
                try base.askForReport(last: run.lastNumber, width: width)
                if let report = try awaitReport(until: deadline, stop: stop) { return report }
            } catch {
                if let failure = base.failure(of: .send, .send, error.code, from: .now) { throw failure }
            }
            if stop.isStopped { return nil }
        }
        return nil
    }

    private func awaitReport(until deadline: Int64, stop: StopSignal) throws(SocketErrno) -> PeerReport? {
        while true {
            let left = deadline - MonotonicClock.now
            guard left > 0, stop.waitForInput(on: base.descriptor.rawValue, nanoseconds: left) == .input else {
                return nil
            }
            do throws(SocketErrno) {
                if let report = try base.takeReport() { return report }
            } catch {
                guard error.isTryAgain else { throw error }
                base.recordAnswers()
            }
        }
    }
}
