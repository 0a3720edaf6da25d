public import SocketEvents
public import Timeline

extension OutputBuffer {
    /// Appends a socket event as one JSON object on a line of its own.
    ///
    /// - Parameter host: where the call was made; nil where there is one host alone.
    public mutating func appendJSON(_ event: SocketEvent, host: HostName? = nil) {
        beginObject()
        key("event")
        value("socket")
        key("role")
        value(event.role.rawValue)
        if let host {
            key("host")
            value(host.rawValue)
        }
        key("call")
        value(event.call.rawValue)
        key("manner")
        value(event.manner.rawValue)
        key("start")
        value(event.start)
        key("end")
        value(event.end)
        if let local = event.local {
            key("local")
            value(local)
        }
        if let peer = event.peer {
            key("peer")
            value(peer)
        }
        if let octets = event.octets {
            key("octets")
            value(octets)
        }
        if let datagramLength = event.datagramLength {
            key("datagramLength")
            value(datagramLength)
        }
        if let lostOctets = event.lostOctets {
            key("lostOctets")
            value(lostOctets)
        }
        if event.octets != nil {
            key("content")
            value(escaping: event.content)
        }
        if let failure = event.failure {
            key("failure")
            appendJSON(failure)
        }
        endObject()
        endLine()
    }

    /// Appends a socket error as a JSON object.
    public mutating func appendJSON(_ error: SocketError) {
        beginObject()
        key("operation")
        value(error.operation.rawValue)
        if let errno = error.errno {
            key("errno")
            value(errno)
        }
        key("reason")
        value(error.reason)
        if !error.subject.isEmpty {
            key("subject")
            value(error.subject)
        }
        if let icmp = error.icmp {
            key("icmp")
            appendJSON(icmp)
        }
        endObject()
    }

    private mutating func appendJSON(_ answer: ICMPAnswer) {
        beginObject()
        key("version")
        value(answer.isIPv6 ? 6 : 4)
        key("type")
        value(answer.type)
        key("code")
        value(answer.code)
        if let sender = answer.sender {
            key("sender")
            value(sender)
        }
        if let nextHopMTU = answer.nextHopMTU {
            key("nextHopMTU")
            value(nextHopMTU)
        }
        endObject()
    }
}
