internal import FlowAnalysis
internal import PacketDecode

extension OutputBuffer {
    /// The most frames, or rows of frames that follow each other, that a list names.
    private static let namedFrames = 8

    /// Appends the frames of a datagram's fragments: `frames 3, 4, 5`, `frames 3-9, 12`.
    mutating func append(fragments frames: [UInt64]) {
        append(frames.count == 1 ? "frame " : "frames ")
        var index = 0
        var named = 0
        while index < frames.count, named < Self.namedFrames {
            var last = index
            while last + 1 < frames.count, frames[last + 1] == frames[last] + 1 { last += 1 }
            // Three in a row are as short by name.
            if last - index < 3 { last = index }
            if named > 0 { append(", ") }
            append(frames[index])
            if last > index {
                append("-")
                append(frames[last])
            }
            index = last + 1
            named += 1
        }
        guard index < frames.count else { return }
        append(" and ")
        append(frames.count - index)
        append(" more")
    }

    /// Appends what came a second time; nothing where nothing did.
    mutating func append(_ repetitions: FragmentRepetitions) {
        if repetitions.duplicates > 0 {
            append(", ")
            append(repetitions.duplicates)
            append(repetitions.duplicates == 1 ? " fragment came again" : " fragments came again")
        }
        if repetitions.overlapping > 0 {
            append(", ")
            append(repetitions.overlapping)
            append(repetitions.overlapping == 1 ? " fragment overlaps others" : " fragments overlap others")
        }
        if repetitions.differingOctetCount > 0 {
            append(", ")
            append(repetitions.differingOctetCount)
            append(repetitions.differingOctetCount == 1 ? " octet differs" : " octets differ")
        }
    }

    /// Appends what became of all fragments: `; 6 fragments, 2 datagrams reassembled`. Nothing where there were none.
    mutating func append(_ counts: FragmentAssembler.Counts) {
        guard counts.fragments > 0 else { return }
        append("; ")
        append(counts.fragments)
        append(counts.fragments == 1 ? " fragment, " : " fragments, ")
        append(counts.complete)
        append(counts.complete == 1 ? " datagram reassembled" : " datagrams reassembled")
        for (count, words) in [
            (counts.expired, " timed out"), (counts.evicted, " evicted for want of room"),
            (counts.discarded, " discarded"), (counts.leftOver, " incomplete at the end"),
        ] where count > 0 {
            append(", ")
            append(count)
            append(words)
        }
        if counts.refused > 0 {
            append(", ")
            append(counts.refused)
            append(counts.refused == 1 ? " fragment refused" : " fragments refused")
        }
    }

    /// Appends a datagram that was given up: `never complete: frames 3, 4 of UDP 10.0.0.1:40000 > 10.0.0.2:9, 2960 of 4008
    /// octets: fragments are missing, and their time is over`.
    mutating func append(_ datagram: AbandonedDatagram) {
        append("never complete: ")
        append(fragments: datagram.frames)
        append(" of ")
        appendEnds(of: datagram)
        append(", ")
        append(datagram.octetCount)
        if let length = datagram.dataLength {
            append(" of ")
            append(length)
        }
        append(" octets")
        append(datagram.repetitions)
        append(": ")
        append(datagram.reason.words)
    }

    private mutating func appendEnds(of datagram: AbandonedDatagram) {
        let packet = datagram.decode()
        if packet.ports != nil {
            append(upTo: 64) { $0.putProtocolName(packet) }
        } else if let name = datagram.key.protocol?.name {
            append(name)
        } else {
            append("IP")
        }
        append(" ")
        if let ports = packet.ports {
            append(Endpoint(address: datagram.key.source, port: ports.source))
            append(" > ")
            append(Endpoint(address: datagram.key.destination, port: ports.destination))
        } else {
            append(datagram.key.source)
            append(" > ")
            append(datagram.key.destination)
        }
    }
}

extension AbandonedDatagram.Reason {
    var words: String {
        switch self {
        case .expired: "fragments are missing, and their time is over"
        case .evicted: "its room was needed"
        case .overlap: "fragments overlap, and Linux drops such datagrams"
        case .conflictingLength: "fragments disagree about its length"
        case .emptyFragment: "a fragment is empty"
        case .beyondMaximumLength: "it is longer than IP allows"
        case .endOfCapture: "fragments are missing at the capture's end"
        }
    }
}

extension FragmentFault {
    var words: String {
        switch self {
        case .malformedLength: "its length is none that it can have"
        case .headersCut: "the snapshot length cut its headers"
        case .unalignedLength: "it is not the last, and its length is no multiple of eight"
        }
    }
}
