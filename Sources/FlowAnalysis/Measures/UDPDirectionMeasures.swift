/// What was measured of one direction of a UDP flow.
public struct UDPDirectionMeasures: Sendable, Hashable {
    /// Datagrams; one in fragments counts once, when it is whole.
    public internal(set) var datagrams: UInt64 = 0
    /// Octets of the frames that carried them, as they were on the wire, those of incomplete datagrams included.
    public internal(set) var frameOctets: UInt64 = 0
    /// Octets of the datagrams without their headers.
    public internal(set) var octets: UInt64 = 0
    /// Octets of the smallest datagram without its header; nil where there is none.
    public internal(set) var minimumOctets: UInt32?
    public internal(set) var maximumOctets: UInt32?
    /// Time from a datagram to the next one of this direction; nil where there are not two.
    public internal(set) var gap: DurationSummary?
    /// IP fragments: of a datagram in three fragments three.
    public internal(set) var fragments: UInt64 = 0
    /// Fragmented datagrams that never came together; they are not among `datagrams`.
    public internal(set) var incompleteDatagrams: UInt64 = 0
    /// ICMP errors that answered a datagram of this direction.
    public internal(set) var icmpErrors: UInt64 = 0
}
