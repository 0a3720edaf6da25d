internal import Dispatch
internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// What the script of a lesson on two hosts acts on. The script runs on host A; parts of it may run on B.
final class LinkStage: Sendable {
    let hosts: LinkedHosts
    let feed: TimelineFeed
    /// Frames to wait for, by the host whose capture shows them.
    let atA: WireWatch
    let atB: WireWatch
    private let kernel: KernelWatch?

    /// - Parameters:
    ///   - feed: where the programs' calls and the kernel's answers go.
    ///   - atA: is shown each frame of host A's capture.
    ///   - atB: of host B's.
    init(hosts: LinkedHosts, feed: TimelineFeed, atA: WireWatch, atB: WireWatch) {
        (self.hosts, self.feed, self.atA, self.atB) = (hosts, feed, atA, atB)
        kernel = try? KernelWatch(feed)
    }

    /// A host's address with a port; the IPv6 one where so wanted.
    func address(of name: HostName, port: UInt16, isIPv6: Bool = false) -> SocketAddress {
        let host = hosts.host(name)
        return SocketAddress(Endpoint(address: isIPv6 ? .v6(host.ipv6) : .v4(host.ipv4), port: port))
    }

    /// Runs `body` on a thread of its own on a host.
    @discardableResult
    func start(on name: HostName, _ body: @escaping @Sendable () throws -> Void) throws -> StagePart {
        let part = StagePart()
        let namespace = hosts.host(name).namespace
        _ = try SystemThread {
            part.end(
                Result {
                    try namespace.enter()
                    try body()
                })
        }
        return part
    }

    /// Records what a socket's owner does onto the timeline.
    func recorder(_ role: SocketRole, manner: IOManner = .blocking) -> SocketEventRecorder {
        let feed = feed
        return SocketEventRecorder(role: role, manner: manner) { feed.push(TimelineEntry($0, host: role.home)) }
    }

    /// Listens on host B, accepts `count` clients one after the other, each served by `body` on a thread of its own, and
    /// returns once it listens. The part ends when all are served.
    ///
    /// - Parameters:
    ///   - patience: seconds after which a client must have been served.
    ///   - prepare: sets options of the listening socket, which accepted ones inherit.
    func serve(
        port: UInt16, isIPv6: Bool = false, clients count: Int = 1, patience: Int = 30,
        congestionControl: String = "reno",
        prepare: @escaping @Sendable (borrowing SocketDescriptor) throws(SocketError) -> Void = {
            _ throws(SocketError) in
        },
        _ body: @escaping @Sendable (borrowing TCPSocket) throws -> Void
    ) throws -> StagePart {
        let isListening = DispatchSemaphore(value: 0)
        let address = [address(of: .b, port: port, isIPv6: isIPv6)]
        let part = try start(on: .b) { [self] in
            defer { isListening.signal() }
            let listener = try TCPListener(on: address, recorder: recorder(.server)) {
                descriptor throws(SocketError) in
                try descriptor.setCongestionControl(congestionControl)
                try prepare(descriptor)
            }
            isListening.signal()
            var serving: [StagePart] = []
            for _ in 0..<count {
                guard let connection = try listener.accept() else { break }
                let handover = Handover(connection)
                serving.append(
                    try start(on: .b) {
                        guard let connection = handover.take() else { return }
                        do { try body(connection) } catch {
                            connection.close()
                            throw error
                        }
                        connection.close()
                    })
            }
            for part in serving { try part.wait(seconds: patience) }
        }
        isListening.wait()
        return part
    }

    /// Connects to host B from the calling thread's host.
    ///
    /// - Parameter prepare: sets options before the SYN is sent.
    func connect(
        port: UInt16, isIPv6: Bool = false, congestionControl: String = "reno",
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) -> TCPSocket {
        try TCPSocket(connectingTo: [address(of: .b, port: port, isIPv6: isIPv6)], recorder: recorder(.client)) {
            descriptor throws(SocketError) in
            // The machine's default may be bbr, whose pacing would blur the picture. Reno is always there.
            try descriptor.setCongestionControl(congestionControl)
            try prepare(descriptor)
        }
    }

    /// Asks the kernel about a connection every few milliseconds while `body` runs, and once more after it; what has changed
    /// goes onto the timeline.
    func watchingKernel<Value>(
        of connection: borrowing TCPSocket, _ role: SocketRole, _ body: () throws -> Value
    ) rethrows -> Value {
        let descriptor = connection.descriptor.rawValue
        kernel?.watch(descriptor, role, local: connection.local, peer: connection.peer)
        defer { kernel?.unwatch(descriptor) }
        return try body()
    }

    /// Waits until the other side has acknowledged all that this one sent, its FIN included: the kernel's counts are final
    /// then. Gives up after `seconds`.
    func awaitAllAcknowledged(_ connection: borrowing TCPSocket, seconds: Int = 10) {
        for _ in 0..<200 * seconds {
            guard let info = try? TCPInfo(of: connection.descriptor.rawValue) else { return }
            switch info.state {
            case .closed, .timeWait: return
            case .finWait2 where info.unacknowledged == 0: return
            default: usleep(5_000)
            }
        }
    }

    /// Puts an answer of the kernel's about a UDP socket onto the timeline.
    func record(
        _ memory: SocketMemoryInfo, of local: Endpoint, _ role: SocketRole, on occasion: KernelEvent.Occasion
    ) {
        let event = KernelEvent(
            role: role, host: role.home, occasion: occasion, timestamp: .now,
            answer: .datagramSocket(local: local, memory))
        feed.push(TimelineEntry(event))
    }

    /// Waits for a frame that was expected.
    ///
    /// - Throws: `LessonError.notSeen` with `what`, after `seconds`.
    @discardableResult
    func await(_ sighting: WireWatch.Sighting, _ what: String, seconds: Int = 5) throws(LessonError) -> PacketEvent {
        guard let event = sighting.wait(seconds: seconds) else { throw .notSeen(what) }
        return event
    }

    /// Lets time pass, so that a person can follow, or so that it is seen that nothing happens.
    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    func stopSampling() { kernel?.stop() }
}
