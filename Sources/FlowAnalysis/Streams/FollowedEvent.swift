public import PacketDecode

/// Something that was said on a followed flow, or that is to be said about it.
public struct FollowedEvent: Sendable {
    public enum Kind: Sendable {
        /// The flow's first packet: its two ends.
        case start(initiator: Endpoint, responder: Endpoint, IPProtocol)
        /// What comes of a TCP stream. The octets of `.data` are lent beside the event.
        case stream(StreamEvent)
        /// A UDP datagram's data: so many octets on the wire. Those that were captured are lent beside the event.
        case datagram(length: Int)
        /// A fragmented datagram, or segment, that never came together.
        case incompleteDatagram(AbandonedDatagram)
        /// The side's octets end here: it sent FIN.
        case fin
        /// The side reset the connection.
        case reset
        /// The capture ended, and neither a FIN of this side nor a RST was seen.
        case noEnd
    }

    public let kind: Kind
    /// Which end speaks.
    public let direction: FlowDirection
    /// The frame at which it is said: the one that brought the octets, or the one that brought what they waited for.
    public let frame: FrameInfo
}
