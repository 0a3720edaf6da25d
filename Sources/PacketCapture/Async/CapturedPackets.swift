import Glibc
public import PacketDecode
import Synchronization

/// A live capture's packets as an asynchronous sequence, for one task to iterate.
///
///     let packets = try LiveCapture(interface: "lo").packets(bufferLimit: 4096)
///     for try await packet in packets { … }
///
/// A thread of its own takes the frames from the kernel and copies them into a buffer of at most `bufferLimit`. While
/// the buffer is full, frames are dropped and counted: `droppedCount`. The thread ends and the capture is closed when
/// the iterating task is cancelled, when `stop()` is called, or when the sequence and its iterator go out of use.
///
/// After `stop()` what was captured before is still delivered, then the sequence ends; after a cancellation it ends at
/// once.
public struct CapturedPackets: AsyncSequence, Sendable {
    /// A frame with its octets.
    public typealias Element = CapturedPacket
    /// What ends the sequence before its time.
    public typealias Failure = CaptureError

    let stream: AsyncStream<CapturedPacket>
    let pump: Pump

    /// The most packets that wait to be taken: with the snapshot length, the bound of the memory they take.
    public let bufferLimit: Int
    /// What the frames start with.
    public let linkType: LinkType

    /// Packets that were dropped because `bufferLimit` others waited to be taken. May be read at any time.
    public var droppedCount: Int { pump.droppedCount.load(ordering: .relaxed) }

    /// The capture's counters: a quarter of a second old at most while it runs, and final after its end.
    public var statistics: CaptureStatistics { pump.state.withLock { $0.statistics } }

    /// Ends the capture; may be called from any thread, and more than once.
    public func stop() { pump.stopper.stop() }

    /// The iterator over the frames, from the one that is next.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: stream.makeAsyncIterator(), pump: pump) }

    /// Hands frames out as they come.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: AsyncStream<CapturedPacket>.Iterator
        let pump: Pump

        /// The next packet; nil after the end of the capture.
        ///
        /// - Throws: what ended the capture, after the packets before it.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(CaptureError) -> CapturedPacket? {
            if let packet = await base.next(isolation: actor) { return packet }
            if let failure = pump.state.withLock({ $0.failure }), !Task.isCancelled { throw failure }
            return nil
        }
    }
}

extension LiveCapture {
    /// Hands the capture over to a thread of its own, which makes a sequence of it.
    ///
    /// - Parameter bufferLimit: the most packets that wait to be taken, at least 1.
    /// - Throws: `CaptureError.other` where the system has no thread left.
    public consuming func packets(bufferLimit: Int = 4096) throws(CaptureError) -> CapturedPackets {
        try CapturedPackets(self, bufferLimit: max(1, bufferLimit))
    }
}

extension CapturedPackets {
    fileprivate init(_ capture: consuming LiveCapture, bufferLimit: Int) throws(CaptureError) {
        let linkType = capture.linkType
        let pump = Pump(stopper: capture.stopper)
        // The oldest are kept: what is dropped is then the newest, in one run, and the kept ones have no holes.
        let (stream, continuation) = AsyncStream.makeStream(
            of: CapturedPacket.self, bufferingPolicy: .bufferingOldest(bufferLimit))
        continuation.onTermination = { [stopper = capture.stopper] _ in stopper.stop() }
        try Pump.start(Pump.Work(capture: capture, pump: pump, continuation: continuation))
        self.stream = stream
        self.pump = pump
        self.bufferLimit = bufferLimit
        self.linkType = linkType
    }

    /// What the thread and the sequence share.
    final class Pump: Sendable {
        struct State {
            var statistics = CaptureStatistics(received: 0, droppedByKernel: 0, droppedByInterface: 0)
            var failure: CaptureError?
        }

        let stopper: CaptureStopper
        let droppedCount = Atomic<Int>(0)
        let state = Mutex(State())

        init(stopper: CaptureStopper) { self.stopper = stopper }
    }
}

extension CapturedPackets.Pump {
    /// What the thread takes with it. It alone touches the capture, and closes it at its end.
    fileprivate final class Work {
        private var capture: LiveCapture
        private let pump: CapturedPackets.Pump
        private let continuation: AsyncStream<CapturedPacket>.Continuation

        private static let statisticsInterval = Duration.milliseconds(250)

        init(
            capture: consuming LiveCapture, pump: CapturedPackets.Pump,
            continuation: AsyncStream<CapturedPacket>.Continuation
        ) {
            self.capture = capture
            self.pump = pump
            self.continuation = continuation
        }

        func run() {
            do {
                try pumpFrames()
            } catch {
                let failure = error as? CaptureError ?? .other(operation: "capture", message: "\(error)")
                pump.state.withLock { $0.failure = failure }
            }
            noteStatistics()
            continuation.finish()
        }

        private func pumpFrames() throws {
            let linkType = capture.linkType
            var due = ContinuousClock.now.advanced(by: Self.statisticsInterval)
            while true {
                let outcome = try capture.receive(until: due) { [pump, continuation] info, bytes in
                    let copy = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
                    let packet = CapturedPacket(info: info, bytes: copy, linkType: linkType)
                    if case .dropped = continuation.yield(packet) {
                        pump.droppedCount.add(1, ordering: .relaxed)
                    }
                }
                switch outcome {
                case .frames: continue
                case .stopped: return
                case .timedOut:
                    noteStatistics()
                    due = ContinuousClock.now.advanced(by: Self.statisticsInterval)
                }
            }
        }

        private func noteStatistics() {
            guard let statistics = try? capture.statistics() else { return }
            pump.state.withLock { $0.statistics = statistics }
        }
    }

    fileprivate static func start(_ work: Work) throws(CaptureError) {
        let passed = unsafe Unmanaged.passRetained(work)
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, passed.toOpaque())
        guard status == 0 else {
            unsafe passed.release()
            throw .other(operation: "pthread_create", message: unsafe String(cString: strerror(status)))
        }
        _ = pthread_detach(thread)
    }
}
