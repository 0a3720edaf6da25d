import Glibc
import Presentation
import SocketEvents

extension SocketOutputOptions {
    /// A recorder whose dialogue events are printed to `output` as they come; in text only those that `isShown` names. What
    /// concerns a whole server goes to standard error too.
    func dialogueRecorder(
        role: SocketRole, style: DialogueStyle, output: StandardOutput,
        isShown: @escaping @Sendable (DialogueEvent.Happening) -> Bool = { _ in true }
    ) -> DialogueRecorder {
        let (json, content, columns) = (json, content, Terminal.columns(STDOUT_FILENO))
        return DialogueRecorder(role: role, manner: io) { event in
            if json {
                output.write { $0.appendJSON(event, limit: content) }
            } else if isShown(event.happening) {
                output.write { $0.appendText(event, style: style, limit: content, columns: columns) }
            }
            if event.peer == nil, case .service(let report) = event.happening {
                StandardError.write(report.words)
            }
        }
    }
}

extension SocketEvent {
    /// Whether the lines of the conversation, and what befell it, tell of this call.
    var isPartOfLines: Bool {
        guard failure == nil else { return false }
        return switch call {
        case .send, .shutdown: true
        case .receive: !isEndOfStream
        case .bind, .listen, .connect, .accept, .close: false
        }
    }
}
