import ArgumentParser
import Glibc
import Presentation
import SocketEvents

/// How a traffic command makes its calls, and how it shows them.
struct SocketOutputOptions: ParsableArguments {
    @Option(help: "Make socket calls that block their threads, or asynchronous ones.")
    var io: IOManner = .blocking

    @Flag(help: "Print each event as one JSON object a line.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Show the first N octets of what was moved: by default 64, on a terminal as many as fit the line.",
            valueName: "n"))
    var content: Int?

    func validate() throws {
        guard (0...1_048_576).contains(content ?? 0) else {
            throw ValidationError("--content must be from 0 to 1048576.")
        }
    }

    /// Whether an event gets a line: in text, a failure that ends the command is told by its error alone; `outlivesFailures` says
    /// that failed sends do not.
    private static func isShown(_ event: SocketEvent, json: Bool, outlivesFailures: Bool) -> Bool {
        if json || event.failure == nil { return true }
        if outlivesFailures, event.call == .send { return true }
        return event.role == .server && event.call != .bind && event.call != .listen
    }

    /// A recorder whose events are printed to `output` as they come, but for calls that are `hidden`, and in text only those
    /// that `isShown` names; all are handed to `observe`.
    func recorder(
        role: SocketRole, output: StandardOutput, isShown: @escaping @Sendable (SocketEvent) -> Bool = { _ in true },
        style: DialogueStyle = .service, outlivesFailures: Bool = false, hidden: SocketCall? = nil,
        observe: @escaping SocketEventSink = { _ in }
    ) -> SocketEventRecorder {
        let json = json
        let width = Terminal.columns(STDOUT_FILENO)
        let columns = content == nil ? width : nil
        let limit = content ?? SocketEvent.defaultContentLimit
        return SocketEventRecorder(role: role, manner: io, contentLimit: limit) { event in
            let isHidden = event.call == hidden && event.failure == nil
            if !isHidden, Self.isShown(event, json: json, outlivesFailures: outlivesFailures), json || isShown(event) {
                output.write { buffer in
                    switch (json, style) {
                    case (true, _): buffer.appendJSON(event)
                    case (false, .service): buffer.appendText(event, columns: columns)
                    case (false, .chat): buffer.appendChatText(event, columns: width)
                    }
                }
            }
            observe(event)
        }
    }
}
