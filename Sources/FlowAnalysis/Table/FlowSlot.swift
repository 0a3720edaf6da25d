/// A flow in its table: its connection, what it is found by, its number, and when it was used.
///
/// 256 octets, four lines of a processor's cache: nearly every packet touches each of them, and none that is another flow's.
struct FlowSlot: BitwiseCopyable {
    /// Unused by UDP.
    var connection = TCPConnection()
    /// Whether the end that the key names first is the initiator.
    var isLowEndInitiator: Bool
    var hash: UInt32
    var key: FlowKey
    var number: UInt64
    /// The table's count of uses at this flow's last one.
    var lastUse: UInt64
}
