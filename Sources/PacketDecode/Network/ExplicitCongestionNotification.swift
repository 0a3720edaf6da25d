/// The ECN field of an IP header (RFC 3168 §5).
public enum ExplicitCongestionNotification: UInt8, Sendable, BitwiseCopyable, Hashable {
    /// Not ECN-capable transport.
    case notCapable = 0
    /// ECT(1).
    case capable1 = 1
    /// ECT(0).
    case capable0 = 2
    /// CE: a router met congestion.
    case congestionExperienced = 3

    @inlinable
    init(lowBitsOf octet: UInt8) {
        switch octet & 3 {
        case 0: self = .notCapable
        case 1: self = .capable1
        case 2: self = .capable0
        default: self = .congestionExperienced
        }
    }
}
