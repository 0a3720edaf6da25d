/// A flow in its table: what it is found by, its number, its neighbours in the order of use, and its connection.
struct FlowSlot: BitwiseCopyable {
    var key: FlowKey
    var number: UInt64
    var hash: UInt32
    /// The place of the flow that was used next after this one; -1 at the most recent.
    var newer: Int32 = -1
    /// The place of the flow that was used last before this one; -1 at the idlest.
    var older: Int32 = -1
    /// Whether the end that the key names first is the initiator.
    var isLowEndInitiator: Bool
    /// Unused by UDP.
    var connection = TCPConnection()
}
