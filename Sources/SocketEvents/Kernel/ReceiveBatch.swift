internal import CLinux
internal import Glibc
public import PacketDecode

/// A datagram that one call brought with others: all but its octets, which stand in the batch.
public struct ArrivedDatagram: Sendable, Hashable {
    /// Who sent it; nil where the kernel names no IP address.
    public var sender: SocketAddress?
    /// The octets of the datagram as it was sent.
    public var datagramLength: Int
    /// When the kernel got it; where it does not say, when the call returned.
    public var arrival: Timestamp

    public init(sender: SocketAddress?, datagramLength: Int, arrival: Timestamp) {
        self.sender = sender
        self.datagramLength = datagramLength
        self.arrival = arrival
    }
}

/// Room for the datagrams that one recvmmsg(2) brings, used again for each call.
@safe public struct ReceiveBatch: ~Copyable {
    private let batch: OpaquePointer
    /// The most datagrams that a call brings.
    public let slots: Int
    /// Datagrams that the last call brought.
    public private(set) var count = 0
    private var returned = Timestamp(nanosecondsSinceEpoch: 0)

    /// Octets that a batch takes at most; large buffers are fewer.
    private static let mostOctets = 4 << 20

    /// Room for as many datagrams of `bufferSize` octets as are worth a call.
    ///
    /// - Throws: `SocketError` with the operation `receive`, where there is no memory.
    public init(bufferSize: Int) throws(SocketError) {
        let room = max(0, bufferSize)
        let slots = max(1, min(64, Self.mostOctets / max(1, room)))
        guard let batch = unsafe wirewatch_batch_create(UInt32(slots), room) else {
            throw SocketError(.receive, errno: errno, subject: "")
        }
        unsafe self.batch = batch
        self.slots = slots
    }

    deinit { unsafe wirewatch_batch_free(batch) }

    /// Receives the datagrams that are there from `descriptor`, at most `limit`, without waiting. With MSG_TRUNC the kernel
    /// tells each one's whole length, however much of it the buffer took (udp(7)).
    ///
    /// - Throws: the errno; EAGAIN where there is none.
    public mutating func receive(from descriptor: borrowing SocketDescriptor, limit: Int) throws(SocketErrno) {
        let most = UInt32(max(1, min(limit, slots)))
        let result = unsafe wirewatch_batch_receive(batch, descriptor.rawValue, most, 0)
        count = Int(max(0, result))
        guard result >= 0 else { throw SocketErrno(errno) }
        returned = .now
    }

    /// One of the datagrams that the last call brought.
    public subscript(index: Int) -> ArrivedDatagram {
        precondition(index >= 0 && index < count, "a datagram of the last call")
        let raw = unsafe wirewatch_batch_datagram(batch, UInt32(index)).pointee
        return ArrivedDatagram(
            sender: SocketAddress(raw.sender), datagramLength: Int(raw.length),
            arrival: raw.arrival > 0 ? Timestamp(nanosecondsSinceEpoch: raw.arrival) : returned)
    }

    /// Lends the octets of a datagram, as many as its buffer took.
    public func withOctets<Result>(of index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        precondition(index >= 0 && index < count, "a datagram of the last call")
        let held = unsafe wirewatch_batch_datagram(batch, UInt32(index)).pointee.held
        let octets = unsafe UnsafeBufferPointer(
            start: wirewatch_batch_octets(batch, UInt32(index)), count: Int(held))
        return body(unsafe octets.span)
    }

    /// The first of a datagram's octets, at most `limit`.
    public func octets(of index: Int, atMost limit: Int = .max) -> [UInt8] {
        withOctets(of: index) { span in
            var octets: [UInt8] = []
            octets.reserveCapacity(min(limit, span.count))
            for place in 0..<min(limit, span.count) { octets.append(span[place]) }
            return octets
        }
    }
}

/// Whoever holds the batch is the only one who has its memory.
extension ReceiveBatch: @unchecked Sendable {}
