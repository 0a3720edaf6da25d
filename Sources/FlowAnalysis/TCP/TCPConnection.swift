import PacketDecode

/// A TCP connection as the capture shows it: both sides.
///
/// A state machine without I/O: `TCPConnection+Observe` takes segments and answers with what they are. A plain value, so
/// that a table holds it in place: what has no fixed size is in the memory that the table hands in.
struct TCPConnection: BitwiseCopyable {
    var initiator = TCPSide()
    var responder = TCPSide()
    private(set) var isReset = false

    /// Both sides sent FIN, or one sent RST.
    var isClosed: Bool { isReset || initiator.hasFIN && responder.hasFIN }

    mutating func noteReset(_ isReset: Bool) { self.isReset = isReset }

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
    func isSucceeded(by segment: TCPSegment, from direction: FlowDirection) -> Bool {
        guard segment.flags.contains(.syn), !segment.flags.contains(.rst) else { return false }
        let side = direction == .fromInitiator ? initiator : responder
        let isInitial = side.hasBase && segment.sequenceNumber == side.initialSequenceNumber
        if segment.flags.contains(.ack) {
            return side.hasBase && !isInitial && (isClosed || !side.hasSYN && !side.seen.isEmpty)
        }
        if initiator.hasFIN && responder.hasFIN { return true }
        // A RST that refuses a SYN has the number 0, or the acknowledged one: no initial number of its side.
        return side.hasBase && !isInitial && (side.hasSYN || !isReset || !side.seen.isEmpty)
    }
}
