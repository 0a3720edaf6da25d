/// One side of a conversation in lines: cuts what comes into lines, echoes them where that is asked, answers pings, asks them,
/// and watches the time. It does no I/O and reads no clock: both manners of socket drive it with octets and with nanoseconds
/// of a clock that does not jump.
public struct LineDialogue: Sendable {
    /// How a conversation is held.
    public struct Rules: Sendable, Hashable {
        /// Octets that a line may hold before it is shown in parts.
        public var lineLimit = 65536
        /// Whether each line is sent back.
        public var echoes = false
        /// Whether `PING n` is answered by `PONG n`.
        public var answersPings = true
        /// When the peer is asked whether it is there; nil for never.
        public var ping: PingRules?
        /// Nanoseconds in which the peer must complete a line, or a part of the limit's length; nil for no such rule. It
        /// counts lines, for a peer that sends an octet now and then is never silent.
        public var idleTimeout: Int64?
        /// Nanoseconds of silence after which we close though the peer has not ended its half, once ours has ended; nil for
        /// never.
        public var grace: Int64?

        public init() {}
    }

    /// What octets brought.
    public struct Outcome: Sendable, Hashable {
        public var lines: [StreamLine] = []
        public var pings: [PingReport] = []
        /// What is to be sent.
        public var answer: [UInt8] = []
    }

    /// What is due.
    public enum Due: Sendable, Hashable {
        case nothing
        /// Send this ping.
        case ask(UInt64)
        /// Ask the kernel what was acknowledged, and tell `judge`.
        case judge
        /// The peer has completed no line for the idle timeout: close.
        case idle
        /// The peer has not ended its half in the time that it had: close.
        case graceOver
    }

    public let rules: Rules
    private var cutter: LineCutter
    private var ping: PingMachine?
    private var lastHeard: Int64
    private var lastLine: Int64
    private var ourEnd: Int64?
    /// Lines that were pings or answers to ours, which are not counted among the peer's.
    private var pingLines = 0

    public init(_ rules: Rules, startingAt now: Int64) {
        self.rules = rules
        cutter = LineCutter(limit: rules.lineLimit)
        ping = rules.ping.map { PingMachine($0, startingAt: now) }
        lastHeard = now
        lastLine = now
    }

    /// When `advance` should be called next; nil where only octets can bring something.
    public var nextWake: Int64? {
        let wakes = [ping?.nextWake, idleDeadline, graceDeadline].compactMap { $0 }
        return wakes.min()
    }

    /// When a peer that completes no line is closed; nil where there is no such rule.
    public var idleDeadline: Int64? { rules.idleTimeout.map { lastLine &+ $0 } }

    private var graceDeadline: Int64? {
        guard let grace = rules.grace, let ourEnd else { return nil }
        return max(ourEnd, lastHeard) &+ grace
    }

    /// Octets have come from the peer.
    public mutating func receive(_ octets: ArraySlice<UInt8>, at now: Int64) -> Outcome {
        lastHeard = now
        ping?.heard(at: now)
        var lines: [StreamLine] = []
        cutter.take(octets) { lines.append($0) }
        if !lines.isEmpty { lastLine = now }
        var outcome = Outcome()
        for line in lines { take(line, at: now, &outcome) }
        return outcome
    }

    private mutating func take(_ line: StreamLine, at now: Int64, _ outcome: inout Outcome) {
        switch line.part == nil && line.isTerminated ? PingLine(line.octets) : nil {
        case .ping(let number) where rules.answersPings:
            pingLines += 1
            // After our end there is no way for an answer.
            guard ourEnd == nil else { return }
            outcome.answer += PingLine.pong(number).octets
            outcome.pings.append(.wasAsked(number))
        case .pong(let number) where ping?.hasAsked(number) == true:
            pingLines += 1
            // An answer that comes when nobody waits for it any more tells nothing.
            guard let roundTrip = ping?.answered(number, at: now) else { return }
            outcome.pings.append(.answered(number, roundTrip: roundTrip))
        default:
            if rules.echoes {
                outcome.answer += line.octets
                if line.isTerminated { outcome.answer.append(UInt8(ascii: "\n")) }
            }
            var counted = line
            counted.number -= pingLines
            outcome.lines.append(counted)
        }
    }

    /// The peer has ended its half, and with it a line that waited for its line feed.
    public mutating func endOfPeersHalf(at now: Int64) -> Outcome {
        ping?.rest()
        var outcome = Outcome()
        if let line = cutter.finish() { take(line, at: now, &outcome) }
        return outcome
    }

    /// Our half has ended: from now on the peer may be silent for the grace alone, and nothing can be asked.
    public mutating func endOfOurHalf(at now: Int64) {
        ping?.rest()
        ourEnd = ourEnd ?? now
    }

    /// Time has passed.
    public mutating func advance(to now: Int64) -> Due {
        if let graceDeadline, now >= graceDeadline { return .graceOver }
        if let idleDeadline, now >= idleDeadline { return .idle }
        switch ping?.advance(to: now) {
        case .ask(let number): return .ask(number)
        case .judge: return .judge
        case .nothing, nil: return .nothing
        }
    }

    /// The kernel has told what was acknowledged.
    public mutating func judge(
        at now: Int64, _ acknowledgments: PingMachine.Acknowledgments
    ) -> PingMachine.Verdict {
        ping?.judge(at: now, acknowledgments) ?? .alive
    }
}
