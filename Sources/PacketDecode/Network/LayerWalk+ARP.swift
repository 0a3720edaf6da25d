extension LayerWalk {
    /// Decodes an ARP message; what follows it is link-layer padding and counts as payload.
    mutating func decodeARP(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) {
        let start = offset
        packet.networkOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: ARPMessage.fixedLength) { return stop(&packet, .arp, at: start, reason) }
        let fixedPart = bytes.extracting(start..<start + ARPMessage.fixedLength)
        let length = ARPMessage.length(fixedPart: fixedPart)
        if let reason = shortage(of: length) {
            packet.network = .arp(ARPMessage(decodingFixedPart: fixedPart))
            offset += ARPMessage.fixedLength
            return stop(&packet, .arp, at: start, reason)
        }
        packet.network = .arp(ARPMessage(decoding: bytes.extracting(start..<start + length)))
        offset += length
        finish(&packet)
    }
}
