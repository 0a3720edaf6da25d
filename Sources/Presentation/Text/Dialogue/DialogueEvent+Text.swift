public import SocketEvents

/// How the lines of a conversation are shown.
public enum DialogueStyle: Sendable, Hashable {
    /// Many peers: who speaks stands before each line.
    case service
    /// One peer: `<` marks what it says, `>` what we say, `*` what befell.
    case chat
}

extension DialogueEvent.Happening {
    /// Whether it is a line of the conversation, and nothing that befell it.
    public var isLine: Bool {
        switch self {
        case .received, .sent: true
        case .ping, .service: false
        }
    }
}

extension OutputBuffer {
    /// Appends a dialogue event as one line for people; nothing where it is told elsewhere. Of a line the first `limit` octets
    /// are shown, nil for all. What came from the peer is escaped. Beyond `columns` it goes on in the next line.
    public mutating func appendText(
        _ event: DialogueEvent, style: DialogueStyle, limit: Int? = nil, columns: Int? = nil
    ) {
        let lineStart = count
        defer {
            let indent = style == .chat ? 2 : event.happening.isLine ? Self.lineColumn : Self.whatColumn
            if let columns, count > lineStart { foldLine(from: lineStart, columns: columns, indent: indent) }
        }
        switch event.happening {
        case .received(let line): append(line, of: event, style, mark: "< ", limit)
        case .sent(let line): append(line, of: event, style, mark: "> ", limit)
        case .ping(let report):
            guard let words = Self.words(for: report) else { return }
            append(words, of: event, style)
        case .service(let report):
            // What concerns all clients is for the operator, on standard error.
            guard event.peer != nil else { return }
            append(report.words, of: event, style)
        }
    }

    private mutating func append(_ words: String, of event: DialogueEvent, _ style: DialogueStyle) {
        appendBeginning(of: event, style, mark: "* ")
        append(words)
        endLine()
    }

    private mutating func append(
        _ line: StreamLine, of event: DialogueEvent, _ style: DialogueStyle, mark: String, _ limit: Int?
    ) {
        appendBeginning(of: event, style, mark: mark)
        if style == .service {
            append("line ")
            append(line.number)
            append(line, separator: ", ")
            pad(toColumn: Self.lineColumn)
        }
        let shown = line.octets.prefix(limit ?? line.octets.count)
        append(escaping: shown)
        if shown.count < line.octets.count { append("…") }
        if style == .chat, line.part != nil || !line.isTerminated {
            append(" (")
            append(line, separator: "")
            append(")")
        }
        endLine()
    }

    /// What is not whole about a line.
    private mutating func append(_ line: StreamLine, separator: String) {
        if let part = line.part {
            append(separator)
            append("part ")
            append(part)
        } else if !line.isTerminated {
            append(separator)
            append("no line feed")
        }
    }

    private mutating func appendBeginning(of event: DialogueEvent, _ style: DialogueStyle, mark: String) {
        switch style {
        case .service:
            if let who = event.peer ?? event.local { append(who) }
            pad(toColumn: Self.whatColumn)
        case .chat: append(mark)
        }
    }

    /// Where a line's octets stand: "line 12345" and two spaces after who said it.
    private static let lineColumn = 35

    private static func words(for report: PingReport) -> String? {
        var buffer = OutputBuffer(capacity: 128)
        switch report {
        case .wasAsked, .asked: return nil
        case .answered(let number, let roundTrip):
            buffer.append("answered ping ")
            buffer.append(number)
            buffer.append(" after ")
            buffer.append(span: roundTrip)
        case .notUnderstood(let number):
            buffer.append("knows no pings: its kernel acknowledged ping ")
            buffer.append(number)
            buffer.append(", its program does not answer; it is not asked again")
        case .unanswered(let silence):
            buffer.append("has vanished: ")
            buffer.append(
                SocketError(operation: .receive, cause: .unanswered(silence), subject: "").reason)
        }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
