public import PacketDecode

/// Follows one flow of a capture, and lends what its two ends said, in order of time.
///
/// A state machine without I/O: hand it every packet in the capture's order, with what a `FlowTable` says of it, which puts
/// fragmented datagrams together. Memory is bounded, by the limits of its assemblers.
public struct FlowFollower: ~Copyable {
    /// What one side said, in octets and datagrams.
    public struct SideCounts: Sendable, BitwiseCopyable, Hashable {
        /// Of UDP the octets of data, of which `missing` were cut.
        public internal(set) var stream = StreamAssembler.Counts()
        /// UDP only.
        public internal(set) var datagrams: UInt64 = 0
    }

    /// The flow's number in its table.
    public let flow: UInt64
    /// Whether a packet of the flow was seen.
    public private(set) var isFound = false
    private var initiator: Side
    private var responder: Side
    private var isTCP = false
    private var isReset = false
    private var lastFrame: FrameInfo?

    private struct Side: ~Copyable {
        var assembler: StreamAssembler
        var counts = SideCounts()
        /// Where the FIN stands.
        var end: Int64?
        var isEndSaid = false

        init(_ policy: StreamOverlapPolicy, historyLimit: Int) {
            assembler = StreamAssembler(policy: policy, historyLimit: historyLimit)
        }
    }

    /// - Parameters:
    ///   - flow: the number of the flow, as `FlowObservation.flow` has it.
    ///   - historyLimit: octets of each side that are remembered, to find repetitions that differ.
    public init(flow: UInt64, policy: StreamOverlapPolicy = .first, historyLimit: Int = 1 << 18) {
        self.flow = flow
        initiator = Side(policy, historyLimit: historyLimit)
        responder = Side(policy, historyLimit: historyLimit)
    }

    public func counts(_ direction: FlowDirection) -> SideCounts {
        switch direction {
        case .fromInitiator: Self.counts(initiator, isTCP: isTCP)
        case .fromResponder: Self.counts(responder, isTCP: isTCP)
        }
    }

    /// Takes the capture's next packet.
    ///
    /// - Parameters:
    ///   - packet: what `bytes` was decoded into.
    ///   - observation: what the flow table says of the packet.
    ///   - fragment: the table's `latestFragment`, where the packet is a fragment.
    ///   - deliver: is told what follows from it. The span holds the octets of `.data` and `.datagram`.
    public mutating func take<Failure: Error>(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>, _ observation: FlowObservation?,
        _ fragment: FragmentObservation? = nil, _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let own = observation.flatMap { $0.flow == flow ? $0 : nil }
        if own != nil { lastFrame = info }
        if packet.isFragment {
            if let fragment { try take(packet, fragment, own, info, deliver) }
            return
        }
        if let own {
            if !isFound { try start(packet, own, info, deliver) }
            // A header that is cut tells less than the observation, which knows what the segment had on the wire.
            let length = own.tcp.map { $0.relativeSequenceEnd - $0.relativeSequenceNumber }
            let controls = packet.tcp.map { ($0.flags.contains(.syn) ? 1 : 0) + ($0.flags.contains(.fin) ? 1 : 0) }
            let dataLength = length.map { max(0, Int($0) - (controls ?? 0)) } ?? Int(packet.payloadLength)
            try speak(packet, own, info, bytes, dataLength: dataLength, deliver)
        }
    }

    /// Says what is left: the capture has ended.
    ///
    /// - Parameter incomplete: the datagrams that the table gave up when it was finished.
    public mutating func finish<Failure: Error>(
        _ incomplete: [AbandonedDatagram] = [], _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let lastFrame else { return }
        for datagram in incomplete { try tell(datagram, lastFrame, deliver) }
        guard isTCP else { return }
        try Self.finish(&initiator, isReset: isReset, .fromInitiator, lastFrame, deliver)
        try Self.finish(&responder, isReset: isReset, .fromResponder, lastFrame, deliver)
    }

    private static func finish<Failure: Error>(
        _ side: inout Side, isReset: Bool, _ direction: FlowDirection, _ info: FrameInfo,
        _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        try side.assembler.finish { event, octets throws(Failure) in
            try deliver(FollowedEvent(kind: .stream(event), direction: direction, frame: info), octets)
        }
        try sayEnd(&side, direction, info, deliver)
        if !side.isEndSaid, !isReset {
            try deliver(FollowedEvent(kind: .noEnd, direction: direction, frame: info), Span())
        }
    }

    private mutating func start<Failure: Error>(
        _ packet: DecodedPacket, _ observation: FlowObservation, _ info: FrameInfo,
        _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        isFound = true
        isTCP = observation.protocol == .tcp
        guard let addresses = packet.addresses, let ports = packet.ports else { return }
        let source = Endpoint(address: addresses.source, port: ports.source)
        let destination = Endpoint(address: addresses.destination, port: ports.destination)
        let isFromInitiator = observation.direction == .fromInitiator
        let kind = FollowedEvent.Kind.start(
            initiator: isFromInitiator ? source : destination, responder: isFromInitiator ? destination : source,
            observation.protocol)
        try deliver(FollowedEvent(kind: kind, direction: observation.direction, frame: info), Span())
    }

    // MARK: Fragments

    private mutating func take<Failure: Error>(
        _ packet: DecodedPacket, _ fragment: FragmentObservation, _ own: FlowObservation?, _ info: FrameInfo,
        _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for datagram in fragment.abandoned { try tell(datagram, info, deliver) }
        switch fragment.outcome {
        case .discarded(let datagram): try tell(datagram, info, deliver)
        case .complete(let datagram):
            guard let own else { return }
            let whole = datagram.decode()
            if !isFound { try start(whole, own, info, deliver) }
            try speak(
                whole, own, info, datagram.octets.span, dataLength: Int(whole.payloadLength), deliver)
        case .notFragment, .held, .duplicate, .refused:
            if let own, !isFound { try start(packet, own, info, deliver) }
        }
    }

    private func tell<Failure: Error>(
        _ datagram: AbandonedDatagram, _ info: FrameInfo,
        _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard datagram.flow == flow else { return }
        let kind = FollowedEvent.Kind.incompleteDatagram(datagram)
        try deliver(FollowedEvent(kind: kind, direction: datagram.direction, frame: info), Span())
    }

    // MARK: Whole packets

    private mutating func speak<Failure: Error>(
        _ packet: DecodedPacket, _ observation: FlowObservation, _ info: FrameInfo, _ bytes: Span<UInt8>,
        dataLength: Int, _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let payload = bytes.extracting(packet.payload.clamped(to: bytes.count).indices)
        guard let segment = observation.tcp, let flags = packet.tcp?.flags else {
            guard !isTCP else { return }
            switch observation.direction {
            case .fromInitiator: Self.count(&initiator, payload.count, of: dataLength)
            case .fromResponder: Self.count(&responder, payload.count, of: dataLength)
            }
            let kind = FollowedEvent.Kind.datagram(length: dataLength)
            return try deliver(FollowedEvent(kind: kind, direction: observation.direction, frame: info), payload)
        }
        if flags.contains(.rst) {
            // Its data is a text for people (RFC 9293 §3.10.7), and no part of the stream.
            isReset = true
            return try deliver(
                FollowedEvent(kind: .reset, direction: observation.direction, frame: info), Span())
        }
        let data = Data(
            start: segment.relativeSequenceNumber + (flags.contains(.syn) ? 1 : 0), length: dataLength,
            hasFIN: flags.contains(.fin), acknowledgment: segment.relativeAcknowledgmentNumber)
        switch observation.direction {
        case .fromInitiator:
            try Self.speak(payload, data, .fromInitiator, info, from: &initiator, to: &responder, deliver)
        case .fromResponder:
            try Self.speak(payload, data, .fromResponder, info, from: &responder, to: &initiator, deliver)
        }
    }

    /// Where a segment's data stands in its stream.
    private struct Data {
        let start: Int64
        let length: Int
        let hasFIN: Bool
        let acknowledgment: Int64?
    }

    private static func speak<Failure: Error>(
        _ payload: Span<UInt8>, _ data: Data, _ direction: FlowDirection, _ info: FrameInfo, from sender: inout Side,
        to receiver: inout Side, _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        if let acknowledgment = data.acknowledgment {
            try receiver.assembler.acknowledge(upTo: acknowledgment) { event, octets throws(Failure) in
                try deliver(FollowedEvent(kind: .stream(event), direction: direction.reversed, frame: info), octets)
            }
            try sayEnd(&receiver, direction.reversed, info, deliver)
        }
        try sender.assembler.take(payload, at: data.start, length: data.length) { event, octets throws(Failure) in
            try deliver(FollowedEvent(kind: .stream(event), direction: direction, frame: info), octets)
        }
        if data.hasFIN {
            let end = data.start + Int64(data.length)
            sender.end = max(end, sender.end ?? end)
            sender.assembler.noteEnd(at: end)
        }
        try sayEnd(&sender, direction, info, deliver)
    }

    /// Says that a side ends, once all its octets were said.
    private static func sayEnd<Failure: Error>(
        _ side: inout Side, _ direction: FlowDirection, _ info: FrameInfo,
        _ deliver: (FollowedEvent, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let end = side.end, !side.isEndSaid, side.assembler.next >= end else { return }
        side.isEndSaid = true
        try deliver(FollowedEvent(kind: .fin, direction: direction, frame: info), Span())
    }

    private static func count(_ side: inout Side, _ captured: Int, of length: Int) {
        side.counts.datagrams += 1
        side.counts.stream.delivered += UInt64(captured)
        side.counts.stream.missing += UInt64(max(0, length - captured))
    }

    private static func counts(_ side: borrowing Side, isTCP: Bool) -> SideCounts {
        var counts = side.counts
        if isTCP { counts.stream = side.assembler.counts }
        return counts
    }
}
