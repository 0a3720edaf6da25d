internal import PacketDecode

extension Line {
    /// One ARP message: `who has 10.0.0.2? tell 10.0.0.1`, `10.0.0.2 is at 02:00:00:00:00:02`.
    mutating func put(_ message: ARPMessage) {
        guard let addresses = message.addresses else {
            put("operation ")
            put(number: message.operation.rawValue)
            put(", hardware type ")
            put(number: message.hardwareType)
            put(", protocol 0x")
            put(hexadecimal: UInt64(message.protocolType.rawValue), digits: 4)
            return
        }
        let sender = IPAddress.v4(addresses.senderProtocolAddress)
        let target = IPAddress.v4(addresses.targetProtocolAddress)
        switch message.operation {
        case .request where sender == target:
            put("announces ")
            put(sender)
        case .request:
            put("who has ")
            put(target)
            put("? tell ")
            put(sender)
        case .reply:
            put(sender)
            put(" is at ")
            put(addresses.senderHardwareAddress)
        default:
            put("operation ")
            put(number: message.operation.rawValue)
            put(UInt8(ascii: " "))
            put(sender)
            put(" > ")
            put(target)
        }
    }
}
