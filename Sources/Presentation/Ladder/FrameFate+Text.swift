internal import Timeline

extension FrameFate {
    /// Whether the frame arrived once, in its place and as it was: nothing to tell of.
    var isPlainDelivery: Bool {
        if case .delivered(_, second: nil) = verdict { true } else { false }
    }

    /// The sign that marks the verdict.
    var mark: String {
        switch verdict {
        case .dropped: "✗"
        case .delivered: "⧉"
        case .overtaken: "⇄"
        case .corrupted: "!"
        }
    }

    /// What the link did, to stand behind the frame's name: `dropped by rule 1`.
    var words: String {
        switch verdict {
        case .dropped(.loss): "dropped by chance"
        case .dropped(.burst): "dropped in a burst"
        case .dropped(.rule(let number)): "dropped by rule \(number)"
        case .dropped(.queueFull): "dropped: the queue was full"
        case .dropped(.tooBig): "dropped: larger than the link's MTU"
        case .dropped(.expired): "dropped: its hops are used up"
        case .delivered(_, second: nil): "delivered"
        case .delivered: "doubled"
        case .overtaken: "held back: later frames overtook it"
        case .corrupted: "corrupted: an octet changed"
        }
    }
}
