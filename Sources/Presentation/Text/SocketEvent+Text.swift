internal import PacketDecode
public import SocketEvents

extension OutputBuffer {
    /// Appends a socket event as one line for people: who the other end is, what was done, and the first octets of what was
    /// moved. A TCP socket's `bind` has no line: its `listen` or `connect` says the same.
    public mutating func appendText(_ event: SocketEvent) {
        if event.call == .bind, event.failure == nil, event.role != .receiver { return }
        if event.failure == nil, event.call == .listen || event.call == .bind {
            append(event.call == .listen ? "listening on " : "receiving on ")
            if let local = event.local { append(local) }
            endLine()
            return
        }
        if let who = event.peer ?? event.local { append(who) }
        pad(toColumn: Self.whatColumn)
        if let failure = event.failure {
            append(event.call.rawValue)
            append(" failed: ")
            append(escaping: failure.reason)
            endLine()
            return
        }
        appendDeed(event)
        if !event.content.isEmpty {
            pad(toColumn: event.datagramLength == nil ? Self.contentColumn : Self.datagramContentColumn)
            append(escaping: event.content)
            if event.content.count < event.octets ?? 0 { append("…") }
        }
        endLine()
    }

    /// Where the second column starts: "255.255.255.255:65535" and two spaces stand before it.
    private static let whatColumn = 23
    /// Where contents start: "received 65536 octets" and two spaces stand before them.
    private static let contentColumn = 46
    /// The same for a datagram received: "1500 of 65507 octets: 64007 lost" and two spaces.
    private static let datagramContentColumn = 57

    private mutating func appendDeed(_ event: SocketEvent) {
        switch event.call {
        case .connect:
            append(event.role == .sender ? "sending" : "connected")
            if let local = event.local {
                append(" from ")
                append(local)
            }
        case .accept: append("connected")
        case .send:
            append("sent ")
            append(octets: event.octets ?? 0)
        case .receive where event.isEndOfStream: append("ended its stream")
        case .receive:
            if let datagramLength = event.datagramLength {
                append(event.octets ?? 0)
                append(" of ")
                append(octets: datagramLength)
                if let lost = event.lostOctets, lost > 0 {
                    append(": ")
                    append(lost)
                    append(" lost")
                }
            } else {
                append("received ")
                append(octets: event.octets ?? 0)
            }
        case .shutdown: append("our stream ended")
        case .close: append("closed")
        case .bind, .listen: append(event.call.rawValue)
        }
    }

    /// A number of octets in words: "1 octet", "2 octets".
    public mutating func append(octets count: Int) {
        append(count)
        append(count == 1 ? " octet" : " octets")
    }
}
