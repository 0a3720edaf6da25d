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
        let nameWidth = interfaces.map(\.name.utf8.count).max() ?? 0
        for interface in interfaces {
            json ? buffer.appendJSON(interface) : buffer.append(interface, nameWidth: nameWidth)
        }
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
    fileprivate mutating func append(_ interface: NetworkInterface, nameWidth: Int) {
        append(escaping: interface.name)
        pad(toColumn: nameWidth + 2)
        append(interface.state)
        let notes =
            [interface.isLoopback ? "loopback" : nil, interface.isWireless ? "wireless" : nil, interface.explanation]
            .compactMap { $0 }
        if !interface.addresses.isEmpty || !notes.isEmpty { pad(toColumn: nameWidth + 18) }
        var isFirst = true
        for address in interface.addresses {
            if !isFirst { append(", ") }
            isFirst = false
            append(address)
        }
        for note in notes {
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
