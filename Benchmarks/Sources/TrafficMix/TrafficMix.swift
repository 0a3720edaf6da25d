public import PacketDecode

/// Frames of made-up traffic on Ethernet: many exchanges at once, each with a state, so that sequence numbers, handshakes
/// and ends hold together.
///
/// Of the exchanges 80% are TCP (handshake with all its options, timestamps on nearly every segment, SACK blocks after 2%
/// of losses, a FIN from either side) and 20% UDP; 20% run over IPv6; 10% are tagged with a VLAN, a tenth of them twice.
/// 2% of data segments are sent again. An exchange takes a burst of 1 to 8 frames before another has its turn.
public struct TrafficMix {
    /// A frame's octets as far as the snapshot length keeps them.
    public struct Frame {
        public let info: FrameInfo
        public let bytes: [UInt8]
    }

    private var generator: SeededGenerator
    private var exchanges: [Exchange] = []
    private var current = 0
    private var burst = 0
    private var number: UInt64 = 0
    private var time: Int64 = 1_700_000_000_000_000_000
    private let snapshotLength: Int

    public init(seed: UInt64, concurrentExchanges: Int = 2_000, snapshotLength: Int = 200) {
        generator = SeededGenerator(seed: seed)
        self.snapshotLength = snapshotLength
        for index in 0..<max(1, concurrentExchanges) { exchanges.append(Exchange(index, &generator)) }
    }

    public mutating func next() -> Frame {
        if burst == 0 {
            current = Int.random(in: exchanges.indices, using: &generator)
            burst = Int.random(in: 1...8, using: &generator)
        }
        burst -= 1
        if exchanges[current].isOver { exchanges[current] = Exchange(current, &generator) }
        let whole = exchanges[current].next(&generator).encode()
        number += 1
        time += Int64.random(in: 200...20_000, using: &generator)
        let kept = min(whole.count, snapshotLength)
        return Frame(
            info: FrameInfo(
                number: number, timestamp: Timestamp(nanosecondsSinceEpoch: time), capturedLength: kept,
                originalLength: whole.count),
            bytes: Array(whole[..<kept]))
    }
}
