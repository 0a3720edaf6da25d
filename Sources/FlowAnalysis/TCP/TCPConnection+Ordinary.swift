import PacketDecode

/// Where an ordinary segment stands in its connection, and how far its sender is with it.
struct OrdinarySegment: BitwiseCopyable {
    /// Behind its last octet.
    var end: Int64 = 0
    var acknowledgment: Int64 = 0
    /// NXT and UNA of the sender, after it.
    var next: Int64 = 0
    var acknowledged: Int64 = 0
    /// In octets with `isWindowScaled`, else as sent.
    var window: UInt32 = 0
    var isWindowScaled = false
    var isAcknowledgedKnown = false
}

extension TCPConnection {
    /// Takes a segment that is like most, of which there is nothing to be said: on an established connection, in order, with
    /// an acknowledgment that is new or says nothing.
    ///
    /// It does what `observe` does, and no more than such a segment needs: each condition of `isOrdinary` is one under which
    /// a rule of `observe` says nothing and changes nothing.
    ///
    /// - Returns: false, and nothing is changed, where the segment is not such a one.
    @inline(__always)
    mutating func observeOrdinary(
        _ packet: PreparedPacket, from direction: FlowDirection, log: inout SendingLog,
        into segment: inout OrdinarySegment
    ) -> Bool {
        switch direction {
        case .fromInitiator:
            Self.observe(packet, sender: &initiator, receiver: &responder, log: &log, into: &segment)
        case .fromResponder:
            Self.observe(packet, sender: &responder, receiver: &initiator, log: &log, into: &segment)
        }
    }

    @inline(never)
    private static func observe(
        _ packet: PreparedPacket, sender: inout TCPSide, receiver: inout TCPSide, log: inout SendingLog,
        into segment: inout OrdinarySegment
    ) -> Bool {
        guard sender.state == .established, receiver.state == .established, sender.hasBase, receiver.hasBase
        else { return false }
        let start = sender.position(of: packet.sequenceNumber)
        let acknowledgment = receiver.position(of: packet.acknowledgmentNumber)
        let isScaled = isWindowScaled(sender, receiver)
        let window = UInt32(packet.window) << (isScaled ? UInt32(sender.windowShift) : 0)
        let isNews = !receiver.knows(.acknowledged) || acknowledgment > receiver.acknowledged
        guard start == sender.next, packet.window != 0, receiver.recovery == 0,
            receiver.knowledge.isDisjoint(with: [.zeroWindowProbe, .keepAlive, .probeBeyondEdge]),
            // Not of what was not seen.
            !isNews || acknowledgment <= receiver.next,
            packet.dataLength == 0
                ? isOrdinaryACK(
                    packet, window, isRepeated: !isNews && acknowledgment == receiver.acknowledged, sender: &sender,
                    receiver: &receiver)
                : isOrdinaryData(start, packet.dataLength, sender: &sender, receiver: &receiver)
        else { return false }

        let end = start + Int64(packet.dataLength)
        let moment = packet.info.timestamp.ticks
        if packet.dataLength > 0 {
            sender.newestSending = log.record(
                SendingLog.Sending(
                    start: start, frame: packet.info.number, timestamp: packet.info.timestamp,
                    length: packet.dataLength, timestampValue: packet.timestampValue,
                    timestampEcho: packet.timestampEcho, identification: packet.identification,
                    marks: packet.hasTimestamps ? .timestamp : [], interface: 0),
                previous: sender.newestSending)
            sender.seen.extend(to: end)
            sender.startTiming(end, at: moment)
            sender.advance(to: end)
        }
        if isNews {
            receiver.stopTiming(acknowledgment, at: moment)
            receiver.acknowledge(acknowledgment)
            receiver.lastNews = moment
        }
        segment.isWindowScaled =
            isScaled || isWindowScaleKnown([], sender: sender, receiver: receiver)
        if packet.hasTimestamps {
            receiver.stopTimingEcho(packet.timestampEcho, at: moment)
            if packet.dataLength == 0 { sender.startTimingEcho(of: packet.timestampValue, at: moment) }
        }
        if acknowledgment >= receiver.acknowledged {
            sender.window = window
            sender.learn(segment.isWindowScaled ? [.window, .windowIsScaled] : .window)
        }
        sender.noteEvidence(
            timestampValue: packet.hasTimestamps ? packet.timestampValue : nil,
            identification: packet.identification)
        sender.learn(.sent)
        segment.end = end
        segment.acknowledgment = acknowledgment
        segment.next = sender.next
        segment.acknowledged = sender.acknowledged
        segment.window = window
        segment.isAcknowledgedKnown = sender.knows(.acknowledged)
        return true
    }

    /// Whether there is nothing to be said of an ACK without octets at NXT.
    @inline(__always)
    private static func isOrdinaryACK(
        _ packet: PreparedPacket, _ window: UInt32, isRepeated: Bool, sender: inout TCPSide, receiver: inout TCPSide
    ) -> Bool {
        // The link may have doubled it.
        if packet.identification != 0, packet.identification == sender.lastIdentification { return false }
        guard isRepeated, sender.hasWindow else { return true }
        // A window update, or a duplicate ACK.
        return window == sender.window && !(receiver.isOutstanding && receiver.knows(.sent))
    }

    /// Whether there is nothing to be said of octets at NXT.
    @inline(__always)
    private static func isOrdinaryData(
        _ start: Int64, _ length: UInt32, sender: inout TCPSide, receiver: inout TCPSide
    ) -> Bool {
        // One octet may be a probe.
        guard sender.seen.end == start, length > 1 || !receiver.hasWindow else { return false }
        let isWindowKnown =
            receiver.knows(.windowIsScaled) && sender.knows(.acknowledged) && receiver.window > 0
        return !isWindowKnown || start + Int64(length) != sender.acknowledged + Int64(receiver.window)
    }
}
