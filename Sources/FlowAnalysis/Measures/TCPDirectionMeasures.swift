/// What was measured of one direction of a TCP connection.
public struct TCPDirectionMeasures: Sendable, Hashable {
    /// Segments that were captured, resends included.
    public internal(set) var segments: UInt64 = 0
    /// Octets of the frames that carried them, as they were on the wire.
    public internal(set) var frameOctets: UInt64 = 0
    /// Octets of data, resends included.
    public internal(set) var octets: UInt64 = 0
    /// Octets of data, each counted once.
    public internal(set) var uniqueOctets: UInt64 = 0
    /// Segments with the label `retransmission`.
    public internal(set) var retransmittedSegments: UInt64 = 0
    /// Segments with the label `retransmissionOriginalUnseen`: sent again because the first sending was lost before the
    /// point of capture. They are not among `retransmittedSegments`.
    public internal(set) var retransmittedUnseenSegments: UInt64 = 0
    /// Of both kinds of resends, those that were needless as it is known at the end: the octets had been acknowledged, or a
    /// later D-SACK or the first sending itself told so.
    public internal(set) var spuriousSegments: UInt64 = 0
    /// Octets of data that `retransmittedSegments` repeated.
    public internal(set) var retransmittedOctets: UInt64 = 0
    /// The same by cause; causes that did not occur are left out.
    public internal(set) var retransmissionCauses: [CauseCount] = []
    /// Segments by label; labels that did not occur are left out.
    public internal(set) var labels: [LabelCount] = []
    /// From a segment's capture to that of its acknowledgment: the way from the point of capture to the receiver and back,
    /// with the receiver's delay. One segment at a time, by Karn's rule (RFC 6298 §3, RFC 7323 §4); nil where none was
    /// acknowledged.
    public internal(set) var roundTripTime: DurationSummary?
    /// The most octets sent and not acknowledged (FlightSize, RFC 5681 §2).
    public internal(set) var maximumOctetsInFlight: UInt32 = 0
    /// Octets in flight in each of up to 32 equal parts of the connection's life: the most that there were when a segment was
    /// sent whose round trip is timed. Empty for a connection of few segments.
    public internal(set) var octetsInFlight: [UInt32] = []
    /// Nanoseconds of such a part; 0 where there is none.
    public internal(set) var octetsInFlightInterval: Int64 = 0
    /// The least window that this direction announced, outside SYN and RST; nil where it announced none.
    public internal(set) var minimumWindow: UInt32?
    public internal(set) var maximumWindow: UInt32?
    /// Whether these windows are in octets; false where the scale is not known, and they are as sent.
    public internal(set) var isWindowScaled = false
    /// Octets of this direction that the other side reported in SACK blocks, each counted once; D-SACK left out.
    public internal(set) var sackedOctets: UInt64 = 0
    /// MSS, as this direction's SYN says; nil without the option.
    public internal(set) var maximumSegmentSize: UInt16?
    /// Bits of data in a second, resends included, from the connection's start to this direction's last data; nil where
    /// that is no time.
    public internal(set) var throughputInBitsPerSecond: UInt64?
    /// The same without resends.
    public internal(set) var goodputInBitsPerSecond: UInt64?
    /// IP fragments; a segment in three fragments is one of `segments` when it is whole.
    public internal(set) var fragments: UInt64 = 0
    /// Fragmented segments that never came together; they are not among `segments`.
    public internal(set) var incompleteSegments: UInt64 = 0
    /// ICMP errors that answered a segment of this direction.
    public internal(set) var icmpErrors: UInt64 = 0

    /// Segments with a label.
    public func count(of label: SegmentLabel.Kind) -> UInt64 {
        labels.first { $0.label == label }?.segments ?? 0
    }
}
