internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Which of the kernel's answers are worth a line: of those that come again and again, the ones in which something
/// changed that a line shows.
struct ShownSamples: Sendable {
    private struct Connection: Hashable {
        let host: HostName?
        let local: Endpoint
        let peer: Endpoint
    }

    private struct Shown: Hashable {
        let congestionWindow: UInt32?
        let slowStartThreshold: UInt32?
        let retransmits: UInt8?
        let totalRetransmissions: UInt32?

        init(_ info: TCPInfo) {
            congestionWindow = info.congestionWindow
            slowStartThreshold = info.slowStartThreshold
            retransmits = info.retransmits
            totalRetransmissions = info.totalRetransmissions
        }
    }

    private var last: [Connection: Shown] = [:]
    /// Connections that are remembered; beyond it all are forgotten, and the next answer of each is news again.
    private static let limit = 1024

    mutating func isNews(_ event: KernelEvent) -> Bool {
        guard case .connection(let sample) = event.answer else { return true }
        let connection = Connection(host: event.host, local: sample.local, peer: sample.peer)
        let shown = Shown(sample.info)
        if last.count >= Self.limit { last.removeAll() }
        let isChanged = last.updateValue(shown, forKey: connection) != shown
        return isChanged || event.occasion != .periodic
    }
}
