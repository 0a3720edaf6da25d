public import FlowAnalysis
public import PacketDecode

extension OutputBuffer {
    /// Appends what a label says of its segment, in words: `⟲ retransmission: 1:501 was sent at 0.020331`.
    ///
    /// - Parameter start: the moment that times are counted from.
    public mutating func append(_ label: SegmentLabel, since start: Timestamp) {
        append(upTo: 256) { $0.put(label, since: start, showsFrame: false) }
    }
}

extension OutputBuffer {
    /// Appends one label, with the frame that is its evidence.
    mutating func append(_ label: SegmentLabel) {
        append(upTo: 256) { $0.put(label, since: nil, showsFrame: true) }
    }
}

extension Line {
    /// One label.
    ///
    /// - Parameter start: the moment that the evidence's time is counted from; nil leaves the time away.
    mutating func put(_ label: SegmentLabel, since start: Timestamp?, showsFrame: Bool) {
        switch label.kind {
        case .retransmission:
            put("⟲ retransmission: ")
            putRepeated(label)
            put(" was sent ")
            if label.evidence == nil { put("before") }
            putEvidence(label, since: start, showsFrame)
            if label.isSpurious == true { put(" and had been acknowledged") }
            put(causeOf: label)
        case .retransmissionOriginalUnseen:
            put("⟲ retransmission, original unseen: ")
            putRepeated(label)
            put(" left after what came ")
            putEvidence(label, since: start, showsFrame)
            put(causeOf: label)
        case .outOfOrder:
            put("⇄ out of order: ")
            putRepeated(label)
            put(" left before what came ")
            putEvidence(label, since: start, showsFrame)
        case .undetermined:
            put(label.reason == .answerOrDouble ? "? doubled or answered twice: " : "? sent again or overtaken: ")
            putRepeated(label)
            put(", nothing tells")
        case .networkDuplicate:
            put("⧉ doubled by the network")
            if label.evidence != nil { put(": came ") }
            putEvidence(label, since: start, showsFrame)
        case .gap:
            put("⋯ gap: ")
            putRange(label)
            put(" was not seen")
        case .duplicateACK:
            put("≡ duplicate ACK ")
            put(number: label.count)
            if label.reason == .newSACKInformation { put(", with new SACK information") }
        case .ackOfUnseen:
            put("? acknowledges ")
            putRange(label)
            put(", which was not seen")
        default: put(wordsOf: label)
        }
    }

    /// The labels that are said in fixed words.
    private mutating func put(wordsOf label: SegmentLabel) {
        switch label.kind {
        case .zeroWindowProbe: put("∅ zero-window probe")
        case .zeroWindowProbeACK: put("∅ answer to a zero-window probe")
        case .zeroWindow: put("∅ zero window: nothing more may be sent")
        case .windowFull: put("∎ window full: the sender must wait")
        case .windowUpdate: put("↕ window update")
        case .keepAlive: put("♥ keep-alive")
        case .keepAliveACK: put("♥ answer to a keep-alive")
        case .dSACK:
            put("⧉ D-SACK: ")
            putRange(label)
            put(" arrived twice")
        case .sackReneging: put("! SACK reneging: what was reported was dropped again")
        case .reset: put(resetReason: label.reason)
        case .portReuse: put("↺ port reuse: another connection with the same ports")
        case .simultaneousOpen: put("⤫ simultaneous open: both sides sent a SYN")
        case .halfOpen: put("! half-open: this side still holds an earlier connection")
        case .fastOpen:
            put(
                label.reason == .dataAccepted ? "⚡ fast open: the SYN's data was taken" : "⚡ fast open: data in the SYN"
            )
        case .fastOpenIgnored: put("⚡ fast open ignored: the SYN's data was not taken")
        case .congestionExperiencedEcho: put("≈ ECN echo: the network is congested")
        case .congestionWindowReduced: put("≈ congestion window reduced")
        case .retransmission, .retransmissionOriginalUnseen, .outOfOrder, .undetermined, .networkDuplicate, .gap,
            .duplicateACK, .ackOfUnseen:
            break
        }
    }

    private mutating func put(resetReason reason: SegmentLabel.Reason) {
        put("✗ reset: ")
        switch reason {
        case .refusesSYN: put("the connection is refused")
        case .answersUnknownSegment: put("there is no such connection there")
        case .answersDataAfterClose: put("it had closed, and data came")
        case .aborts: put("the connection is aborted")
        default: put("the connection is over")
        }
    }

    private mutating func put(causeOf label: SegmentLabel) {
        switch label.cause {
        case .fast: put(", fast")
        case .timeout: put(", after a timeout")
        case .timeoutRecovery: put(", in recovery from a timeout")
        case .tailLossProbe: put(", as a tail loss probe")
        case .pathMTU: put(", smaller, for it was too big for the path")
        case .undetermined: break
        }
    }

    private mutating func putEvidence(_ label: SegmentLabel, since start: Timestamp?, _ showsFrame: Bool) {
        guard let evidence = label.evidence else { return }
        if let start {
            put("at ")
            put(secondsOf: start.distance(to: evidence.timestamp))
        }
        if showsFrame {
            put(start == nil ? "in frame " : " in frame ")
            put(number: evidence.frame)
        }
    }

    private mutating func putRange(_ label: SegmentLabel) {
        put(number: label.firstRepeated)
        put(UInt8(ascii: ":"))
        put(number: label.repeatedEnd)
    }

    /// The octets that were sent again, `SYN` and `FIN` by these names.
    private mutating func putRepeated(_ label: SegmentLabel) {
        var isFirst = true
        if label.carries.contains(.syn) {
            put("SYN")
            isFirst = false
        }
        if label.carries.contains(.data) {
            if !isFirst { put(" and ") }
            isFirst = false
            put(number: label.firstRepeated + (label.carries.contains(.syn) ? 1 : 0))
            put(UInt8(ascii: ":"))
            put(number: label.repeatedEnd - (label.carries.contains(.fin) ? 1 : 0))
        }
        if label.carries.contains(.fin) {
            if !isFirst { put(" and ") }
            put("FIN")
        }
    }

    /// Seconds with six decimals.
    mutating func put(secondsOf nanoseconds: Int64) {
        let magnitude = nanoseconds.magnitude
        if nanoseconds < 0 { put(UInt8(ascii: "-")) }
        put(decimal: magnitude / 1_000_000_000)
        put(UInt8(ascii: "."))
        put(padded: magnitude % 1_000_000_000 / 1000, 6)
    }
}
