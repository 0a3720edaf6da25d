/// The layers of a frame that is to be made, from headers as the decoder gives them.
///
/// `encode()` fills in what follows from the other parts: EtherTypes, protocol numbers, header lengths, lengths and
/// checksums. Everything else stands as given, whether it makes sense or not.
public struct FrameBuilder: Sendable {
    /// The link header. Its EtherType is filled in where there are tags or a network header.
    public enum Link: Sendable {
        /// Raw IP (LINKTYPE_RAW).
        case none
        case ethernet(EthernetHeader)
        case linuxSLL(LinuxSLLHeader)
        case linuxSLL2(LinuxSLLHeader)
        /// In network order (LINKTYPE_LOOP).
        case loopback(LoopbackHeader)
    }

    /// An extension header: its octets, of which the first (next header) is filled in.
    public struct ExtensionHeader: Sendable {
        /// What the header before it announces.
        public var kind: IPProtocol
        /// The whole header; the first octet, next header, is filled in.
        public var octets: [UInt8]

        /// `octets` is the whole header, its length a multiple of eight.
        public init(kind: IPProtocol, octets: [UInt8]) {
            self.kind = kind
            self.octets = octets
        }

        /// A fragment header (RFC 8200 §4.5).
        public static func fragment(_ header: IPv6FragmentHeader) -> ExtensionHeader {
            var octets: [UInt8] = []
            header.encode(into: &octets)
            return ExtensionHeader(kind: .fragment, octets: octets)
        }
    }

    /// The network layer's header, or an ARP message.
    public enum Network: Sendable {
        case none
        case arp(ARPMessage)
        /// The options' octets are padded to whole words with ends of list.
        case ipv4(IPv4Header, options: [UInt8] = [])
        case ipv6(IPv6Header, extensionHeaders: [ExtensionHeader] = [])
    }

    /// The header behind IP's.
    public enum Transport: Sendable {
        /// The payload follows IP directly; the protocol stands as given in the IP header.
        case none
        /// The options' octets are padded to whole words with ends of list: `TCPOption.encoded(_:)` makes them.
        case tcp(TCPHeader, options: [UInt8] = [])
        case udp(UDPHeader)
        case icmp(ICMPHeader)
        case icmpv6(ICMPHeader)
    }

    /// What becomes of the transport's checksum.
    public enum Checksums: Sendable {
        /// It is computed.
        case computed
        /// The sum of the pseudo-header alone, as a system leaves it to a network card.
        case partial
        /// It stands as given in the header.
        case asGiven
    }

    /// What the frame starts with.
    public var link: Link
    /// Outermost first; under Ethernet and SLL only.
    public var vlanTags: [VLANTag]
    /// What the link header announces.
    public var network: Network
    /// What IP carries; of no effect without an IP header.
    public var transport: Transport
    /// The octets behind the last header.
    public var payload: [UInt8]
    /// What becomes of the transport's checksum; IPv4's own is always computed.
    public var checksums: Checksums

    /// The layers as given; nothing is checked or filled in before `encode()`.
    public init(
        link: Link = .none, vlanTags: [VLANTag] = [], network: Network = .none, transport: Transport = .none,
        payload: [UInt8] = [], checksums: Checksums = .computed
    ) {
        self.link = link
        self.vlanTags = vlanTags
        self.network = network
        self.transport = transport
        self.payload = payload
        self.checksums = checksums
    }

    /// The frame's octets.
    public func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        appendLink(to: &bytes)
        switch network {
        case .none: bytes += payload
        case .arp(let message):
            message.encode(into: &bytes)
            bytes += payload
        case .ipv4(let header, let options): appendIPv4(header, options, to: &bytes)
        case .ipv6(let header, let extensionHeaders): appendIPv6(header, extensionHeaders, to: &bytes)
        }
        return bytes
    }

    private var etherType: EtherType? {
        switch network {
        case .none: nil
        case .arp: .arp
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    private func appendLink(to bytes: inout [UInt8]) {
        let first = vlanTags.first?.protocolIdentifier ?? etherType
        switch link {
        case .none: return
        case .loopback(let header): return header.encode(into: &bytes)
        case .ethernet(var header):
            if let first { header.typeOrLength = first.rawValue }
            header.encode(into: &bytes)
        case .linuxSLL(var header):
            if let first { header.protocolOrType = first.rawValue }
            header.encode(into: &bytes)
        case .linuxSLL2(var header):
            if let first { header.protocolOrType = first.rawValue }
            header.encodeVersion2(into: &bytes)
        }
        for (index, tag) in vlanTags.enumerated() {
            let isLast = index + 1 == vlanTags.count
            let next = isLast ? etherType : vlanTags[index + 1].protocolIdentifier
            tag.encode(followedBy: next?.rawValue ?? 0, into: &bytes)
        }
    }

    private func appendIPv4(_ header: IPv4Header, _ options: [UInt8], to bytes: inout [UInt8]) {
        let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
        var header = header
        header.headerLengthInWords = UInt8(truncatingIfNeeded: 5 + padded.count / 4)
        if let upperLayer { header.protocol = upperLayer }
        let start = bytes.count
        header.encode(into: &bytes)
        bytes += padded
        let destination = header.finalDestination(options: padded)
        appendTransport(to: &bytes) { upperLayer, length in
            InternetChecksum(pseudoHeaderFrom: header.source, to: destination, upperLayer, length: length)
        }
        // A packet beyond 65,535 octets is left without a length, as offloaded segmentation does.
        bytes.store(bigEndian: UInt16(exactly: bytes.count - start) ?? 0, at: start + 2)
        bytes.store(bigEndian: 0, at: start + 10)
        var sum = InternetChecksum()
        sum.add(bytes.span.extracting(start..<start + IPv4Header.minimumLength + padded.count))
        bytes.store(bigEndian: sum.checksum, at: start + 10)
    }

    private func appendIPv6(
        _ header: IPv6Header, _ extensionHeaders: [ExtensionHeader], to bytes: inout [UInt8]
    ) {
        var header = header
        let last = upperLayer ?? header.nextHeader
        let kinds = extensionHeaders.map(\.kind) + [last]
        header.nextHeader = kinds[0]
        // So far that of the extension headers, for the walk that looks for a routing header.
        header.payloadLength = UInt16(clamping: extensionHeaders.reduce(0) { $0 + $1.octets.count })
        let start = bytes.count
        header.encode(into: &bytes)
        for (index, var octets) in extensionHeaders.map(\.octets).enumerated() where !octets.isEmpty {
            octets[0] = kinds[index + 1].rawValue
            bytes += octets
        }
        let destination = IPv6Header.finalDestination(of: header, inPacket: bytes.span.extracting(start..<bytes.count))
        appendTransport(to: &bytes) { upperLayer, length in
            InternetChecksum(pseudoHeaderFrom: header.source, to: destination, upperLayer, length: length)
        }
        bytes.store(bigEndian: UInt16(exactly: bytes.count - start - IPv6Header.length) ?? 0, at: start + 4)
    }

    private var upperLayer: IPProtocol? {
        switch transport {
        case .none: nil
        case .tcp: .tcp
        case .udp: .udp
        case .icmp: .icmp
        case .icmpv6: .icmpv6
        }
    }

    /// Appends the transport header and the payload, and fills the checksum in.
    private func appendTransport(
        to bytes: inout [UInt8], pseudoHeader: (IPProtocol, Int) -> InternetChecksum
    ) {
        let start = bytes.count
        let checksumOffset: Int
        let upperLayer: IPProtocol
        switch transport {
        case .none:
            bytes += payload
            return
        case .tcp(var header, let options):
            let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
            header.dataOffsetInWords = UInt8(truncatingIfNeeded: 5 + padded.count / 4)
            header.encode(into: &bytes)
            bytes += padded
            (checksumOffset, upperLayer) = (16, .tcp)
        case .udp(var header):
            // Beyond 65,535 octets it is a jumbogram's 0 (RFC 2675 §4).
            header.length = UInt16(exactly: UDPHeader.headerLength + payload.count) ?? 0
            header.encode(into: &bytes)
            (checksumOffset, upperLayer) = (6, .udp)
        case .icmp(let header):
            header.encode(into: &bytes)
            (checksumOffset, upperLayer) = (2, .icmp)
        case .icmpv6(let header):
            header.encode(into: &bytes)
            (checksumOffset, upperLayer) = (2, .icmpv6)
        }
        bytes += payload
        let length = bytes.count - start
        var sum = upperLayer == .icmp ? InternetChecksum() : pseudoHeader(upperLayer, length)
        switch checksums {
        case .asGiven: return
        case .partial: bytes.store(bigEndian: sum.onesComplementSum, at: start + checksumOffset)
        case .computed:
            bytes.store(bigEndian: 0, at: start + checksumOffset)
            sum.add(bytes.span.extracting(start..<bytes.count))
            // UDP: 0 would say that there is none (RFC 768).
            let checksum = upperLayer == .udp && sum.checksum == 0 ? 0xFFFF : sum.checksum
            bytes.store(bigEndian: checksum, at: start + checksumOffset)
        }
    }
}

extension IPv4Header {
    /// The final destination by a source route among `options`.
    fileprivate func finalDestination(options: [UInt8]) -> IPv4Address {
        var copy = self
        copy.options = ByteRange(from: 0, to: options.count)
        return copy.finalDestination(in: options.span)
    }
}

extension IPv6Header {
    /// The final destination by a routing header of `packet`, which starts with `header`.
    fileprivate static func finalDestination(of header: IPv6Header, inPacket packet: Span<UInt8>) -> IPv6Address {
        let decoded = PacketDecoder(linkType: .ipv6).decode(packet)
        guard case .ipv6(let walked) = decoded.network else { return header.destination }
        return walked.finalDestination(in: packet)
    }
}
