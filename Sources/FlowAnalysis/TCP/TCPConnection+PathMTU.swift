import PacketDecode

extension TCPConnection {
    /// Takes an ICMP error that calls a segment from `direction` too big for a link on its way: "fragmentation needed" (RFC 792,
    /// RFC 1191 §4) or "packet too big" (RFC 4443 §3.2).
    ///
    /// It counts where it quotes a number that is outstanding (RFC 5927 §4): anybody can send such an error, and a late one
    /// explains nothing.
    mutating func noteTooBig(
        _ quoted: SequenceNumber, from direction: FlowDirection, frame: UInt64, in memory: inout TCPMemory
    ) {
        switch direction {
        case .fromInitiator: Self.noteTooBig(quoted, of: &initiator, frame: frame, in: &memory)
        case .fromResponder: Self.noteTooBig(quoted, of: &responder, frame: frame, in: &memory)
        }
    }

    private static func noteTooBig(
        _ quoted: SequenceNumber, of side: inout TCPSide, frame: UInt64, in memory: inout TCPMemory
    ) {
        guard side.hasBase else { return }
        let position = side.position(of: quoted)
        guard position < side.next, !side.knows(.acknowledged) || position >= side.acknowledged else { return }
        let name = side.startRecovery(in: &memory)
        guard name != 0 else { return }
        memory.recoveries[name].tooBigFrame = frame
        memory.recoveries[name].tooBigPoint = side.next
    }
}
