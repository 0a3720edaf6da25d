internal import FlowAnalysis

extension SegmentLabel.Kind {
    /// The rule that the label follows.
    var rule: String {
        switch self {
        case .networkDuplicate: "the same frame twice: equal IP identification, or a TSval that a resend would not have"
        case .retransmission: "octets of it were already seen on this side"
        case .retransmissionOriginalUnseen: "never seen, below the highest seen, and it left after what overtook it"
        case .outOfOrder: "below the highest seen, and it left before what overtook it"
        case .undetermined: "below the highest seen, and no evidence tells why it comes now"
        case .zeroWindowProbe: "at UNA-1 or beyond the edge of a closed window"
        case .keepAlive: "at most one octet at NXT-1, all acknowledged"
        case .gap: "it starts beyond the highest octet seen: something was lost or not captured"
        case .reset: "RST"
        case .portReuse: "a SYN of another connection"
        case .simultaneousOpen: "SYNs crossed"
        case .halfOpen: "an ACK of something else answers a SYN"
        case .sackReneging: "octets at UNA had been reported"
        case .duplicateACK: "the same UNA again with data outstanding, or new SACK information at the same UNA"
        case .ackOfUnseen: "it acknowledges beyond the highest octet seen"
        case .zeroWindowProbeACK: "it answers a probe"
        case .keepAliveACK: "it answers a probe"
        case .windowFull: "its last octet is the last that the window has room for"
        case .zeroWindow: "the window is 0"
        case .windowUpdate: "UNA as before, no data, another window"
        case .dSACK: "the first SACK block reports octets that came twice"
        case .fastOpen, .fastOpenIgnored: "data in a SYN"
        case .congestionExperiencedEcho: "ECE outside a SYN"
        case .congestionWindowReduced: "CWR outside a SYN"
        }
    }

    /// Where the rule comes from; empty where no RFC says it.
    var reference: String {
        switch self {
        case .networkDuplicate: "RFC 6864, RFC 7323 §3"
        case .retransmission: "RFC 9293 §3.8.1"
        case .retransmissionOriginalUnseen: "RFC 9293 §3.8.1"
        case .outOfOrder: "RFC 4737"
        case .zeroWindowProbe: "RFC 9293 §3.8.6.1"
        case .keepAlive: "RFC 9293 §3.8.4"
        case .reset: "RFC 9293 §3.5.2"
        case .portReuse: "RFC 9293 §3.6.1, RFC 6191"
        case .simultaneousOpen: "RFC 9293 §3.5"
        case .halfOpen: "RFC 9293 §3.5.1, RFC 5961 §4"
        case .sackReneging: "RFC 2018 §8"
        case .duplicateACK: "RFC 5681 §2, RFC 6675 §2"
        case .zeroWindowProbeACK: "RFC 9293 §3.8.6.1"
        case .keepAliveACK: "RFC 9293 §3.8.4"
        case .windowFull: "RFC 9293 §3.8.6"
        case .zeroWindow: "RFC 9293 §3.8.6"
        case .windowUpdate: "RFC 9293 §3.8.6"
        case .dSACK: "RFC 2883 §4"
        case .fastOpen, .fastOpenIgnored: "RFC 7413 §2, §4.2"
        case .congestionExperiencedEcho: "RFC 3168 §6.1.3"
        case .congestionWindowReduced: "RFC 3168 §6.1.2"
        case .undetermined, .gap, .ackOfUnseen: ""
        }
    }
}

extension SegmentLabel.Cause {
    /// What the cause is, and the RFC that it comes from.
    var rule: String {
        switch self {
        case .fast: "an ACK told of the loss (RFC 5681 §3.2, RFC 6675 §4, RFC 8985 §6.2)"
        case .timeout: "the retransmission timer ran out (RFC 6298 §5.4)"
        case .timeoutRecovery: "sent again after a timeout, because of it (RFC 5681 §3.1)"
        case .tailLossProbe: "the last segment again, to bring an ACK (RFC 8985 §7)"
        case .pathMTU: "too big for a link on its way: again in smaller segments (RFC 1191 §6.4, RFC 8201 §5.4)"
        case .undetermined: "no evidence tells"
        }
    }
}

extension SegmentLabel.CauseReason {
    /// What the evidence is, and the RFC that makes it evidence.
    var rule: String {
        switch self {
        case .none: ""
        case .duplicateAcknowledgments: "three duplicate ACKs or more (RFC 5681 §3.2)"
        case .laterSegmentDelivered: "a segment that was sent later has arrived (RFC 6675 §4, RFC 8985 §6.2)"
        case .partialAcknowledgment: "an ACK of a part in fast recovery (RFC 6582 §3.2)"
        case .oldestOutstanding: "the oldest outstanding, and no ACK told of a loss (RFC 6298 §5.4)"
        case .beyondRetransmissionTimeout: "no ACK for the time of a retransmission timeout (RFC 6298 §2)"
        case .sentAgainBefore: "a probe is sent once, and this was sent again before (RFC 8985 §7.3)"
        case .noSACK: "SACK was not agreed, without which there are no probes (RFC 8985 §3)"
        case .handshake: "the handshake knows only its timer (RFC 6298 §5)"
        case .lastSegment: "older ones were outstanding, which a timeout would send first (RFC 6298 §5.4)"
        case .belowTimeoutPoint: "below what was outstanding at a timeout (RFC 5681 §3.1)"
        case .packetTooBig: "ICMP called an outstanding segment too big (RFC 1191 §4, RFC 4443 §3.2)"
        }
    }
}

extension LabelRevision.Reason {
    /// Why that is evidence.
    var rule: String {
        switch self {
        case .dSACK: "the receiver reports the octets as arrived twice"
        case .originalArrived: "the first sending was only late: it came after its resend"
        }
    }

    /// Where that is laid down.
    var reference: String {
        switch self {
        case .dSACK: "RFC 2883 §4, RFC 3708"
        case .originalArrived: "RFC 9293 §3.8.1, RFC 4737"
        }
    }
}
