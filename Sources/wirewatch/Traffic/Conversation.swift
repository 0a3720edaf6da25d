import SocketEvents
import TrafficAsync
import TrafficBlocking

/// A talk with one peer, in either manner: messages go out, lines come in.
struct Conversation {
    let rules: ConversationRules
    let options: TCPSocketOptions
    let messages: MessageOptions
    let recorder: SocketEventRecorder
    let dialogue: DialogueRecorder

    /// Connects to the first of `addresses` that answers, and talks until both have ended.
    func connect(
        _ manner: IOManner, to addresses: [SocketAddress], from source: SocketAddress?, timeout: Int64?
    ) throws(SocketError) {
        let (recorder, options) = (recorder, options)
        switch manner {
        case .blocking:
            let socket = try TCPSocket(
                connectingTo: addresses, from: source, timeout: timeout, recorder: recorder
            ) { descriptor throws(SocketError) in
                try descriptor.apply(options, for: .connecting)
            }
            try talk(through: socket)
        case .async:
            try talk { () async throws(SocketError) in
                try await AsyncTCPClient(
                    connectingTo: addresses, from: source, timeout: timeout, options: options, recorder: recorder)
            }
        }
    }

    /// Listens at the first of `addresses` that can be bound, and talks with the first who connects; nobody else is accepted.
    func listen(_ manner: IOManner, on addresses: [SocketAddress]) throws(SocketError) {
        let (recorder, options) = (recorder, options)
        switch manner {
        case .blocking:
            let listener = try TCPListener(on: addresses, recorder: recorder) { descriptor throws(SocketError) in
                try descriptor.apply(options, for: .listening)
            }
            guard let socket = try listener.accept() else { return }
            listener.close()
            try talk(through: socket)
        case .async:
            try talk { () async throws(SocketError) in
                let listener = try AsyncTCPListener(on: addresses, options: options, recorder: recorder)
                let client = try await AsyncTCPClient(acceptingFrom: listener)
                listener.close()
                return client
            }
        }
    }

    private func talk(through socket: consuming TCPSocket) throws(SocketError) {
        var source = MessageSource(messages, endsWithLineFeed: true)
        try socket.converse(rules, dialogue: dialogue) { stop in source.next(stop: stop) }
    }

    private func talk(
        through client: @escaping @Sendable () async throws(SocketError) -> AsyncTCPClient
    ) throws(SocketError) {
        let source = try AsyncMessageSource(MessageSource(messages, endsWithLineFeed: true))
        let (rules, dialogue) = (rules, dialogue)
        try AsyncWork.run { () async throws(SocketError) in
            try await client().converse(rules, dialogue: dialogue) { await source.next() }
        }
    }
}
