import PacketDecode

/// Frames of a few long TCP connections on Ethernet, as a capture of iperf3 at its sender's side has them: windows of full
/// segments, an ACK for each second one, a round trip later.
///
/// Of a thousand segments one is lost behind the point of capture: ACKs with a SACK block follow, and its resend. Segments
/// carry timestamps, and identifications that count up.
public struct BulkTransfers {
    private struct Transfer {
        let port: UInt16
        /// The sender's next number, the receiver's, and the first that was not acknowledged.
        var next: UInt32 = 1
        var received: UInt32 = 1
        /// A lost segment's number.
        var lost: UInt32?
        /// Segments of the window that the receiver has still to answer.
        var unanswered: [UInt32] = []
        var identification: UInt16 = 1
        /// Frames that are next to come.
        var waiting: [FrameBuilder] = []
    }

    private static let segmentSize: UInt32 = 1_448
    private static let windowInSegments = 40

    private var generator: SeededGenerator
    private var transfers: [Transfer] = []
    private var number: UInt64 = 0
    private var time: Int64 = 1_700_000_000_000_000_000
    private var current = 0
    private let snapshotLength: Int

    public init(seed: UInt64, connections: Int = 4, snapshotLength: Int = 200) {
        generator = SeededGenerator(seed: seed)
        self.snapshotLength = snapshotLength
        for index in 0..<max(1, connections) {
            var transfer = Transfer(port: 40_000 + UInt16(index))
            let options: [TCPOption] = [
                .maximumSegmentSize(1_460), .sackPermitted, .timestamps(TCPTimestamps(value: 1, echoReply: 0)),
                .noOperation, .windowScale(7),
            ]
            transfer.waiting = [
                Self.segment(&transfer, isFromSender: true, .syn, 0, 0, options: options),
                Self.segment(&transfer, isFromSender: false, [.syn, .ack], 0, 1, options: options),
                Self.segment(&transfer, isFromSender: true, .ack, 1, 1),
            ]
            transfers.append(transfer)
        }
    }

    public mutating func next() -> TrafficMix.Frame {
        if transfers[current].waiting.isEmpty {
            // Windows of the connections take turns.
            current = (current + 1) % transfers.count
            if transfers[current].waiting.isEmpty {
                var transfer = transfers[current]
                sendWindow(&transfer)
                transfers[current] = transfer
            }
            time += 1_000_000
        }
        let whole = transfers[current].waiting.removeFirst().encode()
        number += 1
        time += Int64.random(in: 500...12_000, using: &generator)
        let kept = min(whole.count, snapshotLength)
        return TrafficMix.Frame(
            info: FrameInfo(
                number: number, timestamp: Timestamp(nanosecondsSinceEpoch: time), capturedLength: kept,
                originalLength: whole.count),
            bytes: Array(whole[..<kept]))
    }

    /// Answers the window that was sent, and sends another one.
    private mutating func sendWindow(_ transfer: inout Transfer) {
        for (index, start) in transfer.unanswered.enumerated() {
            if let lost = transfer.lost {
                guard start != lost else { continue }
                let edge = SequenceNumber(rawValue: lost &+ Self.segmentSize)
                var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: edge, rightEdge: edge))
                blocks.append(
                    SACKBlock(leftEdge: edge, rightEdge: SequenceNumber(rawValue: start &+ Self.segmentSize)))
                transfer.waiting.append(
                    Self.segment(&transfer, isFromSender: false, .ack, 1, lost, options: [.sack(blocks)]))
            } else if index % 2 == 1 || index == transfer.unanswered.count - 1 {
                transfer.received = start &+ Self.segmentSize
                transfer.waiting.append(
                    Self.segment(&transfer, isFromSender: false, .ack, 1, transfer.received))
            }
        }
        if let lost = transfer.lost {
            transfer.waiting.append(
                Self.segment(&transfer, isFromSender: true, .ack, lost, 1, data: Int(Self.segmentSize)))
            transfer.waiting.append(Self.segment(&transfer, isFromSender: false, .ack, 1, transfer.next))
            transfer.received = transfer.next
            transfer.lost = nil
        }
        transfer.unanswered.removeAll(keepingCapacity: true)
        for index in 0..<Self.windowInSegments {
            // Not the last two, so that ACKs tell of it.
            if transfer.lost == nil, index < Self.windowInSegments - 2, generator.next() % 1000 == 0 {
                transfer.lost = transfer.next
            }
            transfer.unanswered.append(transfer.next)
            transfer.waiting.append(
                Self.segment(
                    &transfer, isFromSender: true, index % 10 == 9 ? [.psh, .ack] : .ack, transfer.next, 1,
                    data: Int(Self.segmentSize)))
            transfer.next &+= Self.segmentSize
        }
    }

    private static func segment(
        _ transfer: inout Transfer, isFromSender: Bool, _ flags: TCPFlags, _ start: UInt32, _ acknowledged: UInt32,
        data: Int = 0, options: [TCPOption] = []
    ) -> FrameBuilder {
        let sender = IPv4Address(10, 77, 0, 1)
        let receiver = IPv4Address(10, 77, 0, 2)
        transfer.identification &+= 1
        let clock = TCPTimestamps(value: start >> 12 &+ 1, echoReply: acknowledged >> 12)
        let header = TCPHeader(
            sourcePort: isFromSender ? transfer.port : 5_201, destinationPort: isFromSender ? 5_201 : transfer.port,
            sequenceNumber: SequenceNumber(rawValue: start),
            acknowledgmentNumber: SequenceNumber(rawValue: acknowledged), flags: flags,
            window: flags.contains(.syn) ? 64_240 : 24_571)
        let all = flags.contains(.syn) ? options : [.noOperation, .noOperation, .timestamps(clock)] + options
        return FrameBuilder(
            link: .ethernet(
                EthernetHeader(
                    destination: MACAddress(rawValue: 0x0200_0000_0001), source: MACAddress(rawValue: 0x0200_0000_0002),
                    typeOrLength: 0)),
            network: .ipv4(
                IPv4Header(
                    source: isFromSender ? sender : receiver, destination: isFromSender ? receiver : sender,
                    identification: transfer.identification)),
            transport: .tcp(header, options: TCPOption.encoded(all)), payload: [UInt8](repeating: 0x77, count: data))
    }
}
