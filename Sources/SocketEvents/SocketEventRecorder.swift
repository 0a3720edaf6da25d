public import PacketDecode

/// Makes the events of one socket's owner and hands them to its sink.
public struct SocketEventRecorder: Sendable {
    public var role: SocketRole
    public var manner: IOManner
    /// Octets of content that an event keeps.
    public var contentLimit: Int
    public var sink: SocketEventSink

    public init(
        role: SocketRole, manner: IOManner, contentLimit: Int = SocketEvent.defaultContentLimit,
        sink: @escaping SocketEventSink
    ) {
        self.role = role
        self.manner = manner
        self.contentLimit = max(0, contentLimit)
        self.sink = sink
    }

    /// Records a call that began at `start` and has just returned. `moved` are the octets that it moved; nil where the call
    /// moves none.
    public func record(
        _ call: SocketCall, from start: Timestamp, local: Endpoint?, peer: Endpoint? = nil,
        moved: ArraySlice<UInt8>? = nil, datagramLength: Int? = nil, failure: SocketError? = nil
    ) {
        sink(
            SocketEvent(
                role: role, call: call, manner: manner, start: start, end: .now, local: local, peer: peer,
                octets: moved?.count, datagramLength: datagramLength,
                content: moved.map { Array($0.prefix(contentLimit)) } ?? [], failure: failure))
    }
}
