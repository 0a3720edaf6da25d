import FlowAnalysis
import PacketDecode
import Testing

/// A connection of made-up segments, shown to a flow table and to an HTTP watch, and what was said of it.
/// A class, for both have one owner, and `#expect` copies what it is called on.
final class HTTPFeed {
    enum Side { case client, server }

    private var table = FlowTable(limit: 4096)
    private var watch: HTTPWatch
    private var frameNumber: UInt64 = 0
    private var next: (client: UInt32, server: UInt32) = (1, 1)
    var clientPort: UInt16 = 40_000 { didSet { next = (1, 1) } }
    /// What was said, as text.
    private(set) var said: [String] = []
    private(set) var events: [HTTPEvent] = []
    /// Octets that are captured of a frame.
    var snapshotLength = Int.max

    init(limit: Int = 16) { watch = HTTPWatch(limit: limit) }

    var conversationCount: Int { watch.conversationCount }

    /// Sends text in segments of at most `size` octets.
    func send(_ side: Side, _ text: String, size: Int = 1448) { send(side, Array(text.utf8), size: size) }

    func send(_ side: Side, _ octets: [UInt8], size: Int = 1448) {
        var rest = octets[...]
        while !rest.isEmpty {
            segment(side, at: side == .client ? next.client : next.server, Array(rest.prefix(size)))
            advance(side, UInt32(min(size, rest.count)))
            rest = rest.dropFirst(size)
        }
    }

    /// Passes over octets that nobody captured.
    func lose(_ side: Side, _ count: UInt32) { advance(side, count) }

    /// Ends a side's stream.
    func finish(_ side: Side) {
        segment(side, at: side == .client ? next.client : next.server, [], .fin)
        advance(side, 1)
    }

    func reset(_ side: Side) { segment(side, at: side == .client ? next.client : next.server, [], .rst) }

    /// Acknowledges all that the other side has sent.
    func acknowledge(_ side: Side) { segment(side, at: side == .client ? next.client : next.server, []) }

    private func advance(_ side: Side, _ count: UInt32) {
        if side == .client { next.client &+= count } else { next.server &+= count }
    }

    /// Sends a segment at a place of its own.
    func segment(_ side: Side, at sequence: UInt32, _ octets: [UInt8], _ flags: TCPFlags = []) {
        let isClient = side == .client
        let header = TCPHeader(
            sourcePort: isClient ? clientPort : 8080, destinationPort: isClient ? 8080 : clientPort,
            sequenceNumber: SequenceNumber(rawValue: sequence),
            acknowledgmentNumber: SequenceNumber(rawValue: isClient ? next.server : next.client),
            flags: flags.union(.ack), window: 1000)
        let (client, server) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
        let network = IPv4Header(
            source: isClient ? client : server, destination: isClient ? server : client, identification: 0)
        let whole = FrameBuilder(
            link: .none, network: .ipv4(network), transport: .tcp(header, options: []), payload: octets
        ).encode()
        let frame = Array(whole.prefix(snapshotLength))
        frameNumber += 1
        let info = FrameInfo(
            number: frameNumber, timestamp: Timestamp(nanosecondsSinceEpoch: Int64(frameNumber) * 1_000_000),
            capturedLength: frame.count, originalLength: whole.count)
        let packet = PacketDecoder(linkType: .raw).decode(frame.span, originalLength: whole.count)
        guard let observation = table.observe(packet, info) else { return }
        let events = watch.observe(packet, frame.span, observation)
        self.events += events
        said += events.map(Self.text)
    }

    private static func text(_ event: HTTPEvent) -> String {
        func words(_ framing: HTTPFraming) -> String {
            switch framing {
            case .none: "none"
            case .length(let length): "length \(length)"
            case .chunked: "chunked"
            case .untilClose: "until close"
            case .tunnel: "tunnel"
            }
        }
        switch event {
        case .head(let head):
            let start =
                switch head.startLine {
                case .request(let method, let target, _):
                    String(decoding: method, as: UTF8.self) + " " + String(decoding: target, as: UTF8.self)
                case .response(let status): "\(status)"
                }
            return "\(head.exchange) \(start) \(words(head.framing))" + (head.isPipelined ? " pipelined" : "")
        case .end(let end): return "\(end.exchange) end \(end.bodyLength)" + (end.isComplete ? "" : " cut")
        case .fault(let fault): return "fault \(fault.rawValue)"
        }
    }
}
