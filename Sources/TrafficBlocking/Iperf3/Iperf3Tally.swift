internal import PacketDecode
public import SocketEvents
internal import Synchronization

/// What of an iperf3 client's UDP test has arrived, counted by the thread or task that receives, and read by the one that
/// answers the client's control connection.
public final class Iperf3Tally: Sendable {
    private struct State {
        /// Streams that the client said it would open; nil while no test runs.
        var expected: Int?
        var width = DatagramNumber.Width.bits32
        /// Senders in the order in which they opened their streams.
        var senders: [SocketAddress] = []
        /// What has arrived of each, from its first numbered datagram on.
        var streams: [SocketAddress: DatagramStream] = [:]
        var areOpen: StopSignal?
    }

    private let state = Mutex(State())

    public init() {}

    /// Counts a datagram whose buffer held `octets` of it. Returns what must be sent back to its sender, where it opens a stream of
    /// the test.
    public func observe(_ datagram: ArrivedDatagram, _ octets: Span<UInt8>) -> [UInt8]? {
        guard let sender = datagram.sender else { return nil }
        return state.withLock { state in
            guard let expected = state.expected else { return nil }
            if datagram.datagramLength == 4, Self.isOpening(octets) {
                if !state.senders.contains(sender), state.senders.count < expected { state.senders.append(sender) }
                if state.senders.count == expected { state.areOpen?.stop() }
                return Self.openingAnswer
            }
            guard state.senders.contains(sender) else { return nil }
            state.streams[sender, default: DatagramStream(first: datagram.arrival, width: state.width)]
                .observe(octets, length: datagram.datagramLength, arrival: datagram.arrival)
            return nil
        }
    }

    /// Begins a test of `streams` streams, whose numbers are so wide; `areOpen` is said when all have opened. False while another
    /// test runs.
    func begin(streams: Int, width: DatagramNumber.Width, areOpen: StopSignal) -> Bool {
        state.withLock { state in
            guard state.expected == nil else { return false }
            state = State(expected: streams, width: width, areOpen: areOpen)
            return true
        }
    }

    /// What has arrived so far, in the order in which the streams opened; nil for one of which nothing has.
    var streams: [DatagramStream?] { state.withLock { state in state.senders.map { state.streams[$0] } } }

    /// Ends the test.
    func end() { state.withLock { $0 = State() } }

    /// What a client sends first on a stream, in its own byte order: 0x36373839, and 123456789 up to version 3.10.
    private static let openings: [[UInt8]] = [
        [0x39, 0x38, 0x37, 0x36], [0x36, 0x37, 0x38, 0x39], [0x15, 0xCD, 0x5B, 0x07], [0x07, 0x5B, 0xCD, 0x15],
    ]
    /// What it waits for: 987654321 in this machine's byte order, which every version takes.
    private static let openingAnswer = (0..<4).map { UInt8(truncatingIfNeeded: UInt32(987_654_321) >> (8 * $0)) }

    private static func isOpening(_ octets: Span<UInt8>) -> Bool {
        guard octets.count == 4 else { return false }
        return openings.contains { opening in opening.indices.allSatisfy { opening[$0] == octets[$0] } }
    }
}
