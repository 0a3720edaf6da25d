internal import FlowAnalysis

extension SegmentLabel.Kind {
    /// The rule that the label follows, and the RFC that it comes from.
    var rule: String {
        switch self {
        case .networkDuplicate: "the same frame twice: equal IP identification (RFC 6864)"
        case .retransmission: "octets of it were already seen on this side (RFC 9293 §3.8.1)"
        case .retransmissionOriginalUnseen:
            "never seen, below the highest seen, and it left after what overtook it (RFC 9293 §3.8.1)"
        case .outOfOrder: "below the highest seen, and it left before what overtook it (RFC 4737)"
        case .undetermined: "never seen, below the highest seen, and no evidence tells why"
        case .zeroWindowProbe: "at UNA-1 or beyond the edge of a closed window (RFC 9293 §3.8.6.1)"
        case .keepAlive: "at most one octet at NXT-1, all acknowledged (RFC 9293 §3.8.4)"
        case .gap: "it starts beyond the highest octet seen: something was lost or not captured"
        case .reset: "RST (RFC 9293 §3.5.2)"
        case .portReuse: "a SYN of another connection (RFC 9293 §3.6.1, RFC 6191)"
        case .simultaneousOpen: "SYNs crossed (RFC 9293 §3.5)"
        case .halfOpen: "an ACK of something else answers a SYN (RFC 9293 §3.5.1, RFC 5961 §4)"
        case .sackReneging: "octets at UNA had been reported (RFC 2018 §8)"
        case .duplicateACK: "RFC 5681 §2, or new SACK information at the same UNA (RFC 6675 §2)"
        case .ackOfUnseen: "it acknowledges beyond the highest octet seen"
        case .zeroWindowProbeACK: "it answers a probe (RFC 9293 §3.8.6.1)"
        case .keepAliveACK: "it answers a probe (RFC 9293 §3.8.4)"
        case .windowFull: "its last octet is the last that the window has room for (RFC 9293 §3.8.6)"
        case .zeroWindow: "the window is 0 (RFC 9293 §3.8.6)"
        case .windowUpdate: "UNA as before, no data, another window (RFC 9293 §3.8.6)"
        case .dSACK: "the first SACK block reports octets that came twice (RFC 2883 §4)"
        case .fastOpen, .fastOpenIgnored: "data in a SYN (RFC 7413 §2, §4.2)"
        case .congestionExperiencedEcho: "ECE outside a SYN (RFC 3168 §6.1.3)"
        case .congestionWindowReduced: "CWR outside a SYN (RFC 3168 §6.1.2)"
        }
    }
}
