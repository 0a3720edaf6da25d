internal import PacketDecode
internal import SocketEvents

extension SocketEvent {
    /// Whether the event has a line of its own: a TCP socket's `bind` says no more than its `listen`.
    var hasTimelineLine: Bool {
        !(call == .bind && failure == nil && role == .server)
    }
}

extension OutputBuffer {
    /// Appends a call as the program's lane has it: `client send 500 octets`.
    ///
    /// - Parameters:
    ///   - time: where the call stands. One that gives to the network belongs at its start; where it stands later, what came
    ///     of it took long, and how long is said.
    ///   - caller: who made the call; nil names it by the part that it plays.
    mutating func appendTimelineText(_ event: SocketEvent, at time: Timestamp, by caller: String? = nil) {
        append(caller ?? event.role.rawValue)
        append(" ")
        append(event.call.rawValue)
        appendOutcome(event)
        guard time > event.start, event.call != .receive, event.call != .accept else { return }
        append(", took ")
        append(span: event.start.distance(to: time))
    }

    private mutating func appendOutcome(_ event: SocketEvent) {
        if let failure = event.failure {
            append(" failed: ")
            append(escaping: failure.reason)
            return
        }
        switch event.call {
        case .connect, .accept:
            if let peer = event.peer {
                append(" ")
                append(peer)
            }
        case .bind, .listen:
            if let local = event.local {
                append(" ")
                append(local)
            }
        case .send:
            append(" ")
            append(octets: event.octets ?? 0)
        case .receive where event.isEndOfStream: append(" end of stream")
        case .receive:
            append(" ")
            if let datagramLength = event.datagramLength, datagramLength != event.octets {
                append(event.octets ?? 0)
                append(" of ")
                append(octets: datagramLength)
                append(": ")
                append(datagramLength - (event.octets ?? 0))
                append(" lost")
            } else {
                append(octets: event.octets ?? 0)
            }
        case .shutdown, .close: break
        }
    }
}
