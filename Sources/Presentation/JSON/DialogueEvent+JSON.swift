public import SocketEvents

extension OutputBuffer {
    /// Appends a dialogue event as one JSON object on a line of its own: a `line`, a `ping` or a `service` event. Of a line's
    /// content the first `limit` octets stand in it, nil for all.
    public mutating func appendJSON(_ event: DialogueEvent, limit: Int? = nil) {
        beginObject()
        key("event")
        switch event.happening {
        case .received, .sent: value("line")
        case .ping: value("ping")
        case .service: value("service")
        }
        key("role")
        value(event.role.rawValue)
        key("manner")
        value(event.manner.rawValue)
        key("timestamp")
        value(event.timestamp)
        if let local = event.local {
            key("local")
            value(local)
        }
        if let peer = event.peer {
            key("peer")
            value(peer)
        }
        switch event.happening {
        case .received(let line): appendMembers(of: line, direction: "received", limit)
        case .sent(let line): appendMembers(of: line, direction: "sent", limit)
        case .ping(let report): appendMembers(of: report)
        case .service(let report): appendMembers(of: report)
        }
        endObject()
        endLine()
    }

    private mutating func appendMembers(of line: StreamLine, direction: String, _ limit: Int?) {
        key("direction")
        value(direction)
        key("number")
        value(line.number)
        if let part = line.part {
            key("part")
            value(part)
        }
        key("isTerminated")
        value(line.isTerminated)
        key("octets")
        value(line.octets.count)
        key("content")
        value(escaping: line.octets.prefix(limit ?? line.octets.count))
    }

    private mutating func appendMembers(of report: PingReport) {
        key("kind")
        switch report {
        case .wasAsked(let number): append("wasAsked", number)
        case .asked(let number): append("asked", number)
        case .notUnderstood(let number): append("notUnderstood", number)
        case .answered(let number, let roundTrip):
            append("answered", number)
            key("roundTrip")
            value(roundTrip)
        case .unanswered(let silence):
            append("unanswered", silence.ping)
            key("silence")
            value(silence.nanoseconds)
            key("peerKernel")
            value(silence.peerKernel.rawValue)
        }
    }

    private mutating func append(_ kind: String, _ number: UInt64) {
        value(kind)
        key("number")
        value(number)
    }

    private mutating func appendMembers(of report: ServiceReport) {
        key("kind")
        switch report {
        case .acceptingPaused(let errno):
            value("acceptingPaused")
            key("errno")
            value(errno)
        case .acceptingResumed(let nanoseconds): append("acceptingResumed", nanoseconds: nanoseconds)
        case .refused(let clients): append("refused", clients: clients)
        case .idle(let nanoseconds): append("idle", nanoseconds: nanoseconds)
        case .graceOver(let nanoseconds): append("graceOver", nanoseconds: nanoseconds)
        case .draining(let clients, let grace):
            append("draining", clients: clients)
            key("nanoseconds")
            value(grace)
        case .dropped(let clients): append("dropped", clients: clients)
        }
    }

    private mutating func append(_ kind: String, clients: Int) {
        value(kind)
        key("clients")
        value(clients)
    }

    private mutating func append(_ kind: String, nanoseconds: Int64) {
        value(kind)
        key("nanoseconds")
        value(nanoseconds)
    }
}
