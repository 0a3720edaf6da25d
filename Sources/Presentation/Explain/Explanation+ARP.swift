internal import PacketDecode

extension Explanation {
    func arp(_ message: ARPMessage, at start: Int) -> ExplainedSection {
        let hardwareLength = Int(message.hardwareAddressLength)
        let protocolLength = Int(message.protocolAddressLength)
        let end = start + ARPMessage.fixedLength + 2 * (hardwareLength + protocolLength)
        let operation: String =
            switch message.operation {
            case .request: "request: who has the target's address?"
            case .reply: "reply"
            default: ""
            }
        var fields = [
            ExplainedField(
                "hardware type", start, 2, message.hardwareType, message.hardwareType == 1 ? "Ethernet" : ""),
            ExplainedField(
                "protocol type", start + 2, 2, hexText(message.protocolType.rawValue, digits: 4),
                message.protocolType.name ?? ""),
            ExplainedField("hardware address length", start + 4, 1, message.hardwareAddressLength),
            ExplainedField("protocol address length", start + 5, 1, message.protocolAddressLength),
            ExplainedField("operation", start + 6, 2, message.operation.rawValue, operation),
        ]
        let names = [
            "sender hardware address", "sender protocol address", "target hardware address", "target protocol address",
        ]
        var offset = start + ARPMessage.fixedLength
        for (index, name) in names.enumerated() {
            let length = index % 2 == 0 ? hardwareLength : protocolLength
            // A cut message keeps its head.
            guard offset + length <= bytes.count else { break }
            fields.append(ExplainedField(name, offset, length, value(at: index, of: message) ?? octetsText(length)))
            offset += length
        }
        return ExplainedSection(
            "ARP message", "RFC 826", at: ByteRange(from: start, to: end).clamped(to: bytes.count), fields
        )
        .withRest(named: "cut off")
    }

    private func value(at index: Int, of message: ARPMessage) -> String? {
        guard let addresses = message.addresses else { return nil }
        return switch index {
        case 0: "\(addresses.senderHardwareAddress)"
        case 1: "\(addresses.senderProtocolAddress)"
        case 2: "\(addresses.targetHardwareAddress)"
        default: "\(addresses.targetProtocolAddress)"
        }
    }
}
