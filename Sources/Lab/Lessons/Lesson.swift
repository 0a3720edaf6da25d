/// Something to watch: a short script that makes real traffic in a private network, and what is to be seen in it.
///
/// A lesson is a value in a file of its own; `Lesson.all` lists them.
public struct Lesson: Sendable {
    /// What `wirewatch demo` is told to run it.
    public let name: String
    /// One line for the list.
    public let title: String
    /// What to watch, in a sentence or two.
    public let watchFor: String
    /// Where it stands in the list: lessons that build on others come after them.
    public let place: Int
    /// The parts of the two that talk, the one that starts first: "client" and "server".
    public let initiator: String
    public let responder: String
    /// Whether its end shows a congestion window over time.
    public var plotsCongestionWindow = false
    /// Whether so many segments move that those with which nothing happens are told in sum.
    public var movesMuch = false
    /// Seconds after which a script on two hosts is given up.
    var patience = 30
    let setting: Setting
    /// What was to be seen, in this run's numbers, a line each.
    let closing: @Sendable (LessonRecord) -> [String]

    /// Where a lesson takes place, and the script that makes its traffic there, on a thread of its own.
    enum Setting: Sendable {
        /// Two programs on one loopback interface.
        case loopback(PrivateNetwork.Loopback, @Sendable (Stage) throws -> Void)
        /// Two hosts and a link of ours between them. The script runs on host A.
        case link(LinkConditions, @Sendable (LinkStage) throws -> Void)
    }

    /// Whether it takes place on two hosts that a link of ours joins.
    public var isLinked: Bool { if case .link = setting { true } else { false } }

    /// The same, for those who show it.
    public func closingLines(_ record: LessonRecord) -> [String] { closing(record) }

    public static let all: [Lesson] = listed.sorted { ($0.place, $0.name) < ($1.place, $1.name) }

    /// The lesson of that name, or nil.
    public static func named(_ name: String) -> Lesson? { all.first { $0.name == name } }
}
