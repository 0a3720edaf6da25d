internal import Timeline

/// One thing that a link is told to do to certain frames.
struct LinkRule: Sendable, Hashable {
    enum Action: Sendable, Hashable {
        case drop
        case duplicate
        case corrupt
        /// Nanoseconds beyond the link's delay. Frames behind it that are not held overtake it.
        case hold(Int64)
    }

    enum Kind: String, Sendable, Hashable, CaseIterable {
        case syn, fin, rst
        /// A segment without data, SYN, FIN or RST.
        case ack
        /// A TCP segment with data.
        case data
        /// A UDP datagram, or a fragment of one.
        case datagram
        case icmp
        /// Every frame but those of neighbor discovery.
        case all
    }

    enum Which: Sendable, Hashable {
        case every(Int)
        /// The first so many of each connection.
        case first(Int)
        /// By their number in the direction, from 1.
        case numbered([ClosedRange<Int>])
    }

    var action: Action
    var kind: Kind
    var which = Which.every(1)
    /// The host that sends; nil for both.
    var source: HostName?
    /// Nanoseconds after the link's start from which the rule holds.
    var after: Int64 = 0
    /// Nanoseconds for which it holds; nil for ever.
    var duration: Int64?
    /// How many sendings of a numbered frame it takes.
    var times = 1
}

/// What a link is told to do to certain frames, in the order in which it was said.
///
/// The text is a list of rules, divided by `;` or line ends:
///
///     rule   = action kind [ which ] { clause }
///     action = "drop" | "duplicate" | "corrupt" | "hold" time
///     kind   = "SYN" | "FIN" | "RST" | "ACK" | "data" | "datagram" | "ICMP" | "all"
///     which  = range { "," range } | "first" number | "every" number
///     range  = number [ "-" number ]
///     clause = "from" ( "A" | "B" ) | "after" time | "for" time | "times" number
///     time   = number ( "us" | "ms" | "s" )
///
/// Case does not matter, nor does the order of `which` and the clauses. docs/link-rules.md says what each means.
public struct LinkRules: Sendable, Hashable {
    let rules: [LinkRule]

    /// None: the link does what is drawn alone.
    public init() { rules = [] }

    init(_ rules: [LinkRule]) { self.rules = rules }

    /// The rules that `text` says.
    ///
    /// - Throws: `LinkRuleError`, which points at the word.
    public init(parsing text: String) throws(LinkRuleError) {
        rules = try LinkRuleParser.parse(text)
    }

    public var isEmpty: Bool { rules.isEmpty }
}
