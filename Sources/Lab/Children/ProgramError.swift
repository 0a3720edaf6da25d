/// Why a program was not started on a host: the step that the system refused, and its errno.
public struct ProgramError: Error, Sendable, Hashable {
    public enum Step: String, Sendable, Hashable, CaseIterable {
        /// A pipe or a socket pair to the program.
        case channel
        case thread
        case processNamespace
        /// Starting wirewatch itself as the first process of the namespace.
        case start
    }

    public let step: Step
    public let errno: Int32

    public init(_ step: Step, errno: Int32) {
        self.step = step
        self.errno = errno
    }
}
