public import SocketEvents
internal import Synchronization

/// What of an iperf3 client's UDP test has arrived, counted by the thread or task that receives, and read by the one that
/// answers the client's control connection.
public final class Iperf3Tally: Sendable {
    /// One stream's counts, by the address it comes from.
    struct Stream: Sendable, Hashable {
        var sender: SocketAddress
        /// Datagrams that arrived, the opening one not counted.
        var datagrams = 0
        /// Octets of them that the receive buffer took.
        var octets = 0
        /// The highest of the numbers that the client gives to its datagrams, from 1: as many were sent at least.
        var highestNumber = 0

        var lost: Int { max(0, highestNumber - datagrams) }
    }

    private struct State {
        /// Streams that the client said it would open; nil while no test runs.
        var expected: Int?
        var streams: [Stream] = []
        var areOpen: StopSignal?
    }

    private let state = Mutex(State())

    public init() {}

    /// Counts a datagram. Returns what must be sent back to its sender, where it opens a stream of the test.
    public func observe(_ datagram: ReceivedDatagram) -> [UInt8]? {
        guard let sender = datagram.sender else { return nil }
        return state.withLock { state in
            guard let expected = state.expected else { return nil }
            if datagram.datagramLength == 4, Self.openings.contains(datagram.content) {
                if !state.streams.contains(where: { $0.sender == sender }), state.streams.count < expected {
                    state.streams.append(Stream(sender: sender))
                }
                if state.streams.count == expected { state.areOpen?.stop() }
                return Self.openingAnswer
            }
            guard let index = state.streams.firstIndex(where: { $0.sender == sender }) else { return nil }
            state.streams[index].datagrams += 1
            state.streams[index].octets += datagram.content.count
            // Seconds, microseconds, then the datagram's number, each of four octets in network order.
            if datagram.content.count >= 12 {
                let number = datagram.content[8..<12].reduce(0) { $0 << 8 | Int($1) }
                state.streams[index].highestNumber = max(state.streams[index].highestNumber, number)
            }
            return nil
        }
    }

    /// Begins a test of `streams` streams; `areOpen` is said when all have opened. False while another test runs.
    func begin(streams: Int, areOpen: StopSignal) -> Bool {
        state.withLock { state in
            guard state.expected == nil else { return false }
            state = State(expected: streams, areOpen: areOpen)
            return true
        }
    }

    /// What has arrived so far.
    var streams: [Stream] { state.withLock { $0.streams } }

    /// Ends the test.
    func end() { state.withLock { $0 = State() } }

    /// What a client sends first on a stream, in its own byte order: 0x36373839, and 123456789 up to version 3.10.
    private static let openings: [[UInt8]] = [
        [0x39, 0x38, 0x37, 0x36], [0x36, 0x37, 0x38, 0x39], [0x15, 0xCD, 0x5B, 0x07], [0x07, 0x5B, 0xCD, 0x15],
    ]
    /// What it waits for: 987654321 in this machine's byte order, which every version takes.
    private static let openingAnswer = (0..<4).map { UInt8(truncatingIfNeeded: UInt32(987_654_321) >> (8 * $0)) }
}
