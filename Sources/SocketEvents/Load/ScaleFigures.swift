/// What a server did with many connections: one row of the measurement of scale.
public struct ScaleFigures: Sendable, Hashable {
    /// The server's manner.
    public var manner: IOManner
    /// Connections that were held at once.
    public var connections: Int
    /// Connections that the server refused.
    public var refused: Int
    /// Connections that asked, each the next question as soon as it had its answer; the others were idle.
    public var busy: Int
    /// Threads of the server.
    public var threads: Int
    /// Resident memory of the server, all of it.
    public var residentOctets: Int
    /// What the connections added to it, for each; the kernel's socket buffers are not in it.
    public var residentOctetsPerConnection: Int
    /// Answers that came in time.
    public var answers: Int
    /// How long was asked, in nanoseconds.
    public var duration: Int64
    /// The time from question to answer that half of the answers did not exceed, in nanoseconds.
    public var medianLatency: Int64
    /// The same for 99 of a hundred.
    public var highLatency: Int64
    /// Context switches of the server's threads while it was asked.
    public var contextSwitches: Int
    /// The server's processor time while it was asked, as a share of one processor.
    public var processorShare: Double

    public init(
        manner: IOManner, connections: Int, refused: Int, busy: Int, threads: Int, residentOctets: Int,
        residentOctetsPerConnection: Int, answers: Int, duration: Int64, medianLatency: Int64, highLatency: Int64,
        contextSwitches: Int, processorShare: Double
    ) {
        self.manner = manner
        self.connections = connections
        self.refused = refused
        self.busy = busy
        self.threads = threads
        self.residentOctets = residentOctets
        self.residentOctetsPerConnection = residentOctetsPerConnection
        self.answers = answers
        self.duration = duration
        self.medianLatency = medianLatency
        self.highLatency = highLatency
        self.contextSwitches = contextSwitches
        self.processorShare = processorShare
    }

    public var answersPerSecond: Double { duration > 0 ? Double(answers) * 1e9 / Double(duration) : 0 }
    public var switchesPerAnswer: Double { answers > 0 ? Double(contextSwitches) / Double(answers) : 0 }
}
