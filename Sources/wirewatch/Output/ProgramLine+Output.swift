import Lab
import Presentation
import SocketEvents

extension OutputBuffer {
    /// Appends a program's line as `server │ …`, escaped.
    mutating func append(_ line: ProgramLine) {
        append(line.role.rawValue)
        append(" │ ")
        append(escaping: line.octets)
        endLine()
    }

    /// Appends it as the event `output`, on a line of its own.
    mutating func appendJSON(_ line: ProgramLine) {
        beginObject()
        key("event")
        value("output")
        key("role")
        value(line.role.rawValue)
        key("stream")
        value(line.stream.rawValue)
        key("timestamp")
        value(line.timestamp)
        key("content")
        value(escaping: line.octets)
        endObject()
        endLine()
    }
}
