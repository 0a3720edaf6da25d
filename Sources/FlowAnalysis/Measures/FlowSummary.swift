public import PacketDecode

/// A connection or a datagram flow: who, when, and what was measured of it.
public struct FlowSummary: Sendable, Hashable {
    /// The flow's number, as `FlowObservation.flow`.
    public let flow: UInt64
    /// The end that opened the connection, or that sent the flow's first packet.
    public let initiator: Endpoint
    public let responder: Endpoint
    /// The first packet's capture.
    public let start: Timestamp
    /// The latest packet's capture.
    public let end: Timestamp
    /// The first packet's frame.
    public let firstFrame: UInt64
    public let measures: Measures

    /// What was measured, by protocol.
    public enum Measures: Sendable, Hashable {
        case tcp(TCPConnectionMeasures)
        case udp(UDPFlowMeasures)
    }

    /// TCP or UDP.
    public var `protocol`: IPProtocol {
        switch measures {
        case .tcp: .tcp
        case .udp: .udp
        }
    }

    /// Nanoseconds from the first packet to the latest.
    public var duration: Int64 { start.distance(to: end) }
}

/// What was measured of a TCP connection.
public struct TCPConnectionMeasures: Sendable, Hashable {
    public let initiatorToResponder: TCPDirectionMeasures
    public let responderToInitiator: TCPDirectionMeasures
    /// From the SYN to the ACK that ended the handshake: the whole round trip, wherever the capture was made. Nil where
    /// the handshake was not captured, or a part of it was sent twice.
    public let initialRoundTripTime: Int64?
    public let beginning: Beginning
    public let ending: Ending
    /// Options that both SYNs agreed on; empty where not both were captured.
    public let agreedOptions: [AgreedOption]

    /// How the connection began.
    public enum Beginning: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// SYN and SYN ACK were captured (or two crossing SYNs).
        case handshake
        /// A SYN was captured, and no SYN ACK.
        case unanswered
        /// A SYN ACK was captured, and no SYN.
        case answerOnly
        /// It was open before the capture's first segment.
        case notCaptured
    }

    /// How the connection ended, as far as the capture shows it.
    public enum Ending: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// Neither FIN nor RST was captured.
        case open
        /// The initiator sent FIN, the responder not.
        case halfClosedByInitiator
        case halfClosedByResponder
        /// Both sent FIN.
        case closed
        case resetByInitiator
        case resetByResponder
        /// The responder answered the SYN by RST.
        case refused
    }

    /// An option that both sides offered in their SYNs.
    public enum AgreedOption: String, Sendable, Hashable, CaseIterable {
        /// RFC 7323 §2.
        case windowScale
        /// RFC 2018.
        case selectiveAcknowledgment
        /// RFC 7323 §3.
        case timestamps
        /// ECN, RFC 3168 §6.1.1.
        case explicitCongestionNotification
        /// RFC 7413: a cookie was asked for and given, or used.
        case fastOpen
    }
}

/// What was measured of a UDP flow.
public struct UDPFlowMeasures: Sendable, Hashable {
    public let initiatorToResponder: UDPDirectionMeasures
    public let responderToInitiator: UDPDirectionMeasures
}
