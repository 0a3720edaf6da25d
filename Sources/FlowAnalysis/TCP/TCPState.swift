/// The state of one side of a connection (RFC 9293 §3.3.2), as the capture shows it.
public enum TCPState: UInt8, Sendable, BitwiseCopyable, Hashable, CaseIterable {
    /// Nothing of this side was seen.
    case unseen
    case synSent
    case synReceived
    case established
    case finWait1
    case finWait2
    case closeWait
    case closing
    case lastAck
    case timeWait
    case closed

    /// The RFC's name.
    public var name: String {
        switch self {
        case .unseen: "unseen"
        case .synSent: "SYN-SENT"
        case .synReceived: "SYN-RECEIVED"
        case .established: "ESTABLISHED"
        case .finWait1: "FIN-WAIT-1"
        case .finWait2: "FIN-WAIT-2"
        case .closeWait: "CLOSE-WAIT"
        case .closing: "CLOSING"
        case .lastAck: "LAST-ACK"
        case .timeWait: "TIME-WAIT"
        case .closed: "CLOSED"
        }
    }
}
