public import FlowAnalysis
public import PacketDecode

extension PacketLine {
    /// Appends the line of a packet that is a fragment, and below it a line for the datagram that it completes, for what is
    /// odd about it, and for each datagram that was given up at its time.
    ///
    /// - Parameters:
    ///   - fragment: what the fragment is to its datagram.
    ///   - flow: what the table says of it: of the whole where this completes it.
    ///   - http: what HTTP said with the whole.
    public mutating func append(
        _ info: FrameInfo, _ packet: DecodedPacket, _ bytes: Span<UInt8>, _ fragment: FragmentObservation,
        flow: FlowObservation?, checksums: ChecksumReport? = nil, http: [HTTPEvent] = [], to buffer: inout OutputBuffer
    ) {
        append(info, packet, bytes, flow: nil, checksums: checksums, to: &buffer)
        switch fragment.outcome {
        case .notFragment, .held: break
        case .duplicate: appendNote(.yellow, to: &buffer) { $0.append("a duplicate: its octets are there already") }
        case .refused(let fault):
            appendNote(.yellow, to: &buffer) { buffer in
                buffer.append("takes no part in reassembly: ")
                buffer.append(fault.words)
            }
        case .complete(let datagram): append(datagram, flow, to: &buffer)
        case .discarded(let datagram): append(datagram, to: &buffer)
        }
        if !http.isEmpty { appendHTTP(http, to: &buffer) }
        for datagram in fragment.abandoned { append(datagram, to: &buffer) }
    }

    /// Appends a line for a datagram that was given up.
    public mutating func append(_ datagram: AbandonedDatagram, to buffer: inout OutputBuffer) {
        appendNote(.yellow, to: &buffer) { $0.append(datagram) }
    }

    /// `reassembled from frames 3, 4, 5: UDP 40000 > 9, 4000 octets`, with the labels of a segment.
    private func append(_ datagram: ReassembledDatagram, _ flow: FlowObservation?, to buffer: inout OutputBuffer) {
        let whole = datagram.decode()
        let isOdd = datagram.repetitions.overlapping > 0
        appendNote(isOdd ? .yellow : .dim, to: &buffer) { buffer in
            buffer.append("reassembled from ")
            buffer.append(fragments: datagram.frames)
            buffer.append(": ")
            buffer.appendProtocolName(whole)
            if let ports = whole.ports {
                buffer.append(" ")
                buffer.append(ports.source)
                buffer.append(" > ")
                buffer.append(ports.destination)
                buffer.append(",")
            }
            buffer.append(" ")
            buffer.appendSummary(whole, datagram.octets.span, flow: flow)
            buffer.append(datagram.repetitions)
            if PacketDecoder.verifyChecksums(of: whole, datagram.octets.span).transport == .invalid {
                buffer.append(" [invalid ")
                buffer.appendProtocolName(whole)
                buffer.append(" checksum]")
            }
            appendLabels(flow, to: &buffer)
        }
        if let flow, let segment = flow.tcp, !segment.revisions.isEmpty { appendRevisions(flow, to: &buffer) }
    }
}
