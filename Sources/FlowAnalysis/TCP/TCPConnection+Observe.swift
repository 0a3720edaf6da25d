import PacketDecode

/// A segment with what is known of it before its labels.
struct PlacedSegment: BitwiseCopyable {
    let segment: TCPSegment
    let info: FrameInfo
    /// In ticks.
    let moment: UInt32
    /// Positions of the sender: the segment takes `start..<end` of its sequence space.
    let start: Int64
    let end: Int64
    /// A position of the receiver; meaningful with ACK.
    let acknowledgment: Int64
    /// In octets where the scale is known, else as sent.
    let window: UInt32

    var flags: TCPFlags { segment.flags }
    var hasACK: Bool { segment.flags.contains(.ack) }
    var isReset: Bool { segment.flags.contains(.rst) }
    /// Whether it carries no octet, SYN, FIN or RST.
    var isPure: Bool { start == end && !isReset }
}

extension TCPConnection {
    /// Takes a segment and says what it is.
    ///
    /// - Parameters:
    ///   - segment: the segment.
    ///   - direction: which end sent it.
    ///   - observation: filled in. It is handed in and not returned, for it is copied often enough on its way out.
    mutating func observe(
        _ segment: TCPSegment, from direction: FlowDirection, _ info: FrameInfo, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) {
        if segment.flags.contains(.rst) { noteReset(true) }
        // The refused SYN, tried again as it was: the connection is not over.
        if segment.flags.contains(.syn), !segment.flags.contains(.rst) { noteReset(false) }
        switch direction {
        case .fromInitiator:
            Self.observe(
                segment, info, sender: &initiator, receiver: &responder, in: &memory, into: &observation)
        case .fromResponder:
            Self.observe(
                segment, info, sender: &responder, receiver: &initiator, in: &memory, into: &observation)
        }
    }

    private static func observe(
        _ segment: TCPSegment, _ info: FrameInfo, sender: inout TCPSide, receiver: inout TCPSide,
        in memory: inout TCPMemory, into observation: inout SegmentObservation
    ) {
        let placed = place(segment, info, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
        if segment.interface != 0 || segment.identification == sender.lastIdentification,
            isSeenTwice(placed, sender: &sender, receiver: receiver, in: memory, into: &observation)
        {
            observation.senderState = sender.state
            observation.receiverState = receiver.state
            return
        }
        let (senderState, receiverState) = (sender.state, receiver.state)
        let isSteady = senderState == .established && receiverState == .established
        let isControl = !segment.flags.isDisjoint(with: [.syn, .fin, .rst])
        // A RST's data is a text for people (RFC 9293 §3.10.7): it takes no place in sequence space.
        if placed.isReset {
            noteReset(placed, sender: sender, receiver: receiver, in: memory, labels: &observation.labels)
            if !placed.hasACK, segment.sequenceNumber.rawValue != 0 { sender.learn(.resetWithin) }
        } else {
            guard noteOctets(placed, sender: &sender, receiver: receiver, in: &memory, into: &observation) else {
                observation.senderState = senderState
                observation.receiverState = receiverState
                return
            }
            if isControl { noteHandshake(placed, sender: &sender, receiver: &receiver, labels: &observation.labels) }
            if placed.hasACK {
                noteAcknowledgment(placed, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
            }
            noteWindowAndFlags(placed, sender: sender, receiver: receiver, labels: &observation.labels)
            // An ACK that was overtaken tells of an older window (RFC 9293 §3.10.7.4, SND.WL2).
            if !placed.hasACK || placed.acknowledgment >= receiver.acknowledged {
                sender.window = placed.window
                sender.learn(observation.hasScaledWindow ? [.window, .windowIsScaled] : .window)
            }
        }
        if segment.hasTimestamp {
            receiver.stopTimingEcho(segment.timestampEcho, at: placed.moment)
            if placed.isPure { sender.startTimingEcho(of: segment.timestampValue, at: placed.moment) }
        }
        sender.noteEvidence(
            timestampValue: segment.hasTimestamp ? segment.timestampValue : nil,
            identification: segment.identification)
        sender.learn(.sent)
        if !isSteady || isControl {
            advanceStates(placed, sender: &sender, receiver: &receiver)
            observation.hasStateChanged = sender.state != senderState || receiver.state != receiverState
        }
        observation.senderState = sender.state
        observation.receiverState = receiver.state
    }

    /// Gives a segment its place in both sides' sequence spaces.
    @inline(__always)
    private static func place(
        _ segment: TCPSegment, _ info: FrameInfo, sender: inout TCPSide, receiver: inout TCPSide,
        in memory: inout TCPMemory, into observation: inout SegmentObservation
    ) -> PlacedSegment {
        let flags = segment.flags
        // With RST a SYN opens nothing (RFC 9293 §3.10.7: RST is looked at first).
        if flags.contains(.syn), !flags.contains(.rst) {
            prepareForSYN(segment, sender: &sender, receiver: receiver, in: &memory)
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
        var acknowledgment: Int64 = 0
        if flags.contains(.ack) {
            acknowledgment = receiver.position(of: segment.acknowledgmentNumber)
            observation.acknowledgmentNumber = segment.acknowledgmentNumber
            observation.acknowledgment = acknowledgment
            observation.hasAcknowledgment = true
        }
        observation.hasScaledWindow = isWindowScaleKnown(flags, sender: sender, receiver: receiver)
        let shift = observation.hasScaledWindow && !flags.contains(.syn) ? UInt32(windowShift(sender, receiver)) : 0
        observation.window = UInt32(segment.window) << shift
        return PlacedSegment(
            segment: segment, info: info, moment: info.timestamp.ticks, start: start,
            end: isReset ? start : start + length, acknowledgment: acknowledgment, window: observation.window)
    }

    /// Sets or moves the sender's base, and takes the scale that its SYN offers.
    private static func prepareForSYN(
        _ segment: TCPSegment, sender: inout TCPSide, receiver: TCPSide, in memory: inout TCPMemory
    ) {
        let isInitial = sender.hasBase && segment.sequenceNumber == sender.initialSequenceNumber
        if !isInitial {
            // A base that rests on no SYN and no octet was a guess (a RST's number, say). One that rests on a SYN ACK
            // stands once the other side has acknowledged it: another SYN ACK is then a stray one.
            let stands = sender.hasSYN && sender.knows(.acknowledged) && sender.acknowledged > 0
            guard !stands else { return }
            sender.removeAll(in: &memory)
            sender = TCPSide()
            sender.setBase(segment.sequenceNumber, next: 0)
        }
        sender.noteWindowScale(segment.windowScale)
        if segment.isSACKPermitted { sender.learn(.sackPermitted) }
        sender.announcedSize = segment.maximumSegmentSize
    }

    /// Whether the scale of the sender's windows is known (RFC 7323 §2.2, §2.3).
    ///
    /// Windows are scaled where both SYNs carry the option. A SYN ACK carries it only where the SYN did, so that a SYN ACK
    /// alone tells its own side's scale; and one SYN without it tells that no window is scaled.
    @inline(__always)
    static func isWindowScaleKnown(_ flags: TCPFlags, sender: TCPSide, receiver: TCPSide) -> Bool {
        if flags.contains(.syn) || isWindowScaled(sender, receiver) { return true }
        return sender.hasSYN && !sender.knows(.windowScale) || receiver.hasSYN && !receiver.knows(.windowScale)
    }

    @inline(__always)
    static func isWindowScaled(_ sender: TCPSide, _ receiver: TCPSide) -> Bool {
        sender.knows(.windowScale)
            && (receiver.knows(.windowScale) || sender.knows(.answeringSYN) && !receiver.hasSYN)
    }

    @inline(__always)
    private static func windowShift(_ sender: TCPSide, _ receiver: TCPSide) -> UInt8 {
        isWindowScaled(sender, receiver) ? sender.windowShift : 0
    }
}
