internal import CLinux
internal import Dispatch
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// One direction of the link at work, on a thread of its own: frames that come in at one interface are held or dropped,
/// and let out at another.
final class LinkRelay: Sendable {
    /// What happened in the direction.
    private struct Outcome {
        var tally = LinkTally()
        var failure: CaptureError?
    }

    private let stopper: CaptureStopper
    private let outcome = Mutex(Outcome())
    private let isOpen = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts between two interfaces of `namespace`, and returns once no frame can be missed.
    ///
    /// - Parameter observer: told of each frame as it is taken in, on the relay's thread.
    init(
        from source: String, to destination: String, in namespace: NetworkNamespace, _ impairment: LinkImpairment,
        rules: LinkRules, router: Router?, maximumTransmissionUnit: Int, seed: UInt64, source host: HostName,
        observer: LinkObserver?
    ) throws {
        stopper = try CaptureStopper()
        _ = try SystemThread { [self] in
            do {
                try namespace.enter()
                // Timers of a thread are 50 us late by default.
                wirewatch_sharpen_timers()
                var options = LiveCaptureOptions.ring(
                    frames: Self.ring, maximumTransmissionUnit: maximumTransmissionUnit)
                options.ignoresOutgoing = true
                try run(
                    LiveCapture(interface: source, options: options, stopper: stopper), to: destination,
                    LinkDirection(impairment, seed: seed, rules: rules, source: host, start: .now), router, host,
                    observer)
            } catch let error as CaptureError {
                outcome.withLock { $0.failure = error }
            } catch {
                outcome.withLock { $0.failure = .other(operation: "relay from \(source)", message: "\(error)") }
            }
            isOpen.signal()
            hasEnded.signal()
        }
        isOpen.wait()
        if let failure = outcome.withLock({ $0.failure }) { throw failure }
    }

    /// Ends the relay; frames that it still holds go with it.
    func stop() -> LinkTally {
        stopper.stop()
        hasEnded.wait()
        hasEnded.signal()
        return outcome.withLock { $0.tally }
    }

    private func run(
        _ capture: consuming LiveCapture, to destination: String, _ direction: consuming LinkDirection,
        _ router: Router?, _ host: HostName, _ observer: LinkObserver?
    ) throws {
        var direction = direction
        var capture = capture
        let sender = try FrameSender(interface: destination)
        // For a router's answers to those whose packets cannot cross.
        let answerer = try FrameSender(interface: capture.interface)
        let decoder = PacketDecoder(linkType: .ethernet)
        isOpen.signal()
        while !stopper.isStopped {
            let wait = direction.nextDue.map { max(0, Timestamp.now.distance(to: $0)) } ?? Self.idleWait
            if wait > 0 { _ = wirewatch_wait_readable(capture.fileDescriptor, min(wait, Self.idleWait)) }
            var fates: [FrameFate] = []
            var answers: [[UInt8]] = []
            _ = try capture.receive(until: .now) { info, bytes in
                let packet = decoder.decode(bytes)
                var refusal: FrameFate.DropCause?
                switch router?.admit(packet, bytes) ?? .passed {
                case .passed: break
                case .ignored: return
                case .tooBig(let answer):
                    refusal = .tooBig
                    if let answer { answers.append(answer) }
                case .expired(let answer):
                    refusal = .expired
                    if let answer { answers.append(answer) }
                }
                let fate = direction.take(packet, bytes, at: info.timestamp, refusal: refusal)
                fates.append(fate)
                observer?.taken(host, fate, packet, bytes.indices.map { bytes[$0] })
            }
            var departureCount = 0
            var failed: UInt64 = 0
            for answer in answers where !answerer.send(answer) { failed += 1 }
            while let departure = direction.release(now: .now) {
                let now = Timestamp.now
                let frames = router?.forward(decoder.decode(departure.bytes.span), departure.bytes) ?? [departure.bytes]
                var isWhole = true
                for frame in frames {
                    if sender.send(frame) {
                        observer?.departed(host, departure.number, frame, now)
                    } else {
                        failed += 1
                        isWhole = false
                    }
                }
                if isWhole { departureCount += 1 }
            }
            if !fates.isEmpty || departureCount > 0 || failed > 0 {
                outcome.withLock { outcome in
                    for fate in fates { outcome.tally.note(fate) }
                    outcome.tally.noteDeparted(departureCount)
                    outcome.tally.noteLostUnmeant(failed)
                }
            }
        }
        let statistics = try capture.statistics()
        outcome.withLock { $0.tally.noteLostUnmeant(statistics.droppedByKernel) }
    }

    /// Frames that the relay can be behind.
    private static let ring = 8192
    /// Nanoseconds after which an idle relay looks whether it should stop.
    private static let idleWait: Int64 = 5_000_000
}
