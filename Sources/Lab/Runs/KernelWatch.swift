internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// Asks the kernel about connections again and again while their sockets are open, and tells what has changed.
final class KernelWatch: Sendable {
    private struct Watched {
        let descriptor: Int32
        let role: SocketRole
        let local: Endpoint
        let peer: Endpoint
        var last: Reading?
    }

    /// What makes an answer worth telling: the rest changes with every segment.
    struct Reading: Equatable {
        let state: TCPInfo.State?
        let congestionWindow: UInt32?
        let slowStartThreshold: UInt32?
        let retransmits: UInt8?
        let totalRetransmissions: UInt32?

        init(_ info: TCPInfo) {
            state = info.state
            congestionWindow = info.congestionWindow
            slowStartThreshold = info.slowStartThreshold
            retransmits = info.retransmits
            totalRetransmissions = info.totalRetransmissions
        }
    }

    private let feed: TimelineFeed
    private let watched = Mutex<[Watched]>([])
    private let isStopped = Mutex(false)
    /// Microseconds between two questions.
    private static let interval: UInt32 = 5_000

    init(_ feed: TimelineFeed) throws(ThreadError) {
        self.feed = feed
        _ = try SystemThread { [self] in
            while !isStopped.withLock({ $0 }) {
                ask(.periodic)
                usleep(Self.interval)
            }
        }
    }

    func stop() { isStopped.withLock { $0 = true } }

    /// Watches a connection until `unwatch`, before which its descriptor must not be closed.
    func watch(_ descriptor: Int32, _ role: SocketRole, local: Endpoint, peer: Endpoint) {
        watched.withLock {
            $0.append(Watched(descriptor: descriptor, role: role, local: local, peer: peer))
        }
    }

    /// Asks a last time and forgets the connection.
    func unwatch(_ descriptor: Int32) {
        ask(.end, of: descriptor)
        watched.withLock { $0.removeAll { $0.descriptor == descriptor } }
    }

    /// Asks about all connections, or one; tells what has changed, or where the occasion is another than `periodic`, all.
    func ask(_ occasion: KernelEvent.Occasion, of wanted: Int32? = nil) {
        // Inside the lock, so that a descriptor cannot be closed and given to another file meanwhile.
        let events: [KernelEvent] = watched.withLock { watched in
            watched.indices.compactMap { index in
                let connection = watched[index]
                guard wanted == nil || wanted == connection.descriptor,
                    let info = try? TCPInfo(of: connection.descriptor)
                else { return nil }
                let reading = Reading(info)
                if occasion == .periodic, reading == connection.last { return nil }
                watched[index].last = reading
                let now = Timestamp.now
                let sample = KernelSample(timestamp: now, local: connection.local, peer: connection.peer, info: info)
                return KernelEvent(
                    role: connection.role, host: connection.role.home, occasion: occasion, timestamp: now,
                    answer: .connection(sample))
            }
        }
        for event in events { feed.push(TimelineEntry(event)) }
    }
}
