import PacketDecode

/// What measures read of every segment: a small value, for packet, observation and connection are large to hand on.
struct MeasuredSegment: BitwiseCopyable {
    let timestamp: Timestamp
    /// Octets of the frame on the wire.
    let frameLength: Int
    let dataLength: UInt32
    let sequenceLength: UInt32
    /// Relative numbers, as in `SegmentObservation`.
    let sequenceEnd: Int64
    let acknowledgment: Int64
    /// NXT and UNA of the sender, after this segment.
    let next: Int64
    let acknowledged: Int64
    /// In octets with `isWindowScaled`, else as sent.
    let window: UInt32
    /// TSval and TSecr; meaningful with `hasTimestamps`, else 0.
    let timestampValue: UInt32
    let timestampEcho: UInt32
    let hasTimestamps: Bool
    let hasAcknowledgment: Bool
    /// Whether `acknowledged` is known.
    let isAcknowledgedKnown: Bool
    let isWindowScaled: Bool
    let isSYN: Bool
    let isReset: Bool
    let isFragment: Bool
    let hasLabels: Bool
    let isRetransmission: Bool
    let hasSACK: Bool
    /// Whether there is nothing else to be measured: no control bit but ACK and PSH, no label, no SACK block, no fragment.
    /// (What revises a label has a SACK block or a label.)
    let isOrdinary: Bool

    @inline(__always)
    init(
        _ header: borrowing TCPHeader, dataLength: UInt32, isFragment: Bool, _ info: FrameInfo,
        _ observation: inout SegmentObservation, _ progress: TCPSide.Progress
    ) {
        timestamp = info.timestamp
        frameLength = info.originalLength
        self.dataLength = dataLength
        sequenceLength = observation.sequenceLength
        sequenceEnd = observation.relativeSequenceNumber + Int64(observation.sequenceLength)
        acknowledgment = observation.acknowledgment
        next = progress.next
        acknowledged = progress.acknowledged
        window = observation.window
        hasTimestamps = header.options.timestamps != nil
        timestampValue = header.options.timestamps?.value ?? 0
        timestampEcho = header.options.timestamps?.echoReply ?? 0
        hasAcknowledgment = observation.hasAcknowledgment
        isAcknowledgedKnown = progress.isAcknowledgedKnown
        isWindowScaled = observation.hasScaledWindow
        isSYN = header.flags.contains(.syn)
        isReset = header.flags.contains(.rst)
        self.isFragment = isFragment
        hasLabels = observation.labels.count > 0
        isRetransmission = hasLabels ? Self.isRetransmission(&observation) : false
        hasSACK = header.options.sackBlocks.count > 0
        isOrdinary = header.flags.isDisjoint(with: [.syn, .fin, .rst]) && !hasLabels && !hasSACK && !isFragment
    }

    /// The same of a segment that was prepared.
    @inline(__always)
    init(_ packet: PreparedPacket, _ observation: inout SegmentObservation, _ progress: TCPSide.Progress) {
        timestamp = packet.info.timestamp
        frameLength = packet.info.originalLength
        dataLength = packet.dataLength
        sequenceLength = observation.sequenceLength
        sequenceEnd = observation.relativeSequenceNumber + Int64(observation.sequenceLength)
        acknowledgment = observation.acknowledgment
        next = progress.next
        acknowledged = progress.acknowledged
        window = observation.window
        hasTimestamps = packet.hasTimestamps
        timestampValue = packet.timestampValue
        timestampEcho = packet.timestampEcho
        hasAcknowledgment = observation.hasAcknowledgment
        isAcknowledgedKnown = progress.isAcknowledgedKnown
        isWindowScaled = observation.hasScaledWindow
        isSYN = false
        isReset = packet.flags.contains(.rst)
        isFragment = false
        hasLabels = observation.labels.count > 0
        isRetransmission = hasLabels ? Self.isRetransmission(&observation) : false
        hasSACK = false
        isOrdinary = !hasLabels && packet.flags.isDisjoint(with: [.fin, .rst])
    }

    /// A segment that nothing else is to be measured of.
    @inline(__always)
    init(_ packet: borrowing PreparedPacket, _ ordinary: OrdinarySegment) {
        timestamp = packet.info.timestamp
        frameLength = packet.info.originalLength
        dataLength = packet.dataLength
        sequenceLength = packet.dataLength
        sequenceEnd = ordinary.end
        acknowledgment = ordinary.acknowledgment
        next = ordinary.next
        acknowledged = ordinary.acknowledged
        window = ordinary.window
        timestampValue = packet.timestampValue
        timestampEcho = packet.timestampEcho
        hasTimestamps = packet.hasTimestamps
        hasAcknowledgment = true
        isAcknowledgedKnown = ordinary.isAcknowledgedKnown
        isWindowScaled = ordinary.isWindowScaled
        isSYN = false
        isReset = false
        isFragment = false
        hasLabels = false
        isRetransmission = false
        hasSACK = false
        isOrdinary = true
    }

    @inline(never)
    private static func isRetransmission(_ observation: inout SegmentObservation) -> Bool {
        for index in 0..<observation.labels.count where observation.labels[index].kind == .retransmission {
            return true
        }
        return false
    }
}

extension TCPSide {
    /// How far a side is.
    struct Progress: BitwiseCopyable {
        /// NXT and UNA.
        let next: Int64
        let acknowledged: Int64
        let isAcknowledgedKnown: Bool
    }

    var progress: Progress {
        @inline(__always) get {
            Progress(next: next, acknowledged: acknowledged, isAcknowledgedKnown: knows(.acknowledged))
        }
    }
}
