import FlowAnalysis
import PacketCapture
import PacketDecode
import Presentation

/// Where the frames of `read` and `capture` go: decoded, followed in their flows, shown, counted, and written on.
struct PacketOutput: ~Copyable {
    /// Why the output ends before its source does.
    enum End: Error {
        /// As many frames as were asked for.
        case enoughFrames
    }

    private var summary = PacketTotals()
    private let decoder: PacketDecoder
    private let format: Format
    private let countLimit: UInt64
    private let isQuiet: Bool
    private let verifiesChecksums: Bool
    private var line: PacketLine
    private var flows = FlowTable()
    private var web = HTTPWatch()
    private var output = BlockOutput()
    private var writer: SavefileWriter?
    /// Whether frames were passed over.
    private var hasHidden = false

    private enum Format { case text, json, none }

    /// - Throws: `CaptureError` where the file of `-w` cannot be made.
    init(_ options: PacketOutputOptions, linkType: LinkType, snapshotLength: Int) throws(CaptureError) {
        decoder = PacketDecoder(linkType: linkType)
        line = PacketLine(options.lineOptions)
        countLimit = options.count ?? .max
        let ownsStandardOutput = options.writePath != "-"
        format = !ownsStandardOutput ? .none : options.json ? .json : .text
        isQuiet = options.quiet
        verifiesChecksums = options.verifyChecksums
        writer =
            if let path = options.writePath {
                try SavefileWriter(path: path, linkType: linkType, snapshotLength: snapshotLength)
            } else {
                nil
            }
    }

    /// Takes one frame.
    ///
    /// - Throws: `End`, `BlockOutput.End`, or `CaptureError.writeFailed`.
    mutating func take(_ info: FrameInfo, _ bytes: Span<UInt8>) throws {
        try writer?.write(info, bytes)
        let packet = decoder.decode(bytes, originalLength: info.originalLength)
        summary.count(packet)
        if showsPackets { show(info, packet, bytes) }
        try output.writeFullBlock()
        if summary.frameCount >= countLimit { throw End.enoughFrames }
    }

    /// Takes a frame that is not to be shown, counted or written, for its flow's sake.
    mutating func passOver(_ info: FrameInfo, _ bytes: Span<UInt8>) {
        guard showsPackets else { return }
        hasHidden = true
        let packet = decoder.decode(bytes, originalLength: info.originalLength)
        guard let flow = flows.observe(packet, info, bytes) else { return }
        if !packet.isFragment {
            _ = web.observe(packet, bytes, flow)
        } else if let fragment = flows.latestFragment {
            _ = web.observe(fragment, flow)
        }
    }

    private var showsPackets: Bool { format != .none && !isQuiet }

    @inline(__always)
    private mutating func show(_ info: FrameInfo, _ packet: DecodedPacket, _ bytes: Span<UInt8>) {
        let flow = flows.observe(packet, info, bytes)
        let checksums = verifiesChecksums ? PacketDecoder.verifyChecksums(of: packet, bytes) : nil
        if packet.isFragment { return show(info, packet, bytes, fragmentOf: flow, checksums) }
        let http = if let flow { web.observe(packet, bytes, flow) } else { [HTTPEvent]() }
        if format == .json {
            output.buffer.appendJSON(
                info, decoder.linkType, packet, bytes, flow: flow, checksums: checksums, http: http)
        } else {
            line.append(info, packet, bytes, flow: flow, checksums: checksums, http: http, to: &output.buffer)
        }
    }

    @inline(never)
    private mutating func show(
        _ info: FrameInfo, _ packet: DecodedPacket, _ bytes: Span<UInt8>, fragmentOf flow: FlowObservation?,
        _ checksums: ChecksumReport?
    ) {
        guard let fragment = flows.latestFragment else { return }
        let http = if let flow { web.observe(fragment, flow) } else { [HTTPEvent]() }
        if format == .json {
            output.buffer.appendJSON(
                info, decoder.linkType, packet, bytes, flow: flow, checksums: checksums, http: http, fragment: fragment)
        } else {
            line.append(info, packet, bytes, fragment, flow: flow, checksums: checksums, http: http, to: &output.buffer)
        }
    }

    /// What is incomplete at the end. Where frames were hidden its own may be among them: then it is counted, and not shown.
    private mutating func showIncomplete() {
        guard showsPackets else { return }
        let incomplete = flows.finish()
        summary.fragments = flows.fragmentCounts
        guard !hasHidden else { return }
        for datagram in incomplete {
            if format == .json { output.buffer.appendJSON(datagram) } else { line.append(datagram, to: &output.buffer) }
        }
    }

    /// Hands what waits to the system: text always, and the file of `-w` with it.
    mutating func flush() throws {
        try output.flush()
        try writer?.flush()
    }

    /// Ends the output: what waits is written, the file of `-w` closed, and the summary said.
    ///
    /// - Parameter statistics: what a live capture says of frames that were dropped.
    mutating func close(_ statistics: CaptureStatistics? = nil) throws {
        summary.droppedByKernel = statistics?.droppedByKernel
        summary.droppedByInterface = statistics?.droppedByInterface
        showIncomplete()
        if format == .json { output.buffer.appendJSON(summary) }
        defer { StandardError.write(summary.line) }
        do {
            try output.flush()
        } catch BlockOutput.End.readerGone {
            // The file is still to be closed, and the program ends as it would have.
        }
        if let writer = writer.take() { try writer.close() }
    }
}
