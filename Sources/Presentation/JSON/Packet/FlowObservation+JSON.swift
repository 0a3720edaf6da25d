internal import FlowAnalysis
internal import PacketDecode

extension Line {
    /// The member `flow`, and for TCP the member `labels`, which stands at the packet's top level.
    mutating func putJSON(_ flow: FlowObservation) {
        object("flow") { line in
            line.member("flow", flow.flow)
            line.member("direction", flow.direction == .fromInitiator ? "fromInitiator" : "fromResponder")
            line.member("isFirst", flow.isFirst)
            if let segment = flow.tcp {
                line.member("relativeSequenceNumber", segment.relativeSequenceNumber)
                line.member("relativeSequenceEnd", segment.relativeSequenceEnd)
                line.member("relativeAcknowledgmentNumber", segment.relativeAcknowledgmentNumber)
                line.member("scaledWindow", segment.scaledWindow)
                line.member("senderState", segment.senderState.name)
                line.member("receiverState", segment.receiverState.name)
                if segment.isSecondSighting { line.member("isSecondSighting", true) }
            }
        }
        guard let segment = flow.tcp else { return }
        key("labels")
        beginArray()
        for index in segment.labels.indices { putJSON(segment.labels[index]) }
        endArray()
    }

    mutating func putJSON(_ label: SegmentLabel) {
        beginObject()
        member("label", label.kind.rawValue)
        member("reason", label.reason.rawValue)
        member("cause", label.cause.rawValue)
        member("causeReason", label.causeReason.rawValue)
        key("carries")
        beginArray()
        if label.carries.contains(.data) { value("data") }
        if label.carries.contains(.syn) { value("syn") }
        if label.carries.contains(.fin) { value("fin") }
        endArray()
        if label.kind.isResend { putSpurious(label.isSpurious) }
        if label.count > 0 { member("count", UInt32(label.count)) }
        if label.repeatedCount > 0 {
            member("firstRepeated", label.firstRepeated)
            member("repeatedEnd", label.repeatedEnd)
            member("repeatedCount", label.repeatedCount)
        }
        if let evidence = label.evidence {
            object("evidence") { line in
                line.member("frame", evidence.frame)
                line.member("timestamp", evidence.timestamp)
            }
        }
        member("causeFrame", label.causeEvidence)
        key("text")
        value { $0.put(label, since: nil, showsFrame: true) }
        endObject()
    }

    mutating func putSpurious(_ isSpurious: Bool?) {
        if let isSpurious {
            member("spurious", isSpurious)
        } else {
            member("spurious", "unknown")
        }
    }
}
