internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline

/// What a lesson's script acts on: where its calls are recorded, and what it can wait for.
final class Stage: Sendable {
    /// Frames to wait for.
    let wire = WireWatch()
    let feed: TimelineFeed
    private let watched = Mutex<WatchedConnection?>(nil)

    private struct WatchedConnection {
        let descriptor: Int32
        let role: SocketRole
        let local: Endpoint
        let peer: Endpoint
    }

    init(feed: TimelineFeed) { self.feed = feed }

    /// Records what a socket's owner does onto the timeline.
    func recorder(_ role: SocketRole) -> SocketEventRecorder {
        let feed = feed
        return SocketEventRecorder(role: role, manner: .blocking) { feed.push(TimelineEntry($0)) }
    }

    /// Asks the kernel about the connection at each retransmission that the capture sees, while `body` runs; and once
    /// more after it. The descriptor must stay open that long.
    func watchingKernel<Failure: Error>(
        of descriptor: Int32, _ role: SocketRole, local: Endpoint, peer: Endpoint, _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        watched.withLock {
            $0 = WatchedConnection(descriptor: descriptor, role: role, local: local, peer: peer)
        }
        defer { watched.withLock { $0 = nil } }
        try body()
        askKernel(on: .end)
    }

    /// Asks the kernel about the watched connection, where there is one.
    func askKernel(on occasion: KernelEvent.Occasion) {
        // Inside the lock, so that the descriptor cannot be closed and given to another file meanwhile.
        let event: KernelEvent? = watched.withLock { watched in
            guard let watched, let info = try? TCPInfo(of: watched.descriptor) else { return nil }
            let now = Timestamp.now
            let sample = KernelSample(timestamp: now, local: watched.local, peer: watched.peer, info: info)
            return KernelEvent(role: watched.role, occasion: occasion, timestamp: now, answer: .connection(sample))
        }
        if let event { feed.push(TimelineEntry(event)) }
    }

    /// Puts an answer of the kernel's about a UDP socket onto the timeline.
    func record(
        _ memory: SocketMemoryInfo, of local: Endpoint, _ role: SocketRole, on occasion: KernelEvent.Occasion
    ) {
        let answer = KernelEvent.Answer.datagramSocket(local: local, memory)
        feed.push(TimelineEntry(KernelEvent(role: role, occasion: occasion, timestamp: .now, answer: answer)))
    }

    /// Waits for a frame that was expected.
    ///
    /// - Throws: `LessonError.notSeen` with `what`, after five seconds.
    @discardableResult
    func await(_ sighting: WireWatch.Sighting, _ what: String) throws(LessonError) -> PacketEvent {
        guard let event = sighting.wait(seconds: 5) else { throw .notSeen(what) }
        return event
    }

    /// Lets time pass, so that a person can follow, or so that it is seen that nothing happens.
    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}
