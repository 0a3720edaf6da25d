extension SegmentLabel {
    /// The labels, by their JSON names, in the order in which they are shown where several hold.
    ///
    /// "Seen" means captured on this side of this connection in this capture. UNA and NXT are the sender's as the capture
    /// shows them: the highest acknowledgment of the other side, and the number behind the highest octet sent.
    public enum Kind: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// The same frame as one already seen, doubled by the link: the same octets (or the same ACK) and the same IP
        /// identification (RFC 6864), in a direction where identifications change; or, where there is none, the same
        /// TSval (RFC 7323 §3), in a direction where it changes within a round trip. Never a resend.
        case networkDuplicate
        /// Carries an octet, a SYN or a FIN that was already seen (RFC 9293 §3.8.1).
        ///
        /// Never one: a keep-alive probe (RFC 9293 §3.8.4), a zero-window probe (§3.8.6.1), a RST, what the link doubled,
        /// what left before the frame that it repeats, or the SYN ACK that answers a crossing SYN (§3.5).
        case retransmission
        /// Carries octets never seen, below the highest seen, and left after a segment that overtook its first sending:
        /// it was sent again (RFC 9293 §3.8.1: new data leaves in order). So a loss looks at the receiver's side.
        case retransmissionOriginalUnseen
        /// Carries octets below the highest seen, and left before all that overtook it: reordering (RFC 4737), no resend.
        case outOfOrder
        /// Carries octets never seen, below the highest seen; no evidence tells whether it was sent again or overtaken. Or
        /// a SYN ACK seen before, of which none tells whether the link doubled it or its sender answered a doubled SYN. Or, at
        /// the receiver's side, octets seen in other pieces, of which none tells which were sent first (RFC 8201).
        case undetermined
        /// A probe of a closed window (RFC 9293 §3.8.6.1): at UNA-1, or one octet beyond the edge, while the other side's
        /// last window was 0.
        case zeroWindowProbe
        /// A keep-alive probe (RFC 9293 §3.8.4): 0 or 1 octet at NXT-1 where all is acknowledged and the window is open.
        case keepAlive
        /// Starts beyond the highest octet seen: something was lost, or not captured, before it. Once for each hole.
        case gap
        /// A RST (RFC 9293 §3.5.2); `reason` says what it answers.
        case reset
        /// A SYN that opens another connection with the addresses and ports of an earlier one (RFC 9293 §3.6.1, RFC 6191); or,
        /// where the SYN came as it was before, the SYN ACK whose initial number tells so.
        case portReuse
        /// A SYN that crosses the other side's (RFC 9293 §3.5, figure 7).
        case simultaneousOpen
        /// An answer to a SYN by a side that still holds an earlier connection (RFC 9293 §3.5.1, figure 9; RFC 5961 §4).
        case halfOpen
        /// The octets at UNA had been reported by SACK and are not acknowledged (RFC 2018 §8): the receiver dropped them.
        case sackReneging
        /// RFC 5681 §2: octets outstanding, no data, no SYN or FIN, UNA and window as before; or, where SACK was agreed, UNA
        /// as before, no data, SYN or FIN, and SACK information not seen before (RFC 6675 §2). `count` says which one.
        case duplicateACK
        /// Acknowledges beyond the highest octet seen: not all was captured (or RFC 9293 §3.10.7.4: something not sent).
        case ackOfUnseen
        /// The answer to a zero-window probe.
        case zeroWindowProbeACK
        /// The answer to a keep-alive probe.
        case keepAliveACK
        /// Its last octet is the last one that the other side's window has room for (RFC 9293 §3.8.6).
        case windowFull
        /// Announces a window of 0, outside SYN, FIN and RST (RFC 9293 §3.8.6).
        case zeroWindow
        /// Leaves UNA where it was, carries no data and no new SACK information, and announces another window.
        case windowUpdate
        /// Reports octets that arrived twice (RFC 2883 §4).
        case dSACK
        /// Data in a SYN, or a SYN ACK that accepts it (RFC 7413 §2).
        case fastOpen
        /// A SYN ACK that leaves the data of the SYN unacknowledged (RFC 7413 §4.2).
        case fastOpenIgnored
        /// ECE outside a SYN: the network marked what the other side sent (RFC 3168 §6.1.3).
        case congestionExperiencedEcho
        /// CWR outside a SYN: the sender has reduced its congestion window (RFC 3168 §6.1.2).
        case congestionWindowReduced

        /// Whether the label says that the segment was sent again.
        public var isResend: Bool { self == .retransmission || self == .retransmissionOriginalUnseen }
    }

    /// The rule and the evidence that a label rests on, by the JSON names.
    public enum Reason: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// Octets of it were seen before.
        case octetsSeen
        /// TSval (RFC 7323 §3) tells the order of sending.
        case timestampOrder
        /// TSval is equal, and TSecr, which never decreases (RFC 7323 §4.3), tells the order of sending.
        case echoOrder
        /// The IP identification, a counter in this direction, tells the order of sending.
        case identificationOrder
        /// It left, with the TSval of its overtakers, sooner than word of a loss goes round.
        case withinRoundTrip
        /// No evidence tells, or TSval and identification tell nothing of it.
        case noEvidence
        /// The IP identification is that of the frame it repeats.
        case identificationEqual
        /// The TSval is that of the frame it repeats, and a resend, a round trip later, would have another one.
        case timestampEqual
        /// The same SYN ACK, sooner than its timer (RFC 6298 §2.1): the link doubled it, or, where it could not be seen here,
        /// the SYN that it answers.
        case answerOrDouble
        /// It starts beyond the highest octet seen.
        case beyondHighestSeen
        /// RFC 5681 §2's five conditions.
        case acknowledgmentRepeated
        /// SACK blocks hold octets not reported before (RFC 6675 §2).
        case newSACKInformation
        /// It acknowledges beyond the highest octet seen.
        case acknowledgmentBeyondSeen
        /// The window is not the one announced before.
        case windowChanged
        /// The window is 0.
        case windowClosed
        /// The octets in flight fill the window.
        case windowFilled
        /// One octet, or none, below what is acknowledged.
        case belowAcknowledged
        /// One octet beyond the edge of a closed window.
        case beyondEdge
        /// A probe went before.
        case probeAnswered
        /// A SACK block below the acknowledgment (RFC 2883 §4.1).
        case blockBelowAcknowledgment
        /// A SACK block inside the one that follows it (RFC 2883 §4.2).
        case blockInsideBlock
        /// The octet at UNA was reported by SACK.
        case sackedOctetsOutstanding
        /// A SYN, or a SYN ACK, with another initial sequence number.
        case newInitialSequenceNumber
        /// A SYN after both sides had closed.
        case afterClose
        /// Both sides sent a SYN, and neither had answered.
        case crossingSYN
        /// In answer to a SYN, an ACK of something else.
        case unacceptableAcknowledgment
        /// RST: no connection there (RFC 9293 §3.10.7.1): it refuses a SYN.
        case refusesSYN
        /// RST with the number that the other side acknowledged: it answers a segment of no connection (RFC 9293 §3.10.7.1).
        case answersUnknownSegment
        /// RST at NXT: the program, or its end, aborted the connection (RFC 9293 §3.10.5).
        case aborts
        /// RST after the sender's FIN: data came that nobody will read (RFC 9293 §3.6.1, RFC 2525 §2.17).
        case answersDataAfterClose
        /// RST elsewhere.
        case resetOther
        /// Data in the SYN.
        case dataInSYN
        /// The SYN ACK acknowledges the data of the SYN.
        case dataAccepted
        /// The SYN ACK acknowledges the SYN alone.
        case dataNotAccepted
        /// The flag is set.
        case flagSet
    }

    /// Why a segment was sent again, by the JSON names.
    public enum Cause: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// Three duplicate ACKs (RFC 5681 §3.2), or SACK evidence (RFC 6675 §4, RFC 8985 §6.2).
        case fast
        /// The retransmission timer ran out (RFC 6298 §5.4).
        case timeout
        /// Sent again after a timeout, because of it (RFC 5681 §3.1: slow start over what was outstanding).
        case timeoutRecovery
        /// The last segment, sent again to bring an ACK (RFC 8985 §7).
        case tailLossProbe
        /// It was too big for a link on its way, as ICMP told (RFC 1191 §6.4, RFC 8201 §5.4): its octets again, in smaller
        /// segments.
        case pathMTU
        /// No evidence tells. With one segment outstanding, a probe and a timeout look the same.
        case undetermined
    }

    /// The evidence that a cause rests on, by the JSON names.
    public enum CauseReason: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// There is none.
        case none
        /// Three duplicate ACKs or more (RFC 5681 §3.2); `count` says how many.
        case duplicateAcknowledgments
        /// A segment that was sent later has arrived (RFC 6675 §4, RFC 8985 §6.2).
        case laterSegmentDelivered
        /// An ACK of a part in fast recovery (RFC 6582 §3.2).
        case partialAcknowledgment
        /// The oldest outstanding octets, more behind them, and no ACK that told of a loss.
        case oldestOutstanding
        /// No ACK for the time of a retransmission timeout (RFC 6298 §2).
        case beyondRetransmissionTimeout
        /// A probe is sent once (RFC 8985 §7.3), and this was sent again before.
        case sentAgainBefore
        /// SACK was not agreed, without which there are no probes (RFC 8985 §3).
        case noSACK
        /// The handshake knows only its timer (RFC 6298 §5).
        case handshake
        /// The last segment, while older ones were outstanding, which a timeout would send first.
        case lastSegment
        /// Below what was outstanding at a timeout.
        case belowTimeoutPoint
        /// "Fragmentation needed" (RFC 792, RFC 1191) or "packet too big" (RFC 4443 §3.2) quoted an outstanding segment.
        case packetTooBig
    }
}
