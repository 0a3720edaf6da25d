import PacketDecode

/// What reassembly reads of a fragment. Ranges are into its frame.
struct Fragment {
    let key: FragmentKey
    /// Octets of the datagram's data before this fragment's.
    let offset: Int
    let moreFragments: Bool
    /// Octets of data that the fragment had on the wire.
    let length: Int
    /// Its data as far as it was captured.
    let data: ByteRange
    /// The headers that every fragment repeats, the IPv6 fragment header not included.
    let headers: ByteRange
    /// Where the next header field that announced the IPv6 fragment header stands within `headers`; nil for IPv4.
    let nextHeaderPosition: Int?
    /// What the data begins with, by the fragment header; IPv6 only.
    let nextHeader: UInt8

    /// The fragment that `packet` is. Nil where it is whole.
    init?(_ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>) throws(FragmentFault) {
        guard packet.isFragment else { return nil }
        let start = Int(packet.networkOffset)
        let wireEnd = max(info.originalLength, bytes.count)
        switch packet.network {
        case .ipv4(let header):
            key = FragmentKey(header)
            offset = header.fragmentOffset
            moreFragments = header.moreFragments
            headers = ByteRange(from: start, to: start + header.headerLength)
            nextHeaderPosition = nil
            nextHeader = 0
            let end = header.totalLength == 0 ? wireEnd : start + Int(header.totalLength)
            guard end >= headers.end, end <= wireEnd else { throw .malformedLength }
            guard headers.end <= bytes.count else { throw .headersCut }
            // As Linux does: what passes a multiple of eight cannot be meant, but for the last fragment.
            let whole = end - headers.end
            length = moreFragments ? whole & ~7 : whole
            data = ByteRange(from: headers.end, to: headers.end + length).clamped(to: bytes.count)
        case .ipv6(let header):
            guard let found = Self.fragmentHeader(header, bytes) else { throw .headersCut }
            let at = found.range.start
            let offsetAndFlags = UInt16(bytes[at + 2]) << 8 | UInt16(bytes[at + 3])
            var identification: UInt32 = 0
            for index in at + 4..<at + 8 { identification = identification << 8 | UInt32(bytes[index]) }
            key = FragmentKey(header, identification: identification)
            offset = Int(offsetAndFlags & 0xFFF8)
            moreFragments = offsetAndFlags & 1 != 0
            headers = ByteRange(from: start, to: at)
            nextHeaderPosition = found.announcedAt - start
            nextHeader = bytes[at]
            let end = start + IPv6Header.length + Int(header.payloadLength)
            guard end >= found.range.end, end <= wireEnd else { throw .malformedLength }
            length = end - found.range.end
            guard !moreFragments || length % 8 == 0 else { throw .unalignedLength }
            data = ByteRange(from: found.range.end, to: end).clamped(to: bytes.count)
        case .none, .arp: return nil
        }
    }

    /// The first fragment header that is no atomic fragment's, and where the field that announces it stands.
    private static func fragmentHeader(
        _ header: IPv6Header, _ bytes: Span<UInt8>
    ) -> (range: ByteRange, announcedAt: Int)? {
        var walk = IPv6ExtensionHeaderWalk(header)
        // The next header field of the IPv6 header is its octet 6; an extension header's is its first.
        var announcedAt = header.extensionHeaders.range.start - IPv6Header.length + 6
        while let step = walk.next(in: bytes) {
            if step.kind == .fragment {
                guard step.range.end <= bytes.count else { return nil }
                let isAtomic = bytes[step.range.start + 2] == 0 && bytes[step.range.start + 3] & 0xF9 == 0
                if !isAtomic { return (step.range, announcedAt) }
            }
            announcedAt = step.range.start
        }
        return nil
    }
}
