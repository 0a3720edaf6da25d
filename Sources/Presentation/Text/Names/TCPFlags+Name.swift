internal import PacketDecode

extension TCPFlags {
    /// Each flag with the name that segments are called by, in the order in which people say them: "SYN ACK".
    static let named: [(flag: TCPFlags, name: String)] = [
        (.syn, "SYN"), (.fin, "FIN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"), (.ece, "ECE"),
        (.cwr, "CWR"), (.ae, "AE"),
    ]
}

extension Line {
    /// The flags' names, joined by spaces; "none" where no flag is set.
    mutating func put(_ flags: TCPFlags) {
        // The few that make up nearly all traffic.
        switch flags.rawValue {
        case 0x10: put("ACK")
        case 0x18: put("PSH ACK")
        case 0: put("none")
        default:
            var isFirst = true
            for (flag, name) in TCPFlags.named where flags.contains(flag) {
                if !isFirst { put(UInt8(ascii: " ")) }
                isFirst = false
                put(name)
            }
        }
    }
}
