import FlowAnalysis
import PacketDecode
import SocketEvents
import Timeline

/// A small timeline of two hosts and a link, made by hand: frames go through a flow table at each end, as live ones do.
struct TwoHosts: Sendable {
    static let addressA = IPv4Address(10, 7, 0, 1)
    static let addressB = IPv4Address(10, 7, 0, 2)
    static let hosts: [IPAddress: HostName] = [.v4(addressA): .a, .v4(addressB): .b]

    /// A frame as the capture at a host holds it; its place in the array is its identity.
    private struct Frame {
        let host: HostName
        let time: Timestamp
        let bytes: [UInt8]
    }

    private struct Verdict {
        let source: HostName
        let fate: FrameFate
        let sent: Int
        let delivered: [Int]
    }

    private var others: [TimelineEntry] = []
    private var frames: [Frame] = []
    private var verdicts: [Verdict] = []
    private var linkCounts: [HostName: UInt64] = [.a: 0, .b: 0]

    /// What the link does to a frame; times are milliseconds after its start.
    enum Fate {
        case delivered(after: Double)
        case doubled(after: Double, again: Double)
        case overtaken(after: Double)
        case corrupted(after: Double)
        case dropped(FrameFate.DropCause)
    }

    static func time(_ milliseconds: Double) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: 1_764_000_000_000_000_000 + Int64(milliseconds * 1e6))
    }

    mutating func call(
        _ call: SocketCall, _ role: SocketRole, at milliseconds: Double, peer: Endpoint? = nil, octets: Int? = nil,
        failure: SocketError? = nil
    ) {
        let time = Self.time(milliseconds)
        let event = SocketEvent(
            role: role, call: call, manner: .blocking, start: time, end: time,
            local: Endpoint(address: .v4(role == .client ? Self.addressA : Self.addressB), port: 7000), peer: peer,
            octets: octets, failure: failure)
        others.append(TimelineEntry(event, host: role == .client ? .a : .b))
    }

    mutating func sample(
        _ host: HostName, at milliseconds: Double, window: UInt32, threshold: UInt32, retransmissions: UInt32 = 0,
        inFlight: UInt32 = 0
    ) {
        var info = TCPInfo()
        info.congestionWindow = window
        info.slowStartThreshold = threshold
        info.retransmissionTimeout = 204_000
        info.totalRetransmissions = retransmissions
        info.unacknowledged = inFlight
        let ends = (
            Endpoint(address: .v4(Self.addressA), port: 40000), Endpoint(address: .v4(Self.addressB), port: 7000)
        )
        let sample = KernelSample(
            timestamp: Self.time(milliseconds), local: host == .a ? ends.0 : ends.1, peer: host == .a ? ends.1 : ends.0,
            info: info)
        others.append(
            TimelineEntry(
                KernelEvent(
                    host: host, occasion: .periodic, timestamp: sample.timestamp, answer: .connection(sample))))
    }

    mutating func segment(
        from host: HostName, at milliseconds: Double, _ flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32 = 0,
        options: [TCPOption] = [], length: Int = 0, _ fate: Fate
    ) {
        let isFromA = host == .a
        let header = TCPHeader(
            sourcePort: isFromA ? 40000 : 7000, destinationPort: isFromA ? 7000 : 40000,
            sequenceNumber: SequenceNumber(rawValue: sequence),
            acknowledgmentNumber: SequenceNumber(rawValue: acknowledgment), flags: flags, window: 502)
        let bytes = FrameBuilder(
            link: .ethernet(
                EthernetHeader(
                    destination: MACAddress(rawValue: isFromA ? 2 : 1), source: MACAddress(rawValue: isFromA ? 1 : 2),
                    typeOrLength: 0)),
            network: .ipv4(
                IPv4Header(
                    source: isFromA ? Self.addressA : Self.addressB,
                    destination: isFromA ? Self.addressB : Self.addressA, protocol: .tcp,
                    identification: UInt16(100 + frames.count))),
            transport: .tcp(header, options: TCPOption.encoded(options)),
            payload: [UInt8](repeating: 0x61, count: length)
        ).encode()
        send(bytes, from: host, at: milliseconds, length > 0 ? .dataSegment : .emptySegment, fate)
    }

    private mutating func send(
        _ bytes: [UInt8], from host: HostName, at milliseconds: Double, _ kind: FrameKind, _ fate: Fate
    ) {
        let sent = capture(bytes, at: host, Self.time(milliseconds))
        let entered = milliseconds + 0.01
        linkCounts[host, default: 0] += 1
        var arrivals: [Double] = []
        let verdict: FrameFate.Verdict
        switch fate {
        case .delivered(let after):
            arrivals = [milliseconds + after]
            verdict = .delivered(first: Self.time(milliseconds + after), second: nil)
        case .doubled(let after, let again):
            arrivals = [milliseconds + after, milliseconds + again]
            verdict = .delivered(first: Self.time(milliseconds + after), second: Self.time(milliseconds + again))
        case .overtaken(let after):
            arrivals = [milliseconds + after]
            verdict = .overtaken(at: Self.time(milliseconds + after))
        case .corrupted(let after):
            arrivals = [milliseconds + after]
            verdict = .corrupted(at: Self.time(milliseconds + after))
        case .dropped(let cause): verdict = .dropped(cause)
        }
        let delivered = arrivals.map { capture(bytes, at: host.peer, Self.time($0)) }
        let whole = FrameFate(number: linkCounts[host] ?? 0, kind: kind, arrival: Self.time(entered), verdict: verdict)
        verdicts.append(Verdict(source: host, fate: whole, sent: sent, delivered: delivered))
    }

    private mutating func capture(_ bytes: [UInt8], at host: HostName, _ time: Timestamp) -> Int {
        frames.append(Frame(host: host, time: time, bytes: bytes))
        return frames.count - 1
    }

    private static func decode(_ bytes: [UInt8]) -> DecodedPacket {
        PacketDecoder(linkType: .ethernet).decode(bytes.span, originalLength: bytes.count)
    }

    /// The entries in the order of their times.
    var sorted: [TimelineEntry] {
        var window = TimelineWindow(length: 0)
        for entry in others { window.insert(entry) }
        var numbers: [Int: UInt64] = [:]
        for host in HostName.allCases {
            var flows = FlowTable()
            let captured = frames.indices.filter { frames[$0].host == host }
                .sorted { frames[$0].time < frames[$1].time }
            for (place, index) in captured.enumerated() {
                let frame = frames[index]
                numbers[index] = UInt64(place + 1)
                let info = FrameInfo(
                    number: UInt64(place + 1), timestamp: frame.time, capturedLength: frame.bytes.count,
                    originalLength: frame.bytes.count)
                let packet = Self.decode(frame.bytes)
                let event = PacketEvent(
                    info: info, linkType: .ethernet, packet: packet, bytes: frame.bytes,
                    flow: flows.observe(packet, info), host: host)
                window.insert(TimelineEntry(event))
            }
        }
        for verdict in verdicts {
            let bytes = frames[verdict.sent].bytes
            let event = LinkEvent(
                source: verdict.source, fate: verdict.fate, packet: Self.decode(bytes), bytes: bytes,
                sentFrame: numbers[verdict.sent], deliveredFrames: verdict.delivered.compactMap { numbers[$0] })
            window.insert(TimelineEntry(event))
        }
        var sorted: [TimelineEntry] = []
        window.releaseAll { sorted.append($0) }
        return sorted
    }

    /// A handshake, three segments of which the link drops one, its resend after a timeout, an acknowledgment lost.
    static let aLostSegment: TwoHosts = {
        var story = TwoHosts()
        let server = Endpoint(address: .v4(addressB), port: 7000)
        let handshake: [TCPOption] = [.maximumSegmentSize(1460), .sackPermitted, .noOperation, .windowScale(7)]
        story.call(.connect, .client, at: 0, peer: server)
        story.segment(from: .a, at: 0.05, .syn, sequence: 1000, options: handshake, .delivered(after: 10))
        story.segment(
            from: .b, at: 10.1, [.syn, .ack], sequence: 5000, acknowledgment: 1001, options: handshake,
            .delivered(after: 10))
        story.segment(from: .a, at: 20.15, .ack, sequence: 1001, acknowledgment: 5001, .delivered(after: 10))
        story.call(.send, .client, at: 20.2, octets: 3000)
        story.sample(.a, at: 20.3, window: 10, threshold: 0x7FFF_FFFF)
        story.segment(
            from: .a, at: 20.4, .ack, sequence: 1001, acknowledgment: 5001, length: 1000, .delivered(after: 10))
        story.segment(
            from: .a, at: 20.45, .ack, sequence: 2001, acknowledgment: 5001, length: 1000, .dropped(.rule(1)))
        story.segment(
            from: .a, at: 20.5, [.psh, .ack], sequence: 3001, acknowledgment: 5001, length: 1000,
            .doubled(after: 10, again: 12))
        story.call(
            .accept, .server, at: 30.2, peer: Endpoint(address: .v4(addressA), port: 40000))
        story.segment(from: .b, at: 30.5, .ack, sequence: 5001, acknowledgment: 2001, .dropped(.loss))
        let block = SACKBlock(
            leftEdge: SequenceNumber(rawValue: 3001), rightEdge: SequenceNumber(rawValue: 4001))
        var blocks = BoundedArray<4, SACKBlock>(filler: block)
        blocks.append(block)
        story.segment(
            from: .b, at: 30.6, .ack, sequence: 5001, acknowledgment: 2001, options: [.sack(blocks)],
            .delivered(after: 10))
        story.segment(
            from: .a, at: 230.7, .ack, sequence: 2001, acknowledgment: 5001, length: 1000, .delivered(after: 10))
        story.sample(.a, at: 230.8, window: 1, threshold: 7, retransmissions: 1)
        story.sample(.a, at: 230.9, window: 1, threshold: 7, retransmissions: 1)
        story.call(.receive, .server, at: 240.8, octets: 3000)
        story.segment(from: .b, at: 240.9, .ack, sequence: 5001, acknowledgment: 4001, .delivered(after: 10))
        return story
    }()
}
