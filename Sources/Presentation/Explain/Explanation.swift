public import FlowAnalysis
public import PacketDecode

/// All that a frame says, field by field, with the octets that say it.
public struct Explanation: Sendable {
    /// From the outermost layer inwards, then what was worked out: the flow, the labels, the stop.
    public private(set) var sections: [ExplainedSection] = []
    /// The frame's octets, which the fields' ranges are into.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - packet: the packet that `bytes` was decoded into.
    ///   - flow: what its flow says of it, from a reading of the capture up to here.
    public init(
        _ info: FrameInfo, _ linkType: LinkType, _ packet: DecodedPacket, _ bytes: [UInt8], flow: FlowObservation?
    ) {
        self.bytes = bytes
        sections.append(Self.frame(info, linkType))
        explain(packet, linkType, depth: 0)
        if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes.span) { explain(quoted, nil, depth: 1) }
        if let flow { sections.append(Self.flow(flow)) }
        if let segment = flow?.tcp {
            for label in segment.labels.elements { sections.append(Self.label(label)) }
            for revision in segment.revisions.elements { sections.append(Self.told(revision)) }
        }
    }

    /// Adds what a later frame tells of this one's labels.
    public mutating func add(_ revision: LabelRevision) { sections.append(Self.revision(revision)) }

    mutating func add(_ section: ExplainedSection) { sections.append(section) }

    private mutating func explain(_ packet: DecodedPacket, _ linkType: LinkType?, depth: Int) {
        let checksums = PacketDecoder.verifyChecksums(of: packet, bytes.span)
        var parts: [ExplainedSection] = []
        if linkType != nil { parts += link(packet) }
        parts += network(packet, checksums)
        parts += transport(packet, checksums)
        parts += payload(packet)
        if let stop = packet.stop { parts.append(Self.stop(stop, isQuotation: linkType == nil)) }
        for part in parts {
            var part = part
            part.depth = depth
            sections.append(part)
        }
    }

    private static func frame(_ info: FrameInfo, _ linkType: LinkType) -> ExplainedSection {
        var time = OutputBuffer(capacity: 64)
        time.append(utc: info.timestamp)
        var fields = [
            ExplainedField("number", value: "\(info.number)"),
            ExplainedField("time", value: String(decoding: time.bytes, as: UTF8.self)),
            ExplainedField("original length", value: octetsText(info.originalLength), meaning: "on the wire"),
            ExplainedField(
                "captured length", value: octetsText(info.capturedLength),
                meaning: info.isCut ? "the snapshot length cut the rest off" : "all of it"),
        ]
        fields.append(
            ExplainedField("link type", value: "\(linkType.rawValue)", meaning: linkType.name ?? "not decoded here"))
        return ExplainedSection("Frame \(info.number)", "", fields)
    }

    /// The section whose octets are shown as a dump.
    static let payloadTitle = "Payload"

    /// What is left behind the last header, as a dump; bounded by its renderer.
    private func payload(_ packet: DecodedPacket) -> [ExplainedSection] {
        guard packet.payloadLength > 0 || !packet.payload.isEmpty else { return [] }
        let missing = Int(packet.payloadLength) - packet.payload.count
        let field = ExplainedField(
            "octets", at: packet.payload, value: octetsText(packet.payloadLength),
            meaning: missing > 0 ? "\(packet.payload.count) of them are in this frame" : "")
        return [ExplainedSection(Self.payloadTitle, "", at: packet.payload, [field])]
    }

    private static func stop(_ stop: DecodeError, isQuotation: Bool) -> ExplainedSection {
        var words = OutputBuffer(capacity: 256)
        words.append(stop)
        let advice =
            isQuotation
            ? "an ICMP error quotes only the head of a packet"
            : stop.isCutBySnapshot
                ? "capture with a larger --snaplen to see the rest"
                : "what stands before it was decoded, what comes after is payload"
        return ExplainedSection(
            "Stop", "",
            [
                ExplainedField("layer", value: stop.layer.name, meaning: "starts at octet \(stop.offset)"),
                ExplainedField("reason", value: String(decoding: words.bytes, as: UTF8.self)),
                ExplainedField("means", value: advice),
            ])
    }

    private static func flow(_ flow: FlowObservation) -> ExplainedSection {
        var fields = [
            ExplainedField("number", value: "\(flow.flow)", meaning: flow.isFirst ? "this packet begins it" : ""),
            ExplainedField(
                "direction", value: flow.direction == .fromInitiator ? "from the initiator" : "from the responder"),
        ]
        if let segment = flow.tcp {
            let (first, end) = (segment.relativeSequenceNumber, segment.relativeSequenceEnd)
            fields.append(
                ExplainedField(
                    "relative sequence number", value: "\(first)",
                    meaning: end > first ? "takes \(first) up to, without, \(end)" : "takes no sequence space"))
            if let number = segment.relativeAcknowledgmentNumber {
                fields.append(
                    ExplainedField(
                        "relative acknowledgment", value: "\(number)", meaning: "the next octet it waits for"))
            }
            fields.append(
                ExplainedField(
                    "scaled window", value: segment.scaledWindow.map { octetsText($0) } ?? "unknown",
                    meaning: segment.scaledWindow == nil ? "the handshake, which agrees on the scale, was not seen" : ""
                ))
        }
        return ExplainedSection("Flow", "", fields)
    }
}
