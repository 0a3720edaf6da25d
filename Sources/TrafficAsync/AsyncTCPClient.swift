internal import Glibc
internal import NIOCore
internal import NIOPosix
public import PacketDecode
public import SocketEvents

/// One end of a TCP connection over SwiftNIO that has something of its own to say.
public struct AsyncTCPClient: Sendable {
    private let connection: AsyncTCPConnection

    /// Connects to the first of `addresses` that answers; each attempt is an event. `source` is the end that the socket is
    /// bound to before, where one is wished: addresses of the other family are then left out. `timeout`: nanoseconds for each
    /// attempt; nil for as long as the kernel tries.
    ///
    /// The connection is made here and handed to SwiftNIO: its own bootstrap cannot set every option before it connects.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        connectingTo addresses: [SocketEvents.SocketAddress], from source: SocketEvents.SocketAddress? = nil,
        timeout: Int64? = nil, options: TCPSocketOptions = TCPSocketOptions(), recorder: SocketEventRecorder
    ) async throws(SocketError) {
        let why = source == nil ? "no address" : "no address of the source's family"
        let wanted = addresses.first.map { "\($0.endpoint)" } ?? ""
        var failure = SocketError(operation: .connect, cause: .other(why), subject: wanted)
        for address in addresses where source == nil || source?.family == address.family {
            let start = Timestamp.now
            do throws(SocketError) {
                let descriptor = try SocketDescriptor(opening: .stream, family: address.family, nonBlocking: true)
                try descriptor.apply(options, for: .connecting)
                if let source { try descriptor.bind(to: source) }
                let code = await Self.connect(descriptor, to: address, timeout: timeout)
                guard code == 0 else { throw SocketError(.connect, errno: code, subject: "\(address.endpoint)") }
                let local = descriptor.localEndpoint
                recorder.record(.connect, from: start, local: local, peer: address.endpoint)
                try await self.init(
                    descriptor.release(), local: local, peer: address.endpoint, recorder: recorder)
                return
            } catch {
                failure = error
                // What came after the connecting has its own event.
                if error.operation != .receive {
                    recorder.record(.connect, from: start, local: nil, peer: address.endpoint, failure: error)
                }
            }
        }
        throw failure
    }

    /// Waits for a connection at `listener` and accepts it.
    ///
    /// - Throws: `SocketError`; ECANCELED where the task is cancelled.
    public init(acceptingFrom listener: borrowing AsyncTCPListener) async throws(SocketError) {
        guard let accepted = try await listener.accept(stop: try StopSignal()) else {
            throw SocketError(.accept, errno: ECANCELED, subject: "\(listener.local)")
        }
        let (local, peer) = (accepted.local, accepted.peer)
        try await self.init(accepted.release(), local: local, peer: peer, recorder: listener.recorder)
    }

    private init(
        _ descriptor: Int32, local: Endpoint?, peer: Endpoint?, recorder: SocketEventRecorder
    ) async throws(SocketError) {
        let start = Timestamp.now
        do {
            connection = try await AsyncTCPConnection(
                adopting: descriptor, local: local, peer: peer, recorder: recorder)
        } catch {
            // The peer reset before SwiftNIO could take the socket over, and it has closed it.
            let failure = SocketError(.receive, from: error, subject: peer.map { "\($0)" } ?? "")
            recorder.record(.receive, from: start, local: local, peer: peer, failure: failure)
            throw failure
        }
    }

    /// Zero where the connection is made, else the errno.
    private static func connect(
        _ descriptor: borrowing SocketDescriptor, to address: SocketEvents.SocketAddress, timeout: Int64?
    ) async -> Int32 {
        let code = descriptor.startConnecting(to: address)
        guard code == EINPROGRESS else { return code }
        guard await Readiness.wait(for: .writable, on: descriptor.rawValue, timeout: timeout) else {
            return Task.isCancelled ? ECANCELED : ETIMEDOUT
        }
        return descriptor.pendingError
    }

    /// The other end.
    public var peer: Endpoint? { connection.peer }

    /// Sends each message that `next` gives, and receives meanwhile what the peer says and answers its pings; then ends as
    /// `rules` say, and closes.
    ///
    /// `next` returns nil when there is nothing more to send, and soon after its task is cancelled: that is done when the
    /// connection has ended.
    ///
    /// - Throws: the first failure, of sending or of receiving; the socket is closed then too.
    public func converse(
        _ rules: ConversationRules = ConversationRules(), dialogue: DialogueRecorder? = nil,
        sending next: @escaping @Sendable () async -> [UInt8]?
    ) async throws(SocketError) {
        try await connection.thenClose(atOnce: rules.ending == .atOnce) { inbound async throws(SocketError) in
            let talk = AsyncDialogue(
                connection, rules.dialogue, recorder: dialogue ?? .silent(beside: connection.recorder))
            let failure: SocketError? = await withTaskGroup(of: Part.self) { group in
                group.addTask {
                    .received(await errorThrown { () async throws(SocketError) in try await talk.receiveAll(inbound) })
                }
                group.addTask {
                    .said(await errorThrown { () async throws(SocketError) in try await Self.say(rules, talk, next) })
                }
                group.addTask { await Self.watch(talk) }
                return await Self.collect(&group, rules, talk)
            }
            if let failure { throw failure }
        }
    }

    /// What has ended of a conversation.
    private enum Part: Sendable {
        case received(SocketError?)
        case said(SocketError?)
        case watched(isOver: Bool, SocketError?)
    }

    /// Waits for the parts of a conversation, and ends the others where one says so.
    private static func collect(
        _ group: inout TaskGroup<Part>, _ rules: ConversationRules, _ talk: AsyncDialogue
    ) async -> SocketError? {
        var first: SocketError?
        var (hasReceived, hasSaid) = (false, false)
        for await part in group {
            var isOver = false
            switch part {
            case .received(let failure):
                hasReceived = true
                first = Self.clearer(of: first, failure)
            case .said(let failure):
                hasSaid = true
                first = Self.clearer(of: first, failure)
                isOver = failure == nil && rules.ending == .atOnce
                // The grace has begun.
                if failure == nil, !isOver { group.addTask { await Self.watch(talk) } }
            case .watched(let timeIsOver, let failure):
                isOver = timeIsOver
                first = first ?? failure
            }
            if isOver || (hasReceived && hasSaid) || first.map(Self.isClear) == true { group.cancelAll() }
        }
        return first
    }

    /// Writing to a channel that SwiftNIO has closed says nothing of why: receiving from it does.
    private static func clearer(of first: SocketError?, _ second: SocketError?) -> SocketError? {
        guard let first else { return second }
        return isClear(first) ? first : second ?? first
    }

    private static func isClear(_ error: SocketError) -> Bool {
        if case .other = error.cause { return false }
        return true
    }

    private static func watch(_ talk: AsyncDialogue) async -> Part {
        do throws(SocketError) {
            return .watched(isOver: try await talk.watchTime(), nil)
        } catch {
            return .watched(isOver: true, error)
        }
    }

    private static func say(
        _ rules: ConversationRules, _ talk: AsyncDialogue, _ next: @Sendable () async -> [UInt8]?
    ) async throws(SocketError) {
        var lines = LineCutter(limit: rules.dialogue.lineLimit)
        while let message = await next() {
            try await talk.connection.send(message)
            if rules.showsSentLines { lines.take(message[...]) { talk.record(.sent($0)) } }
        }
        if rules.showsSentLines, let line = lines.finish() { talk.record(.sent(line)) }
        await talk.connection.finishConnecting()
        guard !Task.isCancelled, rules.ending == .inOrder else { return }
        // First, so that nothing is answered behind the end.
        talk.endOfOurHalf()
        try await talk.connection.shutdownSending()
    }
}
