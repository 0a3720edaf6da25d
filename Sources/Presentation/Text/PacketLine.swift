public import FlowAnalysis
public import PacketDecode

/// Packets as lines of text, one line a packet, in columns: number, time, source, destination, protocol, summary.
///
/// It is a state: columns grow with what they hold and never shrink, the time is counted from the first frame, and an
/// address too long for its column gets a name, which a line of its own gives before the first use.
public struct PacketLine: Sendable {
    /// Bytes that the longest line takes, with room to spare: every part is bounded, and what came off the wire stands
    /// in it as numbers and addresses only.
    static let capacity = 2048

    /// How lines are made.
    public struct Options: Sendable, Hashable {
        public var timeStyle: TimeStyle = .relative
        /// Nine decimals of a second in place of six.
        public var hasNanoseconds = false
        public var isColoured = false
        /// Long addresses in full, however wide the columns become.
        public var hasFullAddresses = false
        /// Columns of the terminal: what would pass it is folded below the summary. Nil: one line a packet, always.
        public var foldColumn: Int?

        public init() {}
    }

    public let options: Options
    /// The width of each of the two address columns.
    private var endpointWidth = 15
    private var timeWidth: Int
    private var protocolWidth = 4
    private var firstTime: Timestamp?
    private var previousTime: Timestamp?
    private var names = AddressNames()

    /// Longer protocol names stick out of their column and do not widen it.
    private static let widestProtocol = 8

    public init(_ options: Options = Options()) {
        self.options = options
        timeWidth =
            switch options.timeStyle {
            case .relative, .delta: 3
            case .epoch: 10
            case .utc: 20
            }
        timeWidth += options.hasNanoseconds ? 10 : 7
    }

    /// Appends the line of one packet, before it the names that it uses for the first time, and below it a line for each
    /// earlier frame whose label it revises, and for each message of HTTP.
    ///
    /// - Parameters:
    ///   - packet: the packet that `bytes` was decoded into.
    ///   - flow: what its flow says of it; nil for what is neither TCP nor UDP.
    ///   - checksums: whether the packet's checksums hold, where that was asked.
    ///   - http: what HTTP said with the packet.
    public mutating func append(
        _ info: FrameInfo, _ packet: DecodedPacket, _ bytes: Span<UInt8>, flow: FlowObservation?,
        checksums: ChecksumReport? = nil, http: [HTTPEvent] = [], to buffer: inout OutputBuffer
    ) {
        let ends = PacketEnds(packet)
        if ends.mayBeLong, !options.hasFullAddresses { introduce(ends, to: &buffer) }
        let numbers = SegmentNumbers(flow)
        let start = buffer.count
        var summaryColumn = 0
        buffer.append(upTo: Self.capacity) { line in
            putColumns(info, ends, packet, to: &line)
            summaryColumn = line.count
            line.putSummary(packet, bytes, numbers)
            line.putTail(packet)
            if let numbers, numbers.hasLabels { putLabels(flow, to: &line) }
            if let checksums { putChecksums(checksums, packet, to: &line) }
            if let stop = packet.stop { putStop(stop, to: &line) }
            line.put(UInt8(ascii: "\n"))
        }
        if let columns = options.foldColumn { fold(&buffer, from: start, columns, summaryColumn) }
        if let numbers, numbers.hasRevisions, let flow { appendRevisions(flow, to: &buffer) }
        if !http.isEmpty { appendHTTP(http, to: &buffer) }
    }

    // MARK: Columns

    @inline(__always)
    private mutating func putColumns(
        _ info: FrameInfo, _ ends: PacketEnds, _ packet: DecodedPacket, to line: inout Line
    ) {
        line.put(decimal: info.number, width: 5)
        line.put(UInt8(ascii: " "))
        let timeStart = line.count
        putTime(info.timestamp, to: &line)
        timeWidth = max(timeWidth, line.count - timeStart)
        line.put(UInt8(ascii: " "))
        let sourceStart = line.count
        put(ends.source, to: &line)
        widen(to: line.count - sourceStart)
        line.pad(to: sourceStart + endpointWidth)
        line.put(" > ")
        let destinationStart = line.count
        put(ends.destination, to: &line)
        widen(to: line.count - destinationStart)
        line.pad(to: destinationStart + endpointWidth)
        line.put(UInt8(ascii: " "))
        let protocolStart = line.count
        line.putProtocolName(packet)
        protocolWidth = max(protocolWidth, min(line.count - protocolStart, Self.widestProtocol))
        line.pad(to: protocolStart + protocolWidth)
        line.put(UInt8(ascii: " "))
    }

    /// Columns grow in steps, so that they settle soon.
    @inline(__always)
    private mutating func widen(to width: Int) {
        if width > endpointWidth { endpointWidth = (width + 2) / 3 * 3 }
    }

    @inline(__always)
    private mutating func putTime(_ time: Timestamp, to line: inout Line) {
        switch options.timeStyle {
        case .relative:
            let first = firstTime ?? time
            if firstTime == nil { firstTime = time }
            putSeconds(first.distance(to: time), to: &line)
        case .delta:
            putSeconds((previousTime ?? time).distance(to: time), to: &line)
            previousTime = time
        case .epoch: putSeconds(time.nanosecondsSinceEpoch, to: &line)
        case .utc:
            line.put(CivilTime(secondsSinceEpoch: time.seconds))
            putFraction(UInt64(time.subsecondNanoseconds), to: &line)
            line.put(UInt8(ascii: "Z"))
        }
    }

    @inline(__always)
    private func putSeconds(_ nanoseconds: Int64, to line: inout Line) {
        let magnitude = nanoseconds.magnitude
        let whole = magnitude / 1_000_000_000
        let fractionWidth = options.hasNanoseconds ? 10 : 7
        if nanoseconds < 0 {
            let digits = Line.digitCount(whole) + 1
            line.put(UInt8(ascii: " "), count: timeWidth - fractionWidth - digits)
            line.put(UInt8(ascii: "-"))
            line.put(decimal: whole)
        } else {
            line.put(decimal: whole, width: timeWidth - fractionWidth)
        }
        putFraction(magnitude - whole * 1_000_000_000, to: &line)
    }

    @inline(__always)
    private func putFraction(_ nanoseconds: UInt64, to line: inout Line) {
        line.put(UInt8(ascii: "."))
        if options.hasNanoseconds {
            line.put(padded: nanoseconds, 9)
        } else {
            line.put(sixDigits: UInt32(truncatingIfNeeded: nanoseconds / 1000))
        }
    }

    @inline(__always)
    private mutating func put(_ end: PacketEnds.End, to line: inout Line) {
        switch end {
        case .none: break
        case .link(let address): line.put(address)
        case .address(.v4(let address)): address.appendText(to: &line)
        case .endpoint(.v4(let address), let port):
            address.appendText(to: &line)
            line.put(UInt8(ascii: ":"))
            line.put(decimal: UInt64(port))
        case .address(.v6(let address)):
            if let name = names.name(of: address) { line.putName(name) } else { address.appendText(to: &line) }
        case .endpoint(.v6(let address), let port):
            if let name = names.name(of: address) {
                line.putName(name)
                line.put(UInt8(ascii: ":"))
                line.put(decimal: UInt64(port))
            } else {
                line.put(Endpoint(address: .v6(address), port: port))
            }
        }
    }

    // MARK: Names of long addresses

    private mutating func introduce(_ ends: PacketEnds, to buffer: inout OutputBuffer) {
        for end in [ends.source, ends.destination] {
            guard case .v6(let address) = end.ipAddress else { continue }
            guard let name = names.introduce(address) else { continue }
            buffer.append(upTo: Self.capacity) { line in
                if options.isColoured { line.put(Colour.dim.start) }
                line.put(UInt8(ascii: " "), count: 5 + 1 + timeWidth + 1)
                line.putName(name)
                line.put(" is ")
                address.appendText(to: &line)
                if options.isColoured { line.put(Colour.end) }
                line.put(UInt8(ascii: "\n"))
            }
        }
    }

    // MARK: What stands out

    /// The labels, as they stand on a packet's line, at the end of another one.
    func appendLabels(_ flow: FlowObservation?, to buffer: inout OutputBuffer) {
        buffer.append(upTo: Self.capacity) { putLabels(flow, to: &$0) }
    }

    /// A line of its own below a packet's, folded where lines are.
    @inline(never)
    func appendNote(_ colour: Colour, to buffer: inout OutputBuffer, _ fill: (inout OutputBuffer) -> Void) {
        let start = buffer.count
        let indent = 5 + 1 + timeWidth + 1
        for _ in 0..<indent { buffer.append(UInt8(ascii: " ")) }
        if options.isColoured { buffer.append(invisible: colour.start) }
        fill(&buffer)
        if options.isColoured { buffer.append(invisible: Colour.end) }
        buffer.append(UInt8(ascii: "\n"))
        if let columns = options.foldColumn { buffer.foldLine(from: start, columns: columns, indent: indent) }
    }

    @inline(never)
    private func putLabels(_ flow: FlowObservation?, to line: inout Line) {
        guard let labels = flow?.tcp?.labels else { return }
        for index in labels.indices {
            if options.isColoured { line.put(Colour.yellow.start) }
            line.put(UInt8(ascii: " "))
            line.put(labels[index], since: firstTime, showsFrame: true)
            if options.isColoured { line.put(Colour.end) }
        }
    }

    /// What the packet tells of earlier frames: a line for each, below its own.
    @inline(never)
    func appendRevisions(_ flow: FlowObservation, to buffer: inout OutputBuffer) {
        guard let revisions = flow.tcp?.revisions else { return }
        for index in revisions.indices { appendNote(.yellow, to: &buffer) { $0.append(revisions[index]) } }
    }

    /// What HTTP said with the packet: a line for each, below its own.
    @inline(never)
    func appendHTTP(_ events: [HTTPEvent], to buffer: inout OutputBuffer) {
        let indent = 5 + 1 + timeWidth + 1
        for event in events where event.hasLine {
            let start = buffer.count
            if options.isColoured { buffer.append(invisible: Colour.cyan.start) }
            for _ in 0..<indent { buffer.append(UInt8(ascii: " ")) }
            buffer.append(event)
            if options.isColoured { buffer.append(invisible: Colour.end) }
            buffer.endLine()
            if let columns = options.foldColumn { buffer.foldLine(from: start, columns: columns, indent: indent) }
        }
    }

    /// Checksums that do not hold. The others are as they should be, or are not there to be judged.
    private func putChecksums(_ report: ChecksumReport, _ packet: DecodedPacket, to line: inout Line) {
        guard report.network == .invalid || report.transport == .invalid else { return }
        if options.isColoured { line.put(Colour.red.start) }
        if report.network == .invalid { line.put(" [invalid IPv4 header checksum]") }
        if report.transport == .invalid {
            line.put(" [invalid ")
            line.putProtocolName(packet)
            line.put(" checksum]")
        }
        if options.isColoured { line.put(Colour.end) }
    }

    @inline(never)
    private func putStop(_ stop: DecodeError, to line: inout Line) {
        if options.isColoured { line.put(stop.isCutBySnapshot ? Colour.yellow.start : Colour.red.start) }
        line.put(" [")
        line.put(stop)
        line.put(UInt8(ascii: "]"))
        if options.isColoured { line.put(Colour.end) }
    }

    // MARK: Terminals

    /// The least width that is worth to be folded into, below the summary.
    private static let narrowestSummary = 40

    @inline(never)
    private func fold(_ buffer: inout OutputBuffer, from start: Int, _ columns: Int, _ summaryColumn: Int) {
        let isRoomy = columns - summaryColumn >= Self.narrowestSummary
        buffer.foldLine(from: start, columns: columns, indent: isRoomy ? summaryColumn : 5 + 1 + timeWidth + 1)
    }
}

extension Line {
    /// `host3`.
    fileprivate mutating func putName(_ number: UInt64) {
        put("host")
        put(decimal: number)
    }
}
