public import FlowAnalysis
internal import PacketDecode

extension Explanation {
    /// Adds what this frame, a fragment, is to its datagram, as it was seen when the frame came.
    public mutating func add(_ fragment: FragmentObservation) {
        var fields: [ExplainedField] = []
        switch fragment.outcome {
        case .notFragment: return
        case .held: fields.append(ExplainedField("fate", value: "held", meaning: "it waits for the others"))
        case .duplicate:
            fields.append(ExplainedField("fate", value: "dropped", meaning: "its octets are there already"))
        case .refused(let fault):
            fields.append(ExplainedField("fate", value: "refused", meaning: fault.words))
        case .complete: fields.append(ExplainedField("fate", value: "the last one missing", meaning: ""))
        case .discarded(let datagram):
            fields.append(ExplainedField("fate", value: "ends its datagram", meaning: datagram.reason.words))
        }
        if let overlap = fragment.overlap {
            fields.append(
                ExplainedField(
                    "overlap", value: "\(overlap.start) up to, without, \(overlap.end)",
                    meaning: "\(octetsText(overlap.octetCount)) that were there, "
                        + "\(overlap.differingOctetCount) of them differ"))
        }
        add(ExplainedSection("Fragment", Self.reassemblyReference, fields))
        switch fragment.outcome {
        case .complete(let datagram): add(datagram)
        case .discarded(let datagram): add(datagram)
        case .notFragment, .held, .duplicate, .refused: break
        }
    }

    /// Adds the datagram that this frame is a fragment of.
    public mutating func add(_ datagram: ReassembledDatagram) {
        let whole = datagram.decode()
        var words = OutputBuffer(capacity: 256)
        words.appendProtocolName(whole)
        if let ports = whole.ports { words.append(" \(ports.source) > \(ports.destination),") }
        words.append(" ")
        words.appendSummary(whole, datagram.octets.span, flow: nil)
        var fields = [
            ExplainedField("fragments", value: Self.text(ofFrames: datagram.frames)),
            ExplainedField("whole", value: String(decoding: words.bytes, as: UTF8.self)),
            ExplainedField(
                "length", value: octetsText(datagram.originalLength),
                meaning: datagram.octets.count < datagram.originalLength
                    ? "with its IP header; \(datagram.octets.count) of them were captured" : "with its IP header"),
        ]
        if let verdict = PacketDecoder.verifyChecksums(of: whole, datagram.octets.span).transport {
            fields.append(ExplainedField("checksum of the whole", value: Self.words(for: verdict)))
        }
        add(ExplainedSection("Datagram", Self.reassemblyReference, fields + Self.fields(datagram.repetitions)))
    }

    /// Adds the datagram that this frame is a fragment of, which never came together.
    public mutating func add(_ datagram: AbandonedDatagram) {
        let fields = [
            ExplainedField("fragments", value: Self.text(ofFrames: datagram.frames)),
            ExplainedField("never complete", value: datagram.reason.rawValue, meaning: datagram.reason.words),
            ExplainedField(
                "octets", value: "\(datagram.octetCount)",
                meaning: datagram.dataLength.map { "of \($0)" } ?? "the last fragment, which tells how many, never came"
            ),
        ]
        add(ExplainedSection("Datagram", Self.reassemblyReference, fields + Self.fields(datagram.repetitions)))
    }

    private static let reassemblyReference = "RFC 791 §3.2, RFC 8200 §4.5"

    private static func text(ofFrames frames: [UInt64]) -> String {
        var words = OutputBuffer(capacity: 128)
        words.append(fragments: frames)
        return String(decoding: words.bytes, as: UTF8.self)
    }

    private static func fields(_ repetitions: FragmentRepetitions) -> [ExplainedField] {
        guard repetitions != FragmentRepetitions() else { return [] }
        return [
            ExplainedField(
                "came again", value: "\(repetitions.duplicates + repetitions.overlapping) fragments",
                meaning: "\(repetitions.overlapping) overlap others, "
                    + "\(octetsText(repetitions.differingOctetCount)) differ")
        ]
    }
}
