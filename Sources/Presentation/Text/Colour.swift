/// The colours that lines are marked with on a terminal: SGR sequences of ECMA-48.
enum Colour: Sendable {
    /// What should not be: malformed frames, invalid checksums.
    case red
    /// What deserves a look: labels, cut frames.
    case yellow
    /// What steps back: definitions.
    case dim
    /// What a flow's initiator said.
    case cyan
    /// What its responder said.
    case magenta

    var start: String {
        switch self {
        case .red: "\u{1B}[31m"
        case .yellow: "\u{1B}[33m"
        case .dim: "\u{1B}[2m"
        case .cyan: "\u{1B}[36m"
        case .magenta: "\u{1B}[35m"
        }
    }

    static let end = "\u{1B}[0m"
}
