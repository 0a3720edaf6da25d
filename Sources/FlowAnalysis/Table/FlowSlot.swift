/// A flow in its table: what it is found by, its number, when it was used, and its connection.
struct FlowSlot: BitwiseCopyable {
    var key: FlowKey
    var number: UInt64
    /// The table's count of uses at this flow's last one.
    var lastUse: UInt64
    var hash: UInt32
    /// Whether the end that the key names first is the initiator.
    var isLowEndInitiator: Bool
    /// Unused by UDP.
    var connection = TCPConnection()
}
