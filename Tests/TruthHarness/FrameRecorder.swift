import Dispatch
import Lab
import PacketCapture
import PacketDecode
import Synchronization
import TrafficBlocking

/// A capture on a thread of its own that keeps every frame in memory.
final class FrameRecorder: Sendable {
    struct Recording: Sendable {
        var packets: [CapturedPacket] = []
        var droppedByKernel: UInt64 = 0
        var failure: String?
    }

    private let stopper: CaptureStopper
    private let recording = Mutex(Recording())
    private let isOpen = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts on an interface of `namespace`, or of the caller's; returns once no frame can be missed.
    init(interface: String, in namespace: NetworkNamespace? = nil, savefile: String?) throws {
        stopper = try CaptureStopper()
        _ = try SystemThread { [self] in
            do {
                try namespace?.enter()
                try record(interface: interface, savefile: savefile)
            } catch {
                recording.withLock { $0.failure = "\(error)" }
            }
            isOpen.signal()
            hasEnded.signal()
        }
        isOpen.wait()
    }

    private func record(interface: String, savefile: String?) throws {
        var capture = try LiveCapture(interface: interface, stopper: stopper)
        let linkType = capture.linkType
        var writer: SavefileWriter?
        if let savefile { writer = try SavefileWriter(path: savefile, linkType: linkType) }
        isOpen.signal()
        var outcome = LiveCapture.Outcome.frames(0)
        while outcome != .stopped {
            outcome = try capture.receive { info, bytes in
                try writer?.write(info, bytes)
                let packet = CapturedPacket(info: info, bytes: bytes.indices.map { bytes[$0] }, linkType: linkType)
                recording.withLock { $0.packets.append(packet) }
            }
        }
        try writer?.close()
        let statistics = try capture.statistics()
        recording.withLock { $0.droppedByKernel = statistics.droppedByKernel }
    }

    /// Ends the capture, with all frames that came before.
    func stop() -> Recording {
        stopper.stop()
        hasEnded.wait()
        hasEnded.signal()
        return recording.withLock { $0 }
    }
}
