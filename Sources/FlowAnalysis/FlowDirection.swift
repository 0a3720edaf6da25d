/// Which end of a flow sent a packet.
public enum FlowDirection: UInt8, Sendable, BitwiseCopyable, Hashable {
    /// Sent by the end that opened the connection, or that sent the flow's first packet.
    case fromInitiator
    /// Sent by the other end.
    case fromResponder

    @inlinable public var reversed: FlowDirection { self == .fromInitiator ? .fromResponder : .fromInitiator }
}
