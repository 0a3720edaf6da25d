import PacketDecode

extension TCPConnection {
    /// Takes a segment and says what it is.
    ///
    /// - Parameters:
    ///   - header: the segment's header.
    ///   - dataLength: octets of data that it had on the wire.
    ///   - direction: which end sent it.
    mutating func observe(
        _ header: TCPHeader, dataLength: UInt32, from direction: FlowDirection, _ info: FrameInfo,
        pool: inout IntervalPool, log: inout SendingLog
    ) -> SegmentObservation {
        if header.flags.contains(.rst) { noteReset(true) }
        // The refused SYN, tried again as it was: the connection is not over.
        if header.flags.contains(.syn) { noteReset(false) }
        switch direction {
        case .fromInitiator:
            return Self.observe(
                header, dataLength, info, sender: &initiator, receiver: &responder, pool: &pool, log: &log)
        case .fromResponder:
            return Self.observe(
                header, dataLength, info, sender: &responder, receiver: &initiator, pool: &pool, log: &log)
        }
    }

    private static func observe(
        _ header: TCPHeader, _ dataLength: UInt32, _ info: FrameInfo, sender: inout TCPSide, receiver: inout TCPSide,
        pool: inout IntervalPool, log: inout SendingLog
    ) -> SegmentObservation {
        let flags = header.flags
        if flags.contains(.syn) {
            prepareForSYN(header, sender: &sender, receiver: receiver, pool: &pool)
        } else if !sender.hasBase {
            sender.setBase(header.sequenceNumber.advanced(by: -1), next: 1)
        }
        if flags.contains(.ack), !receiver.hasBase {
            receiver.setBase(header.acknowledgmentNumber.advanced(by: -1), next: 1)
        }

        let start = sender.position(of: header.sequenceNumber)
        let isReset = flags.contains(.rst)
        let controls = isReset ? 0 : (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
        let end = start + Int64(dataLength) + Int64(controls)

        var labels = BoundedArray<4, SegmentLabel>(filler: .filler)
        // A RST's data is a text for people (RFC 9293 §3.10.7): it takes no place in sequence space.
        if !isReset {
            note(
                start, end, flags, info, sender: &sender, receiver: receiver, pool: &pool, log: &log, labels: &labels)
        }

        var acknowledgment: Int64?
        if flags.contains(.ack) {
            let position = receiver.position(of: header.acknowledgmentNumber)
            acknowledgment = position
            if !isReset { acknowledge(position, of: &receiver, pool: &pool) }
        }
        let scaledWindow = scaledWindow(header, sender: sender, receiver: receiver)
        if !isReset {
            sender.window = scaledWindow ?? UInt32(header.window)
            sender.learn(.window)
        }
        return SegmentObservation(
            relativeSequenceNumber: start, relativeSequenceEnd: isReset ? start + Int64(dataLength) : end,
            relativeAcknowledgmentNumber: acknowledgment, scaledWindow: scaledWindow,
            acknowledgmentNumber: header.acknowledgmentNumber, labels: labels)
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
            firstRepeated: repetition.start, repeatedEnd: repetition.end,
            repeatedCount: UInt32(clamping: repetition.count),
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
        _ header: TCPHeader, sender: inout TCPSide, receiver: TCPSide, pool: inout IntervalPool
    ) {
        let isInitial = sender.hasBase && header.sequenceNumber == sender.initialSequenceNumber
        if !isInitial {
            // A base that rests on no SYN and no octet was a guess (a RST's number, say). One that rests on a SYN ACK
            // stands once the other side has acknowledged it: another SYN ACK is then a stray one.
            let stands = sender.hasSYN && sender.knows(.acknowledged) && sender.acknowledged > 0
            guard !stands else { return }
            sender.seen.removeAll(in: &pool, from: 0)
            sender = TCPSide()
            sender.setBase(header.sequenceNumber, next: 0)
        }
        sender.noteWindowScale(header.options.windowScale)
    }

    /// The window in octets, nil where the scale is not known (RFC 7323 §2.2, §2.3).
    ///
    /// Windows are scaled where both SYNs carry the option. A SYN ACK carries it only where the SYN did, so that a SYN ACK
    /// alone tells its own side's scale; and one SYN without it tells that no window is scaled.
    @inline(__always)
    private static func scaledWindow(_ header: TCPHeader, sender: TCPSide, receiver: TCPSide) -> UInt32? {
        let window = UInt32(header.window)
        if header.flags.contains(.syn) { return window }
        if sender.knows(.windowScale), receiver.knows(.windowScale) || sender.knows(.answeringSYN) && !receiver.hasSYN {
            return window << UInt32(sender.windowShift)
        }
        let senderLacksScale = sender.hasSYN && !sender.knows(.windowScale)
        let receiverLacksScale = receiver.hasSYN && !receiver.knows(.windowScale)
        return senderLacksScale || receiverLacksScale ? window : nil
    }
}
