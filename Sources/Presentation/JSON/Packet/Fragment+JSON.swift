public import FlowAnalysis
internal import PacketDecode

extension Line {
    /// The member `fragment`, where there is more to say than that it waits for the others, or the member `reassembled`.
    mutating func putJSON(_ fragment: FragmentObservation) {
        if case .complete(let datagram) = fragment.outcome { putJSON(datagram) }
        guard fragment.overlap != nil || fragment.reason != nil else { return }
        object("fragment") { line in
            line.member("outcome", fragment.outcome.name)
            if let reason = fragment.reason { line.member("reason", reason) }
            guard let overlap = fragment.overlap else { return }
            line.object("overlap") { line in
                line.member("start", overlap.start)
                line.member("end", overlap.end)
                line.member("octetCount", overlap.octetCount)
                line.member("differingOctetCount", overlap.differingOctetCount)
                line.member("resolution", overlap.resolution.rawValue)
            }
        }
    }

    private mutating func putJSON(_ datagram: ReassembledDatagram) {
        let whole = datagram.decode()
        object("reassembled") { line in
            line.putFrames(datagram.frames)
            line.member("length", datagram.originalLength)
            line.member("capturedLength", datagram.octets.count)
            line.member("ipProtocol", whole.ipProtocol?.rawValue)
            line.putTransport(whole)
            line.member("payloadLength", whole.payloadLength)
            if let stop = whole.stop { line.putJSON(stop) }
            line.putJSON(PacketDecoder.verifyChecksums(of: whole, datagram.octets.span))
            line.putJSON(datagram.repetitions)
        }
    }

    /// What a datagram that was given up is told by.
    mutating func putMembers(of datagram: AbandonedDatagram) {
        member("source", datagram.key.source)
        member("destination", datagram.key.destination)
        member("identification", datagram.key.identification)
        let packet = datagram.decode()
        member("ipProtocol", (datagram.key.protocol ?? packet.ipProtocol)?.rawValue)
        if let ports = packet.ports {
            member("sourcePort", ports.source)
            member("destinationPort", ports.destination)
        }
        member("flow", datagram.flow)
        putFrames(datagram.frames)
        member("octetCount", datagram.octetCount)
        member("dataLength", datagram.dataLength)
        member("isFirstFragmentMissing", datagram.isFirstFragmentMissing)
        member("reason", datagram.reason.rawValue)
        putJSON(datagram.repetitions)
    }

    private mutating func putFrames(_ frames: [UInt64]) {
        key("fragments")
        beginArray()
        for frame in frames { element(frame) }
        endArray()
    }

    private mutating func putJSON(_ repetitions: FragmentRepetitions) {
        member("duplicates", repetitions.duplicates)
        member("overlapping", repetitions.overlapping)
        member("differingOctetCount", repetitions.differingOctetCount)
    }
}

extension OutputBuffer {
    /// Bytes that a datagram takes as JSON beside a packet, with room to spare.
    static func jsonCapacity(of fragment: FragmentObservation) -> Int {
        guard case .complete(let datagram) = fragment.outcome else { return 1024 }
        return 4096 + jsonCapacity(ofFrames: datagram.frames)
    }

    private static func jsonCapacity(ofFrames frames: [UInt64]) -> Int { 24 * frames.count }

    /// Appends a datagram that was given up as the event `incompleteDatagram`, on a line of its own.
    public mutating func appendJSON(_ datagram: AbandonedDatagram) {
        append(upTo: 1024 + Self.jsonCapacity(ofFrames: datagram.frames)) { line in
            line.beginObject()
            line.member("event", "incompleteDatagram")
            line.putMembers(of: datagram)
            line.endObject()
        }
        endLine()
    }
}

extension FragmentObservation {
    /// Why the fragment takes no part in its datagram, or ended it.
    fileprivate var reason: String? {
        switch outcome {
        case .refused(let fault): fault.rawValue
        case .discarded(let datagram): datagram.reason.rawValue
        case .notFragment, .held, .duplicate, .complete: nil
        }
    }
}

extension FragmentObservation.Outcome {
    /// Its Swift name.
    fileprivate var name: String {
        switch self {
        case .notFragment: "notFragment"
        case .held: "held"
        case .duplicate: "duplicate"
        case .complete: "complete"
        case .refused: "refused"
        case .discarded: "discarded"
        }
    }
}
