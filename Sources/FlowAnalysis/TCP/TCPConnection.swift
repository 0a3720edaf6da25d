import PacketDecode

/// A TCP connection as the capture shows it: both sides.
///
/// A state machine without I/O: `TCPConnection+Observe` takes segments and answers with what they are. A plain value, so
/// that a table holds it in place: what has no fixed size is in the memory that the table hands in.
struct TCPConnection: BitwiseCopyable {
    var initiator = TCPSide()
    var responder = TCPSide()
    private(set) var isReset = false
    /// A SYN came as it was before, after a RST: what it opens is the same connection, or another one.
    private var isReopened = false

    /// Both sides sent FIN, or one sent RST.
    var isClosed: Bool { isReset || initiator.hasFIN && responder.hasFIN }

    mutating func noteReset(_ isReset: Bool) {
        if self.isReset, !isReset { isReopened = true }
        self.isReset = isReset
    }

    /// Gives back what the connection holds.
    mutating func removeAll(in memory: inout TCPMemory) {
        initiator.removeAll(in: &memory)
        responder.removeAll(in: &memory)
    }

    /// Whether a segment from `direction` belongs to another connection with the same addresses and ports.
    ///
    /// Only a SYN does that (RFC 9293 §3.6.1, RFC 6191):
    /// - a SYN whose number is not the initial one of its side;
    /// - any SYN without ACK after both sides sent FIN. (After a RST it may be the refused SYN, tried again as it was.)
    /// - a SYN ACK whose number is not the initial one, on a closed connection or where octets of its side were seen
    ///   without a SYN. On an open connection it is stray, or a server that starts the handshake anew: not another one.
    /// - such a SYN ACK that answers a SYN which came again, as it was, after a RST. The client chose the same number twice; the
    ///   server's number tells that it holds this for another connection. Where all that the server had sent was a refusal,
    ///   there was no earlier one: the SYN was tried again.
    func isSucceeded(by segment: TCPSegment, from direction: FlowDirection) -> Bool {
        guard segment.flags.contains(.syn), !segment.flags.contains(.rst) else { return false }
        let side = direction == .fromInitiator ? initiator : responder
        let isInitial = side.hasBase && segment.sequenceNumber == side.initialSequenceNumber
        if segment.flags.contains(.ack) {
            guard side.hasBase, !isInitial else { return false }
            if isReopened, side.hasSYN || side.knows(.resetWithin) { return true }
            return isClosed || !side.hasSYN && !side.seen.isEmpty
        }
        if initiator.hasFIN && responder.hasFIN { return true }
        // A RST that refuses a SYN has the number 0, or the acknowledged one: no initial number of its side.
        return side.hasBase && !isInitial && (side.hasSYN || !isReset || !side.seen.isEmpty)
    }

    /// The connection that a SYN ACK opens after this one, where it answers a SYN that this one was shown; else an empty one.
    func successor(openedBy segment: TCPSegment, from direction: FlowDirection) -> TCPConnection {
        var successor = TCPConnection()
        let opener = direction == .fromInitiator ? responder : initiator
        if isReopened, segment.flags.contains(.ack), opener.knows(.openingSYN),
            segment.acknowledgmentNumber == opener.initialSequenceNumber.advanced(by: 1)
        {
            successor.initiator = opener.asItsSYNLeftIt
        }
        return successor
    }
}
