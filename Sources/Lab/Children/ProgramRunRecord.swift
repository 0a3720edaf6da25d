internal import Glibc

/// What came of a run of programs.
public struct ProgramRunRecord: Sendable {
    /// Nil where it was not started.
    public internal(set) var clientEnding: ProgramEnding?
    /// Nil where there was none.
    public internal(set) var serverEnding: ProgramEnding?
    /// Whether the client was started though the server had not come to listen.
    public internal(set) var isServerSilent = false
    /// Whether the server had ended before it was told to.
    public internal(set) var hasServerEndedByItself = false
    /// The signal that ended the run early.
    public internal(set) var interruption: Int32?
    public internal(set) var network = NetworkRecord()
    /// Entries that came too late for their place.
    public internal(set) var lateCount = 0

    init() {}

    /// What the run ends with: the client's exit code; the server's where the client's is 0 and the server failed by itself;
    /// 130 where the run was cut short.
    public var exitCode: Int32 {
        if interruption != nil { return 128 + SIGINT }
        let client = clientEnding?.exitCode ?? 1
        guard client == 0, hasServerEndedByItself, let server = serverEnding else { return client }
        return server.exitCode
    }
}
