internal import PacketDecode

/// The first twelve octets of an Ethernet frame.
enum EthernetAddresses {
    static func set(destination: MACAddress, source: MACAddress, in frame: inout [UInt8]) {
        guard frame.count >= 12 else { return }
        for (place, address) in [(0, destination), (6, source)] {
            for index in 0..<6 {
                frame[place + index] = UInt8(truncatingIfNeeded: address.rawValue >> UInt64(40 - index * 8))
            }
        }
    }
}
