/// HTTP on one TCP connection: both sides' octets put in order, and read.
///
/// A class, for it stands in a dictionary: what it holds cannot be copied.
final class HTTPConversation {
    // Properties of their own, so that one may be lent while another changes.
    private var initiatorOctets: StreamAssembler
    private var responderOctets: StreamAssembler
    private var initiator = HTTPMessageReader()
    private var responder = HTTPMessageReader()
    private var initiatorEnd: Int64?
    private var responderEnd: Int64?
    private var exchanges = HTTPExchanges()

    init() {
        // What waits for octets that are missing; HTTP that has more of it is not followed over the hole.
        var limits = StreamAssembler.Limits()
        limits.octets = 1 << 16
        limits.pieces = 64
        initiatorOctets = StreamAssembler(limits: limits)
        responderOctets = StreamAssembler(limits: limits)
    }

    /// Nothing more will come of it.
    var isSilent: Bool { initiator.isSilent && responder.isSilent }

    /// A segment's data, and what it says besides.
    struct Segment {
        /// The relative sequence number of its first octet of data.
        var start: Int64
        /// Octets of data on the wire.
        var length: Int
        var hasFIN: Bool
        var acknowledgment: Int64?
    }

    /// Takes a segment that one side sent.
    func take(_ octets: Span<UInt8>, _ segment: Segment, from direction: FlowDirection, _ events: inout [HTTPEvent]) {
        if let acknowledgment = segment.acknowledgment {
            switch direction {
            case .fromInitiator:
                responderOctets.acknowledge(upTo: acknowledgment) { event, octets in
                    Self.read(event, octets, &responder, &exchanges, &events)
                }
                endResponder(&events)
            case .fromResponder:
                initiatorOctets.acknowledge(upTo: acknowledgment) { event, octets in
                    Self.read(event, octets, &initiator, &exchanges, &events)
                }
                endInitiator(&events)
            }
        }
        let end = segment.hasFIN ? segment.start + Int64(segment.length) : nil
        switch direction {
        case .fromInitiator:
            initiatorOctets.take(octets, at: segment.start, length: segment.length) { event, octets in
                Self.read(event, octets, &initiator, &exchanges, &events)
            }
            initiatorEnd = end ?? initiatorEnd
            endInitiator(&events)
        case .fromResponder:
            responderOctets.take(octets, at: segment.start, length: segment.length) { event, octets in
                Self.read(event, octets, &responder, &exchanges, &events)
            }
            responderEnd = end ?? responderEnd
            endResponder(&events)
        }
    }

    /// Takes notice that the connection was reset.
    func reset(_ events: inout [HTTPEvent]) {
        initiator.end(&exchanges, &events)
        responder.end(&exchanges, &events)
    }

    private static func read(
        _ event: StreamEvent, _ octets: Span<UInt8>, _ reader: inout HTTPMessageReader,
        _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]
    ) {
        switch event {
        case .data: reader.take(octets, &exchanges, &events)
        case .gap(let start, let end, _): reader.skip(UInt64(end - start), &exchanges, &events)
        case .conflict: break
        }
    }

    private func endInitiator(_ events: inout [HTTPEvent]) {
        guard let end = initiatorEnd, initiatorOctets.next >= end else { return }
        initiator.end(&exchanges, &events)
    }

    private func endResponder(_ events: inout [HTTPEvent]) {
        guard let end = responderEnd, responderOctets.next >= end else { return }
        responder.end(&exchanges, &events)
    }
}
