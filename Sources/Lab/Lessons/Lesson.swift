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
    /// The parts of the two that talk, the one that starts first: "client" and "server".
    public let initiator: String
    public let responder: String
    public let loopback: PrivateNetwork.Loopback
    /// Makes the traffic. It runs on a thread of its own.
    let script: @Sendable (Stage) throws -> Void
    /// What was to be seen, in this run's numbers, a line each.
    let closing: @Sendable (LessonRecord) -> [String]

    /// The same, for those who show it.
    public func closingLines(_ record: LessonRecord) -> [String] { closing(record) }

    public static let all: [Lesson] = [.tcp, .udp]

    /// The lesson of that name, or nil.
    public static func named(_ name: String) -> Lesson? { all.first { $0.name == name } }
}
