/// How often a peer is asked whether it is there, and how long it may be silent.
public struct PingRules: Sendable, Hashable {
    /// Nanoseconds from one ping to the next.
    public var interval: Int64
    /// Nanoseconds of silence after a ping, from which on the peer counts as gone.
    public var timeout: Int64

    public init(interval: Int64, timeout: Int64) {
        self.interval = max(1, interval)
        self.timeout = max(1, timeout)
    }
}

/// Asks a peer in regular turns whether it is there, and judges its silence. It does no I/O and reads no clock: times are
/// nanoseconds of a clock that does not jump.
///
/// Every octet is a sign of life, so that an answer that stands behind much data is not missed. Silence alone does not condemn
/// a peer that has never answered a ping: it may be a program such as nc, which knows none. There the kernel is asked whether
/// the other kernel has acknowledged what was sent: if so the peer is left in peace, and pinged no more.
public struct PingMachine: Sendable {
    /// What is due.
    public enum Due: Sendable, Hashable {
        case nothing
        /// Send this ping.
        case ask(UInt64)
        /// The peer has been silent for too long: ask the kernel what was acknowledged, and tell `judge`.
        case judge
    }

    public enum Verdict: Sendable, Hashable {
        /// It spoke meanwhile.
        case alive
        /// It answers no pings, and its kernel is there: it is pinged no more.
        case knowsNoPings(UInt64)
        case gone(Silence)
    }

    /// What the peer's kernel does while its program is silent.
    public enum PeerKernel: String, Sendable, Hashable {
        /// It has acknowledged all that was sent: its program is silent.
        case acknowledgedAll
        /// It acknowledges, but takes no more: its program does not read.
        case acknowledges
        /// Nothing is known of it since: the host, or the way to it, is gone.
        case silent
    }

    /// What our kernel knows of the peer's.
    public struct Acknowledgments: Sendable, Hashable {
        /// Whether all that the program gave is acknowledged.
        public var areComplete: Bool
        /// Nanoseconds since the last acknowledgment came; nil where that is not known.
        public var sinceLast: Int64?

        public init(areComplete: Bool, sinceLast: Int64?) {
            self.areComplete = areComplete
            self.sinceLast = sinceLast
        }

        /// `isEmpty`: whether the kernel was given all that is to be sent.
        public init(_ info: TCPInfo, isEmpty: Bool) {
            areComplete = isEmpty && info.isAllAcknowledged
            sinceLast = info.sinceLastAcknowledgment.map { Int64($0) * 1_000_000 }
        }

        /// Nothing is known.
        public static let unknown = Acknowledgments(areComplete: false, sinceLast: nil)

        fileprivate func peerKernel(after silence: Int64) -> PeerKernel {
            if areComplete { return .acknowledgedAll }
            // The last octet that was heard acknowledges too, and the kernel's clock is coarse.
            guard let sinceLast, sinceLast < silence - silence / 8 else { return .silent }
            return .acknowledges
        }
    }

    /// A ping that was not answered.
    public struct Silence: Sendable, Hashable {
        public var ping: UInt64
        /// Nanoseconds since the peer's last octet, or since the ping where that came later.
        public var nanoseconds: Int64
        public var peerKernel: PeerKernel

        public init(ping: UInt64, nanoseconds: Int64, peerKernel: PeerKernel) {
            self.ping = ping
            self.nanoseconds = nanoseconds
            self.peerKernel = peerKernel
        }
    }

    private struct Question {
        var number: UInt64
        var askedAt: Int64
    }

    public let rules: PingRules
    private var lastHeard: Int64
    private var nextTurn: Int64
    private var lastNumber: UInt64 = 0
    private var open: Question?
    private var hasAnswered = false
    private var isResting = false

    public init(_ rules: PingRules, startingAt now: Int64) {
        self.rules = rules
        lastHeard = now
        nextTurn = now &+ rules.interval
    }

    /// When `advance` should be called next; nil where nothing is to be asked any more.
    public var nextWake: Int64? {
        guard !isResting else { return nil }
        return min(nextTurn, deadline ?? .max)
    }

    private var deadline: Int64? {
        open.map { max(lastHeard, $0.askedAt) &+ rules.timeout }
    }

    /// Something came from the peer.
    public mutating func heard(at now: Int64) { lastHeard = now }

    /// Whether a ping of this number was sent, be it open or not.
    public func hasAsked(_ number: UInt64) -> Bool { number >= 1 && number <= lastNumber }

    /// A PONG came. Nanoseconds since its PING, or nil where it answers no open one.
    public mutating func answered(_ number: UInt64, at now: Int64) -> Int64? {
        guard let question = open, question.number == number else { return nil }
        open = nil
        hasAnswered = true
        return now &- question.askedAt
    }

    /// Time has passed. A turn at which a ping is still open is left out.
    public mutating func advance(to now: Int64) -> Due {
        guard !isResting else { return .nothing }
        if let deadline, now >= deadline { return .judge }
        guard now >= nextTurn else { return .nothing }
        nextTurn = now &+ rules.interval &- (now &- nextTurn) % rules.interval
        guard open == nil else { return .nothing }
        lastNumber &+= 1
        open = Question(number: lastNumber, askedAt: now)
        return .ask(lastNumber)
    }

    /// The kernel has told what was acknowledged.
    public mutating func judge(at now: Int64, _ acknowledgments: Acknowledgments) -> Verdict {
        guard let question = open, let deadline, now >= deadline else { return .alive }
        if !hasAnswered, acknowledgments.areComplete {
            isResting = true
            open = nil
            return .knowsNoPings(question.number)
        }
        let since = now &- max(lastHeard, question.askedAt)
        let peerKernel = acknowledgments.peerKernel(after: since)
        return .gone(Silence(ping: question.number, nanoseconds: since, peerKernel: peerKernel))
    }

    /// Nothing is asked any more: one of the stream's halves has ended, and with it the way there or back.
    public mutating func rest() {
        isResting = true
        open = nil
    }
}
