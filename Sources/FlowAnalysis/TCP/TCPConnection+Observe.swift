import PacketDecode

extension TCPConnection {
    /// Takes a segment and says what it is.
    ///
    /// - Parameters:
    ///   - segment: the segment.
    ///   - direction: which end sent it.
    ///   - observation: filled in. It is handed in and not returned, for it is copied often enough on its way out.
    mutating func observe(
        _ segment: TCPSegment, from direction: FlowDirection, _ info: FrameInfo,
        pool: inout IntervalPool, log: inout SendingLog, into observation: inout SegmentObservation
    ) {
        if segment.flags.contains(.rst) { noteReset(true) }
        // The refused SYN, tried again as it was: the connection is not over.
        if segment.flags.contains(.syn) { noteReset(false) }
        switch direction {
        case .fromInitiator:
            Self.observe(
                segment, info, sender: &initiator, receiver: &responder, pool: &pool, log: &log,
                into: &observation)
        case .fromResponder:
            Self.observe(
                segment, info, sender: &responder, receiver: &initiator, pool: &pool, log: &log,
                into: &observation)
        }
    }

    private static func observe(
        _ segment: TCPSegment, _ info: FrameInfo, sender: inout TCPSide, receiver: inout TCPSide,
        pool: inout IntervalPool, log: inout SendingLog, into observation: inout SegmentObservation
    ) {
        let flags = segment.flags
        if flags.contains(.syn) {
            prepareForSYN(segment, sender: &sender, receiver: receiver, pool: &pool)
        } else if !sender.hasBase {
            sender.setBase(segment.sequenceNumber.advanced(by: -1), next: 1)
        }
        if flags.contains(.ack), !receiver.hasBase {
            receiver.setBase(segment.acknowledgmentNumber.advanced(by: -1), next: 1)
        }

        let isReset = flags.contains(.rst)
        let controls = isReset ? 0 : (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
        let start = sender.position(of: segment.sequenceNumber)
        let length = Int64(segment.dataLength) + Int64(controls)
        observation.relativeSequenceNumber = start
        observation.sequenceLength = UInt32(clamping: length)
        // A RST's data is a text for people (RFC 9293 §3.10.7): it takes no place in sequence space.
        if !isReset {
            note(
                start, start + length, flags, info, sender: &sender, receiver: receiver, pool: &pool, log: &log,
                labels: &observation.labels)
        }
        if flags.contains(.ack) {
            let position = receiver.position(of: segment.acknowledgmentNumber)
            observation.acknowledgmentNumber = segment.acknowledgmentNumber
            observation.acknowledgment = position
            observation.hasAcknowledgment = true
            if !isReset { acknowledge(position, of: &receiver, pool: &pool) }
        }
        let scaledWindow = scaledWindow(segment, sender: sender, receiver: receiver)
        observation.window = scaledWindow ?? UInt32(segment.window)
        observation.hasScaledWindow = scaledWindow != nil
        if !isReset {
            sender.window = observation.window
            sender.learn(.window)
        }
    }

    /// Puts what a segment carries into its side's sequence space, and labels what was there already.
    @inline(__always)
    private static func note(
        _ start: Int64, _ end: Int64, _ flags: TCPFlags, _ info: FrameInfo, sender: inout TCPSide, receiver: TCPSide,
        pool: inout IntervalPool, log: inout SendingLog, labels: inout BoundedArray<4, SegmentLabel>
    ) {
        // An answer to a crossing SYN carries the same SYN again, with an ACK (RFC 9293 §3.5, figure 7): no resend.
        let isCrossingAnswer =
            flags.isSuperset(of: [.syn, .ack]) && sender.knows(.openingSYN) && !sender.knows(.answeringSYN)
        if flags.contains(.syn) { sender.learn(flags.contains(.ack) ? .answeringSYN : .openingSYN) }
        guard start < end else { return sender.advance(to: end) }
        if end - start == 1, flags.isDisjoint(with: [.syn, .fin]), receiver.hasWindow,
            isProbe(octet: start, isPushed: flags.contains(.psh), sender: &sender, receiver: receiver)
        {
            return
        }
        if flags.contains(.fin) { sender.learn(.fin) }

        let repetition = sender.seen.repetition(of: start, end, in: pool)
        if let repetition, !isCrossingAnswer {
            labels.append(retransmission(repetition, start, end, flags, sender: sender, log: log))
        }
        if repetition.map({ $0.count < end - start }) ?? true {
            sender.newestSending = log.record(
                start: start, length: UInt32(clamping: end - start), frame: info.number, timestamp: info.timestamp,
                previous: sender.newestSending)
            sender.seen.insert(start, end, in: &pool)
        }
        sender.advance(to: end)
    }

    /// Whether one octet of data at `octet` is a probe: not there to be delivered, and so no resend.
    ///
    /// - Keep-alive (RFC 9293 §3.8.4): at NXT-1 where all is acknowledged and the window is open.
    /// - Zero-window probe (§3.8.6.1): at UNA-1, or the first octet beyond the edge, while the window is 0. That octet
    ///   was not sent before as data, and is not noted as seen: its sending after the window opened is its first.
    ///
    /// A segment of one octet may also be sent again because its ACK was lost behind the point of capture: it stands where
    /// a keep-alive would. PSH tells them apart: a segment that ends what was written keeps its PSH, while no system's
    /// probe of an old octet has one (BSD's and Windows' carry ACK alone; Linux's carry no octet at all).
    private static func isProbe(
        octet: Int64, isPushed: Bool, sender: inout TCPSide, receiver: TCPSide
    ) -> Bool {
        guard sender.knows(.acknowledged) else { return false }
        guard receiver.window == 0 else { return octet == sender.next - 1 && sender.isAllAcknowledged && !isPushed }
        if octet == sender.acknowledged - 1 { return !isPushed }
        guard octet == sender.acknowledged, octet >= sender.next else { return false }
        sender.learn(.probeBeyondEdge)
        return true
    }

    private static func retransmission(
        _ repetition: SeenOctets.Repetition, _ start: Int64, _ end: Int64, _ flags: TCPFlags, sender: TCPSide,
        log: SendingLog
    ) -> SegmentLabel {
        var carries: SegmentLabel.Carried = []
        var controls: Int64 = 0
        if flags.contains(.syn), repetition.start == start {
            carries.insert(.syn)
            controls += 1
        }
        if flags.contains(.fin), repetition.end == end {
            carries.insert(.fin)
            controls += 1
        }
        if repetition.count > controls { carries.insert(.data) }
        let first = log.sending(of: repetition.start, newest: sender.newestSending)
        return SegmentLabel(
            kind: .retransmission, cause: .undetermined, carries: carries,
            isSpurious: sender.knows(.acknowledged) && sender.acknowledged >= end ? true : nil,
            repetition: repetition,
            evidence: first.map { SegmentLabel.Evidence(frame: $0.frame, timestamp: $0.timestamp) })
    }

    /// Takes an acknowledgment of `receiver`'s octets up to `position`.
    @inline(__always)
    private static func acknowledge(_ position: Int64, of receiver: inout TCPSide, pool: inout IntervalPool) {
        receiver.acknowledge(position)
        guard receiver.knows(.probeBeyondEdge) else { return }
        // The octet of a zero-window probe was taken after all: it is sent now.
        if position > receiver.next {
            receiver.seen.insert(receiver.next, receiver.next + 1, in: &pool)
            receiver.advance(to: receiver.next + 1)
        }
        if position >= receiver.next { receiver.forget(.probeBeyondEdge) }
    }

    /// Sets or moves the sender's base, and takes the scale that its SYN offers.
    private static func prepareForSYN(
        _ segment: TCPSegment, sender: inout TCPSide, receiver: TCPSide, pool: inout IntervalPool
    ) {
        let isInitial = sender.hasBase && segment.sequenceNumber == sender.initialSequenceNumber
        if !isInitial {
            // A base that rests on no SYN and no octet was a guess (a RST's number, say). One that rests on a SYN ACK
            // stands once the other side has acknowledged it: another SYN ACK is then a stray one.
            let stands = sender.hasSYN && sender.knows(.acknowledged) && sender.acknowledged > 0
            guard !stands else { return }
            sender.seen.removeAll(in: &pool, from: 0)
            sender = TCPSide()
            sender.setBase(segment.sequenceNumber, next: 0)
        }
        sender.noteWindowScale(segment.windowScale)
    }

    /// The window in octets, nil where the scale is not known (RFC 7323 §2.2, §2.3).
    ///
    /// Windows are scaled where both SYNs carry the option. A SYN ACK carries it only where the SYN did, so that a SYN ACK
    /// alone tells its own side's scale; and one SYN without it tells that no window is scaled.
    @inline(__always)
    private static func scaledWindow(_ segment: TCPSegment, sender: TCPSide, receiver: TCPSide) -> UInt32? {
        let window = UInt32(segment.window)
        if segment.flags.contains(.syn) { return window }
        if sender.knows(.windowScale), receiver.knows(.windowScale) || sender.knows(.answeringSYN) && !receiver.hasSYN {
            return window << UInt32(sender.windowShift)
        }
        let senderLacksScale = sender.hasSYN && !sender.knows(.windowScale)
        let receiverLacksScale = receiver.hasSYN && !receiver.knows(.windowScale)
        return senderLacksScale || receiverLacksScale ? window : nil
    }
}
