import PacketDecode

extension TCPConnection {
    /// Takes a segment that is like most, of which there is nothing to be said: on an established connection, in order, with
    /// an acknowledgment that is new or says nothing.
    ///
    /// It does what `observe` does, and no more than such a segment needs: each condition here is one under which a rule of
    /// `observe` says nothing and changes nothing.
    ///
    /// - Returns: what there is to be measured; nil, and nothing is changed, where the segment is not such a one.
    @inline(__always)
    mutating func observeOrdinary(
        _ packet: PreparedPacket, from direction: FlowDirection, log: inout SendingLog
    ) -> MeasuredSegment? {
        switch direction {
        case .fromInitiator: Self.observeOrdinary(packet, sender: &initiator, receiver: &responder, log: &log)
        case .fromResponder: Self.observeOrdinary(packet, sender: &responder, receiver: &initiator, log: &log)
        }
    }

    @inline(__always)
    private static func observeOrdinary(
        _ packet: PreparedPacket, sender: inout TCPSide, receiver: inout TCPSide, log: inout SendingLog
    ) -> MeasuredSegment? {
        let start = sender.position(of: packet.sequenceNumber)
        let acknowledgment = receiver.position(of: packet.acknowledgmentNumber)
        guard sender.state == .established, receiver.state == .established, sender.hasBase, receiver.hasBase,
            start == sender.next, packet.window != 0, receiver.recovery == 0,
            receiver.knowledge.isDisjoint(with: [.zeroWindowProbe, .keepAlive, .probeBeyondEdge])
        else { return nil }
        let end = start + Int64(packet.dataLength)
        let isWindowScaled = isWindowScaled(sender, receiver)
        let isScaleKnown = isWindowScaleKnown([], sender: sender, receiver: receiver)
        let window = UInt32(packet.window) << (isWindowScaled ? UInt32(sender.windowShift) : 0)
        let isNews = !receiver.knows(.acknowledged) || acknowledgment > receiver.acknowledged
        // An acknowledgment of what was not seen.
        if isNews, acknowledgment > receiver.next { return nil }
        if start == end {
            // The link may have doubled it.
            if packet.identification != 0, packet.identification == sender.lastIdentification { return nil }
            if !isNews, acknowledgment == receiver.acknowledged, sender.hasWindow {
                // A window update, or a duplicate ACK.
                if window != sender.window || receiver.isOutstanding && receiver.knows(.sent) { return nil }
            }
        } else {
            // One octet may be a probe; and the window may be full.
            if end - start == 1, receiver.hasWindow { return nil }
            if receiver.knows(.windowIsScaled), sender.knows(.acknowledged), receiver.window > 0,
                end == sender.acknowledged + Int64(receiver.window)
            {
                return nil
            }
            guard sender.seen.end == start else { return nil }
        }

        let moment = packet.info.timestamp.ticks
        if start < end {
            sender.newestSending = log.record(
                SendingLog.Sending(
                    start: start, frame: packet.info.number, timestamp: packet.info.timestamp,
                    length: packet.dataLength, timestampValue: packet.timestampValue,
                    identification: packet.identification, marks: packet.hasTimestamps ? .timestamp : [],
                    interface: 0),
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
        if acknowledgment >= receiver.acknowledged {
            sender.window = window
            sender.learn(isScaleKnown ? [.window, .windowIsScaled] : .window)
        }
        sender.noteEvidence(
            timestampValue: packet.hasTimestamps ? packet.timestampValue : nil,
            identification: packet.identification)
        sender.learn(.sent)
        return MeasuredSegment(
            ordinary: packet, end: end, acknowledgment: acknowledgment, window: window, isWindowScaled: isScaleKnown,
            sender.progress)
    }
}
