/// Datagrams of one size that leave with one system call: their octets, one datagram after the other.
public struct DatagramBurst: Sendable {
    /// Octets of each datagram.
    public let size: Int
    /// Datagrams that it holds.
    public let slots: Int
    var octets: [UInt8]

    /// The most datagrams that one call takes.
    public static let mostSlots = 64
    /// Octets that a burst takes at most; large datagrams are fewer.
    private static let mostOctets = 1 << 20

    /// As many copies of `content` as are worth a call.
    public init(of content: [UInt8]) {
        size = content.count
        slots = max(1, min(Self.mostSlots, Self.mostOctets / max(1, content.count)))
        octets = []
        octets.reserveCapacity(size * slots)
        for _ in 0..<slots { octets += content }
    }

    /// The one datagram "message n".
    public init(ofText number: Int) {
        octets = Array("message \(number)".utf8)
        size = octets.count
        slots = 1
    }

    /// One of the datagrams.
    public subscript(slot: Int) -> ArraySlice<UInt8> { octets[slot * size..<(slot + 1) * size] }

    /// Writes the heads of the first `count` datagrams, which are numbered on from `first.number`.
    public mutating func number(_ count: Int, from first: DatagramNumber, width: DatagramNumber.Width) {
        var head = first
        for slot in 0..<min(count, slots) {
            head.encode(into: &octets, at: slot * size, width: width)
            head.number &+= 1
        }
    }
}
