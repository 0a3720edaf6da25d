public import PacketDecode

/// What a sender of numbered datagrams says after the last one, where it wants its receiver's report: how many there were. So the
/// receiver knows of losses at the end, which no later number shows.
///
/// It is a datagram with the number 0, which no other has, and then `mark` and the last number. It may be lost or doubled like any
/// other: the sender repeats it until the report comes.
public struct StreamEnd: Sendable, Hashable {
    public var last: UInt64

    public init(last: UInt64) { self.last = last }

    private static let mark = Array("ww:end?".utf8) + [0]

    /// Octets of the datagram.
    public static func length(_ width: DatagramNumber.Width) -> Int { width.headLength + mark.count + 8 }

    /// Nil where the datagram is another.
    public init?(decoding octets: Span<UInt8>, width: DatagramNumber.Width) {
        guard octets.count == Self.length(width), let head = DatagramNumber(decoding: octets, width: width),
            head.number == 0
        else { return nil }
        let start = width.headLength
        for (index, byte) in Self.mark.enumerated() where octets[start + index] != byte { return nil }
        last = octets.number(at: start + Self.mark.count, octets: 8)
    }

    /// The datagram.
    public func encoded(sent: Timestamp, width: DatagramNumber.Width) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: width.headLength)
        DatagramNumber(sent: sent, number: 0).encode(into: &octets, width: width)
        octets += Self.mark
        octets.append(networkOrder: last)
        return octets
    }
}
