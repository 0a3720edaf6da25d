internal import PacketDecode
public import SocketEvents

extension OutputBuffer {
    /// Appends a socket event as one line for people: who the other end is, what was done, and the first octets of what was
    /// moved. A TCP socket's `bind` has no line: its `listen` or `connect` says the same. Contents that would not fit into
    /// `columns` are cut; a failure goes on in the next line.
    public mutating func appendText(_ event: SocketEvent, columns: Int? = nil) {
        if event.call == .bind, event.failure == nil, event.role != .receiver { return }
        if event.failure == nil, event.call == .listen || event.call == .bind {
            append(event.call == .listen ? "listening on " : "receiving on ")
            if let local = event.local { append(local) }
            endLine()
            return
        }
        let lineStart = count
        if let who = event.peer ?? event.local { append(who) }
        pad(toColumn: Self.whatColumn)
        if let failure = event.failure {
            append(event.call.rawValue)
            append(" failed: ")
            append(escaping: failure.reason)
            endLine()
            if let columns { foldLine(from: lineStart, columns: columns, indent: Self.whatColumn) }
            return
        }
        appendDeed(event)
        if !event.content.isEmpty {
            pad(toColumn: event.datagramLength == nil ? Self.contentColumn : Self.datagramContentColumn)
            append(content: event.content, of: event.octets ?? 0, columns: columns)
        }
        endLine()
    }

    /// Appends the beginning of `octets` octets, as far as it fits, and `…` where there are more. A character is not cut in two.
    private mutating func append(content: [UInt8], of octets: Int, columns: Int?) {
        var shown = content[...]
        // On a terminal too narrow for any of it a few octets are shown, and wrap.
        if let columns {
            let room = max(8, columns - column)
            while Self.columns(ofEscaped: shown) + (shown.count < octets ? 1 : 0) > room { shown.removeLast() }
        }
        if shown.count < octets {
            var whole = shown
            // A UTF-8 form has at most four octets, and all after the first begin with the bits 10.
            while whole.count + 3 > shown.count, let last = whole.last, last & 0xC0 == 0x80 { whole.removeLast() }
            if let first = whole.last, first >= 0xC0, whole.count < shown.count || shown.last == first {
                let isComplete = Self.decodeScalar(shown, at: whole.endIndex - 1) != nil
                if !isComplete, whole.count > 1 { shown = whole.dropLast() }
            }
        }
        append(escaping: shown)
        if shown.count < octets { append("…") }
    }

    private static func columns(ofEscaped octets: ArraySlice<UInt8>) -> Int {
        var probe = OutputBuffer(capacity: 256)
        probe.append(escaping: octets)
        return probe.column
    }

    /// Where the second column starts: "255.255.255.255:65535" and two spaces stand before it.
    static let whatColumn = 23
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
