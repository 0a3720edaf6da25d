import ArgumentParser
import Glibc
import PacketCapture
import PacketDecode
import Presentation

struct InterfacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interfaces", abstract: "List the interfaces that can be captured on, with state and addresses.")

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() throws {
        let interfaces: [NetworkInterface]
        do {
            interfaces = try NetworkInterface.all()
        } catch {
            throw FailureReport(error)
        }
        var buffer = OutputBuffer()
        for interface in interfaces { json ? buffer.appendJSON(interface) : buffer.append(interface) }
        let failure = StandardOutput.write(buffer.bytes, to: STDOUT_FILENO)
        guard failure == 0 || failure == EPIPE else {
            throw FailureReport(what: "cannot write to standard output", reason: StandardError.words(for: failure))
        }
        if !json, geteuid() != 0 {
            StandardError.write(
                "a capture on any of them needs the right to it (CAP_NET_RAW): run `sudo wirewatch capture`")
        }
    }
}

extension NetworkInterface {
    /// `up`, `down`, or what lies between them.
    fileprivate var state: String { !isUp ? "down" : isRunning ? "up" : "up, no carrier" }
}

extension OutputBuffer {
    /// One interface as a line: name, state, addresses, explanation.
    fileprivate mutating func append(_ interface: NetworkInterface) {
        append(escaping: interface.name)
        pad(toColumn: 16)
        append(interface.state)
        pad(toColumn: 32)
        var isFirst = true
        for address in interface.addresses {
            if !isFirst { append(", ") }
            isFirst = false
            append(address)
        }
        let notes = [interface.isLoopback ? "loopback" : nil, interface.isWireless ? "wireless" : nil]
        for note in notes.compactMap({ $0 }) + (interface.explanation.map { [$0] } ?? []) {
            if !isFirst { append("  ") }
            isFirst = false
            append(escaping: note)
        }
        endLine()
    }

    fileprivate mutating func appendJSON(_ interface: NetworkInterface) {
        beginObject()
        key("event")
        value("interface")
        key("name")
        value(interface.name)
        if let explanation = interface.explanation {
            key("explanation")
            value(explanation)
        }
        key("addresses")
        beginArray()
        for address in interface.addresses { value(address) }
        endArray()
        key("isUp")
        value(interface.isUp)
        key("isRunning")
        value(interface.isRunning)
        key("isLoopback")
        value(interface.isLoopback)
        key("isWireless")
        value(interface.isWireless)
        endObject()
        endLine()
    }
}
