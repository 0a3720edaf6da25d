internal import CLinux
internal import Dispatch
internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// Asks the kernel of one host about all TCP connections there, again and again, and tells what has changed; and what it says
/// of each when it is over.
final class ConnectionSampler: Sendable {
    private let feed: TimelineFeed
    private let host: HostName
    private let isStopped = Mutex(false)
    private let hasEnded = DispatchSemaphore(value: 0)
    /// Nanoseconds between two questions.
    private static let interval: Int64 = 10_000_000

    init(of namespace: NetworkNamespace, _ host: HostName, feed: TimelineFeed) throws(ThreadError) {
        self.feed = feed
        self.host = host
        _ = try SystemThread { [self] in
            // Without answers of the kernel's the timeline has the rest.
            if (try? namespace.enter()) != nil { sample() }
            hasEnded.signal()
        }
    }

    /// Ends it, with the ends that were told before.
    func stop() {
        isStopped.withLock { $0 = true }
        hasEnded.wait()
        hasEnded.signal()
    }

    private func sample() {
        guard let questions = DiagnosisSocket(groups: 0), let ends = DiagnosisSocket(groups: DiagnosisSocket.ends)
        else {
            return
        }
        var last: [Pair: KernelWatch.Reading] = [:]
        var isLastRound = false
        while !isLastRound {
            isLastRound = isStopped.withLock { $0 }
            for connection in ends.receive(waitingAtMost: isLastRound ? 0 : Self.interval) {
                last[Pair(connection)] = nil
                tell(connection, .end)
            }
            var present: [Pair: KernelWatch.Reading] = [:]
            for connection in questions.connections() {
                let reading = KernelWatch.Reading(connection.info)
                present[Pair(connection)] = reading
                if reading != last[Pair(connection)] { tell(connection, .periodic) }
            }
            last = present
        }
    }

    private struct Pair: Hashable {
        let local: Endpoint
        let peer: Endpoint

        init(_ connection: ConnectionDiagnosis) {
            local = connection.local
            peer = connection.peer
        }
    }

    private func tell(_ connection: ConnectionDiagnosis, _ occasion: KernelEvent.Occasion) {
        let now = Timestamp.now
        let sample = KernelSample(
            timestamp: now, local: connection.local, peer: connection.peer, info: connection.info)
        let event = KernelEvent(host: host, occasion: occasion, timestamp: now, answer: .connection(sample))
        feed.push(TimelineEntry(event))
    }
}

/// A socket of NETLINK_SOCK_DIAG in the calling thread's network namespace. It is closed when its life ends.
private struct DiagnosisSocket: ~Copyable {
    /// The groups SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY, as bits.
    static let ends: UInt32 = 1 << 0 | 1 << 2
    private let descriptor: Int32

    init?(groups: UInt32) {
        let diagnosis: Int32 = 4  // NETLINK_SOCK_DIAG
        descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), diagnosis)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups
        let code = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bind(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// The connections of both families that are no listeners and not past their end.
    func connections() -> [ConnectionDiagnosis] {
        var found: [ConnectionDiagnosis] = []
        for family in [AF_INET, AF_INET6] {
            var message = NetlinkMessage(
                "list connections", type: ConnectionDiagnosis.messageType, flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
            // `struct inet_diag_req_v2`: family, protocol, wanted attributes (bit 1: INET_DIAG_INFO), padding, states, and
            // a socket's identity, which a dump passes over.
            message.append(octets: [UInt8(family), UInt8(IPPROTO_TCP), 1 << 1, 0])
            let unwanted = UInt32(1) << 6 | 1 << 7 | 1 << 10  // TIME_WAIT, CLOSE, LISTEN
            message.append(UInt32(0xFFF) & ~unwanted)
            message.append(octets: [UInt8](repeating: 0, count: 48))
            let octets = message.finished(sequenceNumber: 1)
            guard unsafe send(descriptor, octets, octets.count, 0) == octets.count else { continue }
            while let (connections, isLast) = receiveOnce() {
                found += connections
                if isLast { break }
            }
        }
        return found
    }

    /// What the kernel has told unasked; where that is nothing, waits for it so long.
    func receive(waitingAtMost nanoseconds: Int64) -> [ConnectionDiagnosis] {
        var found: [ConnectionDiagnosis] = []
        var wait = nanoseconds
        while wirewatch_wait_readable(descriptor, wait) > 0 {
            if let (connections, _) = receiveOnce() { found += connections }
            wait = 0
        }
        return found
    }

    private func receiveOnce() -> (connections: [ConnectionDiagnosis], isLast: Bool)? {
        var buffer = [UInt8](repeating: 0, count: 32768)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return ConnectionDiagnosis.parse(buffer.prefix(count))
    }
}
