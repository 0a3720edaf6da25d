internal import FlowAnalysis

extension Explanation {
    /// What one label says, how it is known, and where that is laid down.
    static func label(_ label: SegmentLabel) -> ExplainedSection {
        var words = OutputBuffer(capacity: 256)
        words.append(label)
        var fields = [
            ExplainedField("what", value: String(decoding: words.bytes, as: UTF8.self)),
            ExplainedField("reason", value: label.reason.rawValue, meaning: label.kind.rule),
        ]
        if let evidence = label.evidence {
            fields.append(
                ExplainedField(
                    "evidence", value: "frame \(evidence.frame)",
                    meaning: label.kind == .retransmission ? "carried it first" : ""))
        }
        if label.kind.isResend {
            fields.append(ExplainedField("cause", value: label.cause.rawValue, meaning: label.cause.rule))
            fields.append(
                ExplainedField("cause reason", value: label.causeReason.rawValue, meaning: label.causeReason.rule))
            if let frame = label.causeEvidence {
                fields.append(
                    ExplainedField(
                        "told by", value: "frame \(frame)",
                        meaning: label.cause == .pathMTU ? "the ICMP error before it" : "the ACK before it"))
            }
            fields.append(
                ExplainedField(
                    "spurious", value: spuriousText(label.isSpurious),
                    meaning: label.isSpurious == true ? "it had been acknowledged" : ""))
        }
        return ExplainedSection("Label: \(label.kind.rawValue)", label.kind.reference, fields)
    }

    /// What a later frame says of a label of this frame: the old value and the new.
    static func revision(_ revision: LabelRevision) -> ExplainedSection {
        ExplainedSection(
            "Revised: \(revision.kind.rawValue)", revision.reason.reference,
            [
                ExplainedField("what", value: sentence(revision)),
                ExplainedField("spurious before", value: spuriousText(revision.wasSpurious)),
                ExplainedField("spurious now", value: spuriousText(revision.isSpurious)),
                ExplainedField("reason", value: revision.reason.rawValue, meaning: revision.reason.rule),
                ExplainedField("evidence", value: "frame \(revision.evidence)", meaning: "a later one"),
            ])
    }

    /// What this frame says of a label of an earlier one.
    static func told(_ revision: LabelRevision) -> ExplainedSection {
        ExplainedSection(
            "Revises frame \(revision.frame): \(revision.kind.rawValue)", revision.reason.reference,
            [
                ExplainedField("what", value: sentence(revision)),
                ExplainedField("spurious before", value: spuriousText(revision.wasSpurious)),
                ExplainedField("spurious now", value: spuriousText(revision.isSpurious)),
                ExplainedField("reason", value: revision.reason.rawValue, meaning: revision.reason.rule),
            ])
    }

    private static func sentence(_ revision: LabelRevision) -> String {
        var words = OutputBuffer(capacity: 256)
        words.append(revision)
        return String(decoding: words.bytes, as: UTF8.self)
    }

    private static func spuriousText(_ isSpurious: Bool?) -> String {
        switch isSpurious {
        case true: "yes"
        case false: "no"
        case nil: "unknown"
        }
    }
}
