extension PacketDecoder {
    /// Verifies the checksums of a packet. Its time is linear in the packet's length; nothing is allocated.
    ///
    /// - Parameters:
    ///   - packet: a decoded packet, or one that `decodeQuoted` returned.
    ///   - bytes: the frame that it was decoded from.
    public static func verifyChecksums(of packet: DecodedPacket, _ bytes: Span<UInt8>) -> ChecksumReport {
        ChecksumReport(network: networkVerdict(packet, bytes), transport: transportVerdict(packet, bytes))
    }

    private static func networkVerdict(_ packet: DecodedPacket, _ bytes: Span<UInt8>) -> ChecksumVerdict? {
        guard case .ipv4(let header) = packet.network else { return nil }
        let start = Int(packet.networkOffset)
        let end = start + header.headerLength
        guard end <= bytes.count else { return .unverifiable }
        var sum = InternetChecksum()
        sum.add(bytes.extracting(start..<end))
        return sum.onesComplementSum == 0xFFFF ? .valid : .invalid
    }

    private static func transportVerdict(_ packet: DecodedPacket, _ bytes: Span<UInt8>) -> ChecksumVerdict? {
        let field: UInt16
        let upperLayer: IPProtocol
        switch packet.transport {
        case .none: return nil
        case .prefix: return .unverifiable
        case .tcp(let header):
            field = header.checksum
            upperLayer = .tcp
        case .udp(let header):
            field = header.checksum
            upperLayer = .udp
        case .icmp(let header):
            field = header.checksum
            upperLayer = .icmp
        case .icmpv6(let header):
            field = header.checksum
            upperLayer = .icmpv6
        }
        if upperLayer == .udp, field == 0 {
            if case .ipv6 = packet.network { return .invalid }
            return .absent
        }
        if packet.isFragment || packet.doesLengthExceed { return .unverifiable }
        let start = Int(packet.transportOffset)
        let length = packet.headerLengthOnWire + Int(packet.payloadLength)
        let pseudoHeader = pseudoHeaderSum(packet, bytes, upperLayer, length: length)
        // Told by the field alone, so in a cut frame too.
        let isPartial = pseudoHeader.map { $0.onesComplementSum == field } ?? false
        guard packet.payload.end - start == length, packet.payload.end <= bytes.count else {
            return isPartial ? .partial : .unverifiable
        }
        var sum = pseudoHeader ?? InternetChecksum()
        sum.add(bytes.extracting(start..<start + length))
        if sum.onesComplementSum == 0xFFFF { return .valid }
        return isPartial ? .partial : .invalid
    }

    /// The sum over the pseudo-header; nil for ICMP, which has none.
    private static func pseudoHeaderSum(
        _ packet: DecodedPacket, _ bytes: Span<UInt8>, _ upperLayer: IPProtocol, length: Int
    ) -> InternetChecksum? {
        guard upperLayer != .icmp else { return nil }
        switch packet.network {
        case .ipv4(let header):
            return InternetChecksum(
                pseudoHeaderFrom: header.source, to: header.finalDestination(in: bytes), upperLayer, length: length)
        case .ipv6(let header):
            return InternetChecksum(
                pseudoHeaderFrom: header.source, to: header.finalDestination(in: bytes), upperLayer, length: length)
        case .none, .arp: return nil
        }
    }
}

extension DecodedPacket {
    /// Octets of the transport header, of which the snapshot length may have cut some.
    fileprivate var headerLengthOnWire: Int {
        let present = payload.start - Int(transportOffset)
        guard case .tcp(let header) = transport, stop?.isCutBySnapshot == true else { return present }
        return max(present, header.headerLength)
    }

    /// Whether a length field promised more than the frame held.
    fileprivate var doesLengthExceed: Bool {
        guard case .lengthExceeds = stop?.reason else { return false }
        return true
    }
}

extension IPv6Header {
    /// Where the packet is bound in the end: the last address of a routing header that is not done, else `destination`.
    /// The upper layer's checksum covers this one (RFC 8200 §8.1).
    ///
    /// - Parameter bytes: the frame that the header was decoded from.
    public func finalDestination(in bytes: Span<UInt8>) -> IPv6Address {
        let range = extensionHeaders.finalDestination
        guard range.count == 16, range.end <= bytes.count else { return destination }
        let octets = bytes.extracting(range.indices)
        return IPv6Address(high: octets.uint64(at: 0), low: octets.uint64(at: 8))
    }
}
