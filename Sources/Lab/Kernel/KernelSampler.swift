internal import CLinux
internal import Dispatch
public import PacketDecode
internal import SocketEvents
internal import Synchronization
public import Timeline
internal import TrafficBlocking

/// Asks the kernel again and again about every TCP connection of a host, whatever program it is of, and tells what has
/// changed; and when a connection ends, its last counters.
public final class KernelSampler: Sendable {
    private struct Outcome {
        var isStopping = false
        var failure: (any Error)?
    }

    private let host: HostName?
    private let interval: Int64
    private let isCompleteUpTo: @Sendable (Timestamp) -> Void
    private let sink: @Sendable (KernelEvent) -> Void
    private let outcome = Mutex(Outcome())
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts, and returns once no connection's end can be missed.
    ///
    /// - Parameters:
    ///   - host: named in the events; nil where there is one host alone.
    ///   - namespace: the host's.
    ///   - milliseconds: between two questions, at least 1. A connection that lives shorter is told of at its end alone.
    ///   - isCompleteUpTo: is told a moment before which all was handed over, on the sampler's thread.
    ///   - sink: is handed each event, there too.
    /// - Throws: `NetlinkError`, `PrivateNetworkError` or `ThreadError`.
    public init(
        host: HostName?, in namespace: NetworkNamespace, every milliseconds: Int,
        isCompleteUpTo: @escaping @Sendable (Timestamp) -> Void = { _ in },
        sink: @escaping @Sendable (KernelEvent) -> Void
    ) throws {
        self.host = host
        self.isCompleteUpTo = isCompleteUpTo
        self.sink = sink
        interval = Int64(max(1, milliseconds)) * 1_000_000
        let isReady = DispatchSemaphore(value: 0)
        _ = try SystemThread { [self] in
            do {
                try namespace.enter()
                let diagnosis = try SocketDiagnosis()
                let obituaries = try SocketObituaries()
                isReady.signal()
                try watch(diagnosis, obituaries)
            } catch {
                outcome.withLock { $0.failure = error }
                isReady.signal()
            }
            // Nothing more will come.
            isCompleteUpTo(Timestamp(nanosecondsSinceEpoch: .max))
            hasEnded.signal()
        }
        isReady.wait()
        if let failure = outcome.withLock({ $0.failure }) { throw failure }
    }

    /// Asks once more, tells what changed, and ends.
    ///
    /// - Returns: why it ended before its time; nil where it did not.
    public func stop() -> (any Error)? {
        outcome.withLock { $0.isStopping = true }
        hasEnded.wait()
        hasEnded.signal()
        return outcome.withLock { $0.failure }
    }

    private func watch(
        _ diagnosis: consuming SocketDiagnosis, _ obituaries: consuming SocketObituaries
    ) throws(NetlinkError) {
        var diagnosis = diagnosis
        var changes = SampleChanges()
        var due = Timestamp.now
        var isLast = false
        while !isLast {
            isLast = outcome.withLock { $0.isStopping }
            for sample in try obituaries.take() { tell(changes.end(sample), .end) }
            if isLast || due <= .now {
                for sample in changes.changed(try diagnosis.connections()) { tell(sample, .periodic) }
                due = Timestamp(nanosecondsSinceEpoch: Timestamp.now.nanosecondsSinceEpoch + interval)
            }
            isCompleteUpTo(.now)
            if !isLast { _ = wirewatch_wait_readable(obituaries.descriptor, max(0, Timestamp.now.distance(to: due))) }
        }
    }

    private func tell(_ sample: KernelSample, _ occasion: KernelEvent.Occasion) {
        sink(KernelEvent(host: host, occasion: occasion, timestamp: sample.timestamp, answer: .connection(sample)))
    }
}
