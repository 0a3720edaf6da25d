import PacketDecode

/// Whether one segment left before another of the same side, and what tells.
///
/// TSval (RFC 7323 §3: it never decreases) and the IP identification, where it is a counter. Both count only while they are seen
/// to change from frame to frame in that direction. RFC 6864 §4.1: 0, or constant, proves nothing. Where TSval is equal, TSecr
/// tells: it is TS.Recent, which never decreases either (RFC 7323 §4.3, rule 2).
struct SendingOrder: BitwiseCopyable {
    enum Order: UInt8, BitwiseCopyable { case before, after, unknown }

    var order = Order.unknown
    var reason = SegmentLabel.Reason.noEvidence
    /// TSval is known of both, and the same; and TSecr tells nothing.
    var isSameTimestamp = false
}

extension TCPSide {
    /// The furthest apart that two identifications may be to tell an order.
    static let identificationReach: Int16 = 1024

    /// Whether identifications count up here: two steps in a row were small ones.
    var countsIdentifications: Bool { identificationSteps >= 2 }

    /// What tells when `segment` left, against `other`, which the same side sent.
    func order(of segment: TCPSegment, against other: SendingLog.Sending) -> SendingOrder {
        var result = SendingOrder()
        if segment.hasTimestamp, other.marks.contains(.timestamp) {
            let later = Int32(bitPattern: segment.timestampValue &- other.timestampValue)
            if later == 0 {
                let laterEcho = Int32(bitPattern: segment.timestampEcho &- other.timestampEcho)
                guard laterEcho == 0 || segment.timestampEcho == 0 || other.timestampEcho == 0 else {
                    result.order = laterEcho > 0 ? .after : .before
                    result.reason = .echoOrder
                    return result
                }
                result.isSameTimestamp = true
            } else if knows(.timestampChanges) {
                result.order = later > 0 ? .after : .before
                result.reason = .timestampOrder
                return result
            }
        }
        if countsIdentifications, segment.identification != 0, other.identification != 0 {
            let later = Int16(bitPattern: segment.identification &- other.identification)
            // A segment that left later has counted on; how far depends on what else the counter counts.
            if later != 0, later > -Self.identificationReach, later < Self.identificationReach {
                result.order = later > 0 ? .after : .before
                result.reason = .identificationOrder
            }
        }
        return result
    }

    /// Notes TSval and identification of a segment, which is not one that the link doubled.
    @inline(__always)
    mutating func noteEvidence(timestampValue: UInt32?, identification: UInt16) {
        if let timestampValue, timestampValue != lastTimestampValue {
            learn(knows(.timestamp) ? [.timestamp, .timestampChanges] : .timestamp)
            lastTimestampValue = timestampValue
        }
        guard identification != 0 else { return }
        if lastIdentification != 0 {
            let step = Int16(bitPattern: identification &- lastIdentification)
            if step == 0 {
                forget(.identificationChanges)
                identificationSteps = 0
            } else {
                learn(.identificationChanges)
                if step > -Self.identificationReach, step < Self.identificationReach {
                    if identificationSteps < 2 { identificationSteps += 1 }
                } else {
                    identificationSteps = 0
                }
            }
        }
        lastIdentification = identification
    }
}

extension TCPSegment {
    /// Whether identification, TSval and TSecr are those of `other`, which carried the same octets.
    func isSameFrame(as other: SendingLog.Sending) -> Bool {
        identification == other.identification && hasTimestamp == other.marks.contains(.timestamp)
            && (!hasTimestamp || timestampValue == other.timestampValue && timestampEcho == other.timestampEcho)
    }
}
