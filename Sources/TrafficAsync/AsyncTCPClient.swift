internal import NIOCore
internal import NIOPosix
internal import PacketDecode
public import SocketEvents

/// A TCP client over SwiftNIO.
public struct AsyncTCPClient: Sendable {
    private let connection: AsyncTCPConnection

    /// Connects to the first of `addresses` that answers; each attempt is an event. How long an answer may take is the
    /// kernel's to say.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        connectingTo addresses: [SocketEvents.SocketAddress], recorder: SocketEventRecorder
    ) async throws(SocketError) {
        var failure = SocketError(operation: .connect, cause: .other("no address"), subject: "")
        for address in addresses {
            let start = Timestamp.now
            do {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.hours(1))
                    .connect(to: address.forNIO, channelInitializer: AsyncTCPConnection.wrap)
                connection = AsyncTCPConnection(
                    channel, local: channel.channel.localAddress?.endpoint, peer: address.endpoint,
                    recorder: recorder)
                recorder.record(.connect, from: start, local: connection.local, peer: address.endpoint)
                return
            } catch {
                failure = SocketError(.connect, from: error, subject: "\(address.endpoint)")
                recorder.record(.connect, from: start, local: nil, peer: address.endpoint, failure: failure)
            }
        }
        throw failure
    }

    /// Sends each message that `next` gives, and receives meanwhile what the peer says; then ends this half, waits for the end
    /// of the peer's, and closes.
    ///
    /// `next` returns nil when there is nothing more to send, and soon after its task is cancelled: that is done when the peer
    /// has reset the connection.
    ///
    /// - Throws: the first failure, of sending or of receiving; the socket is closed then too.
    public func converse(sending next: @escaping @Sendable () async -> [UInt8]?) async throws(SocketError) {
        try await connection.thenClose { inbound async throws(SocketError) in
            let failure: SocketError? = await withTaskGroup(of: SocketError?.self) { group in
                group.addTask {
                    await Self.failure { () async throws(SocketError) in try await connection.receiveAll(inbound) }
                }
                group.addTask {
                    await Self.failure { () async throws(SocketError) in
                        while let message = await next() { try await connection.send(message) }
                        if !Task.isCancelled { try await connection.shutdownSending() }
                    }
                }
                var first: SocketError?
                for await failure in group {
                    // Writing to a channel that SwiftNIO has closed says nothing of why: the receiving task will.
                    if let failure, first?.errno == nil { first = failure }
                    if first?.errno != nil { group.cancelAll() }
                }
                return first
            }
            if let failure { throw failure }
        }
    }

    private static func failure(of body: () async throws(SocketError) -> Void) async -> SocketError? {
        do throws(SocketError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
