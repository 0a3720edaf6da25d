import PacketDecode

extension TCPConnection {
    /// Whether the very frame was seen before: on another interface of the same capture, or because the link doubled an
    /// ACK without octets, which is then labelled. (What carries octets is told by its octets.)
    @inline(never)
    static func isSeenTwice(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, in memory: borrowing TCPMemory,
        into observation: inout SegmentObservation
    ) -> Bool {
        let segment = placed.segment
        if segment.interface != 0 {
            if sender.interface == 0 { sender.interface = segment.interface }
            if sender.interface != segment.interface,
                isSecondSighting(placed, sender: sender, receiver: receiver, log: memory.log)
            {
                observation.isSecondSighting = true
                return true
            }
        }
        guard placed.isPure, segment.identification != 0, segment.identification == sender.lastIdentification,
            sender.knows(.identificationChanges), placed.start == sender.next, placed.hasACK,
            placed.acknowledgment == receiver.acknowledged, placed.window == sender.window,
            !segment.hasTimestamp || segment.timestampValue == sender.lastTimestampValue
        else { return false }
        var label = SegmentLabel(.networkDuplicate, .identificationEqual)
        label.setOctets(placed.start, placed.end, count: 0)
        observation.labels.append(label)
        return true
    }

    /// Whether a frame on another interface than its side's first one is nothing new: the same octets with the same TSval and
    /// identification as a frame that was seen there, or an ACK that says no more than those before.
    private static func isSecondSighting(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: borrowing SendingLog
    ) -> Bool {
        let segment = placed.segment
        guard placed.start < placed.end else {
            return !placed.isReset && placed.hasACK && placed.acknowledgment <= receiver.acknowledged
                && segment.sackBlocks.isEmpty == true && placed.start <= sender.next
                || segment.identification != 0 && segment.identification == sender.lastIdentification
        }
        let earlier = log.latest(of: placed.start, newest: sender.newestSending)
        guard earlier.exists, earlier.sending.start == placed.start, earlier.sending.end == placed.end,
            earlier.sending.interface != segment.interface,
            earlier.sending.identification == segment.identification
        else { return false }
        return !segment.hasTimestamp || earlier.sending.timestampValue == segment.timestampValue
    }
}
