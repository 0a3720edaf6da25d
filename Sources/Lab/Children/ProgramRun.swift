internal import Dispatch
internal import Glibc
public import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
public import Timeline
internal import TrafficBlocking

/// One run of a server and a client, any programs, on two hosts joined by a link of ours.
///
/// Nothing that they start outlives the run, nor this process.
public final class ProgramRun: Sendable {
    /// What is to be run.
    public struct Order: Sendable {
        /// What host B runs, for /bin/sh; nil for nothing.
        public var server: String?
        /// What host A runs.
        public var client: Client
        public var conditions = LinkConditions()
        /// Where the captures are kept too: in two files, as `LessonRun.savefiles` has it.
        public var savefile: String?
        /// Whether the timeline is shown, or only what the programs write.
        public var isShown = true
        /// Both on the machine's own loopback interface: no private network, no link.
        public var isOnHostLoopback = false
        /// The command that runs `ProgramInit.run` with the arguments that follow.
        public var initCommand: [String]
        /// Shows the timeline to those who ask for it while the run goes on (`LabDoor.watch`), each on a thread of its own:
        /// how it is wanted, where it is read, and where it goes, which is false once that one has gone. Nil: nobody may.
        public var showToWatcher: (@Sendable (WatchRequest, TimelineLog.Reader, _ write: ([UInt8]) -> Bool) -> Void)?

        /// What the run ends with.
        public enum Client: Sendable, Hashable {
            /// A command for /bin/sh, without a terminal.
            case command(String)
            /// A program with its arguments that takes the terminal over, and finds the way to the other host: see
            /// `HostEntrance`.
            case interactive([String], on: HostName)

            var isInteractive: Bool { if case .interactive = self { true } else { false } }
        }

        public init(server: String?, client: Client, initCommand: [String]) {
            self.server = server
            self.client = client
            self.initCommand = initCommand
        }
    }

    /// What is shown of a run, in order.
    public enum Happening: Sendable {
        case entry(TimelineEntry)
        case line(ProgramLine)
    }

    private struct State {
        var lines: [ProgramLine] = []
        var interruption: Int32?
        var record = ProgramRunRecord()
        var failure: (any Error)?
    }

    private let order: Order
    private let audience: LabAudience?
    private let state = Mutex(State())
    /// Signalled when a program has ended or is gone, and when the run is interrupted.
    private let change = DispatchSemaphore(value: 0)

    /// Moves the process into a private network, where it stays, unless the order is for the host's loopback. So it must come
    /// before the process starts a thread.
    public init(entering order: Order) throws(PrivateNetworkError) {
        self.order = order
        audience =
            if let show = order.showToWatcher { try LabAudience(show) } else { nil }
        if !order.isOnHostLoopback { try PrivateNetwork.enter(.wide) }
    }

    /// Ends the run early: both programs are told to end, and killed where they do not.
    public func interrupt(signal: Int32) {
        state.withLock { $0.interruption = signal }
        change.signal()
    }

    /// Runs both to their end and lends what happens, in order, as it happens.
    ///
    /// - Parameters:
    ///   - hindrance: is told why there is no capture, where the rights do not allow one.
    ///   - whenOpen: is called once the network stands, before anything happens there.
    /// - Throws: `ProgramError`, `NetlinkError`, `CaptureError` and their like; or what `show` throws.
    public func play(
        hindrance: (CaptureError) -> Void = { _ in }, whenOpen: () throws -> Void = {},
        _ show: ([Happening]) throws -> Void
    ) throws -> ProgramRunRecord {
        let network: any WatchedNetwork
        if order.isOnHostLoopback {
            let loopback = try WatchedLoopback(savefile: order.savefile, isShown: order.isShown)
            if let reason = loopback.hindrance { hindrance(reason) }
            network = loopback
        } else {
            network = try WatchedLink(order.conditions, savefile: order.savefile, isShown: order.isShown)
        }
        try audience?.admit(from: HostName.allCases.compactMap { network.namespace(of: $0) })
        try whenOpen()
        _ = try SystemThread { [self] in
            do { try direct(network) } catch { state.withLock { $0.failure = $0.failure ?? error } }
            network.feed.close()
        }
        var window = TimelineWindow(length: LessonRun.window)
        var isExhausted = false
        while !isExhausted {
            let (entries, completeUpTo, last) = network.feed.take(waitingAtMost: 10)
            isExhausted = last
            for entry in entries { window.insert(entry) }
            var happenings: [Happening] = []
            let now = Timestamp.now
            var lines = takeLines(upTo: last ? nil : order.isShown ? window.edge(now, completeUpTo) : now)[...]
            let keep: (TimelineEntry) -> Void = { entry in
                while let line = lines.first, line.timestamp < entry.time {
                    happenings.append(.line(line))
                    lines.removeFirst()
                }
                let entry = network.complete(entry)
                self.audience?.tell(entry)
                happenings.append(.entry(entry))
            }
            if last { window.releaseAll(keep) } else { window.release(now: now, completeUpTo: completeUpTo, keep) }
            happenings += lines.map { .line($0) }
            if !happenings.isEmpty { try show(happenings) }
        }
        audience?.dismiss()
        let lateCount = window.lateCount
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.record.lateCount = lateCount
            return state.record
        }
    }

    /// How many lines may wait to be shown. A program that writes faster waits, as it would for a terminal.
    private static let mostLines = 4096

    private func take(_ line: ProgramLine) {
        while state.withLock({ $0.lines.count }) >= Self.mostLines { usleep(1_000) }
        state.withLock { $0.lines.append(line) }
    }

    /// The lines up to that moment, or all.
    private func takeLines(upTo moment: Timestamp?) -> [ProgramLine] {
        state.withLock { state in
            guard let moment else {
                defer { state.lines = [] }
                return state.lines
            }
            let count = state.lines.prefix { $0.timestamp <= moment }.count
            defer { state.lines.removeFirst(count) }
            return Array(state.lines.prefix(count))
        }
    }

    // MARK: Directing

    /// How long a server may take to listen before its client is started all the same.
    private static let patienceWithServer: Int64 = 2_000_000_000
    /// How long a server may take to end by itself after its client, beside what the link takes to tell it.
    private static let serverLeave: Int64 = 250_000_000
    /// How long a program may take to end after SIGTERM.
    private static let grace: Int64 = 2_000_000_000

    private func direct(_ network: any WatchedNetwork) throws {
        var server: HostedProgram?
        defer { server?.kill() }
        if let command = order.server {
            let present = try listening(network)
            let started = try start(.command(command), as: .server, on: .b, network)
            server = started
            try awaitListening(started, network, besides: present)
        }
        if interruption == nil {
            let client = try start(order.client, as: .client, on: .a, network)
            defer { client.kill() }
            while client.ending == nil, client.failure == nil, interruption == nil { change.wait() }
            if let failure = client.failure { throw failure }
            if interruption != nil {
                client.terminate()
                server?.terminate()
            }
            // An interactive shell ignores SIGTERM: it is not waited for in vain.
            if !order.client.isInteractive { wait(Self.grace) { client.ending != nil } }
            // What it left behind in the background goes with it.
            client.kill()
            wait(Self.grace) { client.isGone }
            // The terminal was the program's.
            if order.client.isInteractive { tcsetpgrp(STDIN_FILENO, getpgrp()) }
            state.withLock { $0.record.clientEnding = client.ending }
        }
        if let server { try end(server) }
        var record = try network.stop()
        if order.isOnHostLoopback { record.link = [:] }
        state.withLock {
            $0.record.network = record
            $0.record.interruption = $0.interruption
        }
    }

    private func start(
        _ program: Order.Client, as role: SocketRole, on host: HostName, _ network: any WatchedNetwork
    ) throws -> HostedProgram {
        var plan = HostedProgram.Plan(
            role: role, arguments: [], environment: SpawnedProcess.environment + network.addresses.environment,
            initCommand: order.initCommand)
        var host = host
        switch program {
        case .command(let command):
            plan.arguments = ["/bin/sh", "-c", network.addresses.filled(into: command)]
        case .interactive(let arguments, let chosen):
            plan.arguments = arguments
            plan.isInteractive = true
            host = chosen
            for name in HostName.allCases {
                guard let namespace = network.namespace(of: name) else { continue }
                plan.environment.append(HostEntrance.environment(name, namespace))
            }
            // Taking the terminal back would stop this process, which is then in the background.
            signal(SIGTTOU, SIG_IGN)
        }
        plan.namespace = network.namespace(of: host)
        plan.mayLackProcessNamespace = order.isOnHostLoopback
        return try HostedProgram(
            plan, onLine: { [self] in take($0) },
            onChange: { [change] in change.signal() })
    }

    /// Ends a server whose client has ended.
    private func end(_ server: HostedProgram) throws {
        if interruption == nil { wait(Self.serverLeave + 3 * order.conditions.longestWay) { server.isGone } }
        if let failure = server.failure { throw failure }
        let endedByItself = server.ending != nil
        // It may have gone on in the background after its shell's end, as daemons do.
        if !server.isGone {
            server.terminate()
            wait(Self.grace) { server.isGone }
        }
        server.kill()
        wait(Self.grace) { server.isGone }
        state.withLock {
            $0.record.serverEnding = server.ending
            $0.record.hasServerEndedByItself = endedByItself
        }
    }

    private var interruption: Int32? { state.withLock { $0.interruption } }

    /// Waits until something is so, or for `nanoseconds`.
    private func wait(_ nanoseconds: Int64, until isSo: () -> Bool) {
        let deadline = DispatchTime.now() + .nanoseconds(Int(clamping: nanoseconds))
        while !isSo() {
            if change.wait(timeout: deadline) == .timedOut { return }
        }
    }

    private func listening(_ network: any WatchedNetwork) throws -> Set<String> {
        guard let namespace = network.namespace(of: .b) else { return ListeningSockets.current() }
        return try namespace.run { ListeningSockets.current() }
    }

    /// Waits until the server listens, on a thread in its namespace: for a socket that waits and was not `present` before.
    private func awaitListening(
        _ server: HostedProgram, _ network: any WatchedNetwork, besides present: Set<String>
    ) throws {
        let look: @Sendable () -> Void = { [self] in
            let deadline = ContinuousClock.now.advanced(by: .nanoseconds(Self.patienceWithServer))
            while ContinuousClock.now < deadline {
                if server.isGone || server.failure != nil || interruption != nil { return }
                if !ListeningSockets.current().subtracting(present).isEmpty { return }
                usleep(5_000)
            }
            state.withLock { $0.record.isServerSilent = true }
        }
        guard let namespace = network.namespace(of: .b) else { return look() }
        try namespace.run(look)
    }
}

extension TimelineWindow {
    /// The moment up to which entries are released.
    fileprivate func edge(_ now: Timestamp, _ completeUpTo: Timestamp?) -> Timestamp {
        let passed = Timestamp(nanosecondsSinceEpoch: now.nanosecondsSinceEpoch - length)
        return min(passed, completeUpTo ?? passed)
    }
}
