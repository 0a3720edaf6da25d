internal import PacketDecode
public import SocketEvents

extension OutputBuffer {
    /// Appends what a socket call means to who chats, as one line; nothing for calls that mean nothing to them. Beyond `columns`
    /// it goes on in the next line.
    public mutating func appendChatText(_ event: SocketEvent, columns: Int? = nil) {
        let lineStart = count
        if let failure = event.failure {
            append("* ")
            append(event.call.rawValue)
            append(" failed: ")
            append(escaping: failure.reason)
            endLine()
            if let columns { foldLine(from: lineStart, columns: columns, indent: 2) }
            return
        }
        switch event.call {
        case .listen: append("* listening on ", event.local)
        case .connect: append("* connected to ", event.peer)
        case .accept: append("* connected by ", event.peer)
        case .receive where event.isEndOfStream: append("* the peer has ended its stream")
        // The listener's close is not the chat's.
        case .close where event.peer != nil: append("* closed")
        case .bind, .send, .receive, .shutdown, .close: return
        }
        endLine()
    }

    private mutating func append(_ words: String, _ endpoint: Endpoint?) {
        append(words)
        if let endpoint { append(endpoint) }
    }
}
