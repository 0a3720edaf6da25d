internal import PacketDecode

/// One direction of the link as a router (RFC 1812, RFC 8200): it takes a hop off what crosses, and answers what cannot
/// cross. It keeps nothing and does no I/O.
struct Router: Sendable {
    /// One of the router's two interfaces.
    struct Port: Sendable, Hashable {
        /// The router's own addresses there.
        let linkAddress: MACAddress
        let ipv4: IPv4Address
        let ipv6: IPv6Address
        /// The link address of the host there.
        let host: MACAddress
    }

    /// What becomes of a frame that comes in.
    enum Admission: Sendable, Hashable {
        /// It crosses the link.
        case passed
        /// It is for the subnet that it came from, and for nobody else: not the router's to forward.
        case ignored
        /// It is too large for the link, and the answer goes back where it came from; nil where none is due.
        case tooBig(answer: [UInt8]?)
        /// Its hops are used up.
        case expired(answer: [UInt8]?)
    }

    let ingress: Port
    let egress: Port
    /// The largest packet that crosses the link, in octets; at least 68 (RFC 791), of IPv6 1280 (RFC 8200 §5).
    let maximumTransmissionUnit: Int

    init(ingress: Port, egress: Port, maximumTransmissionUnit: Int) {
        self.ingress = ingress
        self.egress = egress
        self.maximumTransmissionUnit = max(68, maximumTransmissionUnit)
    }

    /// Between two hosts that each have a subnet of their own; nil where they share one.
    init?(from source: Host, to destination: Host, _ maximumTransmissionUnit: Int?) {
        guard let ingress = source.gateway, let egress = destination.gateway, let maximumTransmissionUnit else {
            return nil
        }
        self.init(ingress: ingress, egress: egress, maximumTransmissionUnit: maximumTransmissionUnit)
    }

    /// Octets of the packet that an ICMPv4 error quotes at most: with them it is 576 octets long (RFC 1812 §4.3.2.3).
    private static let quoteLimit = 576 - 20 - 8
    /// The same of ICMPv6: 1280 octets (RFC 4443 §2.4 (c)).
    private static let quoteLimit6 = 1280 - 40 - 8

    /// Looks at a frame that came in at `ingress`; `packet` is `bytes` decoded.
    func admit(_ packet: DecodedPacket, _ bytes: Span<UInt8>) -> Admission {
        guard case .ethernet(let link) = packet.link, link.destination == ingress.linkAddress else { return .ignored }
        let start = Int(packet.networkOffset)
        switch packet.network {
        case .ipv4(let header):
            let length = Int(header.totalLength)
            if header.timeToLive <= 1 {
                return .expired(answer: answer(header, packet, bytes, .timeExceeded, code: 0, rest: 0))
            }
            guard length > maximumTransmissionUnit, header.dontFragment else { return .passed }
            // RFC 1191 §4: code 4, "fragmentation needed and DF set", with the next hop's MTU.
            let rest = UInt32(truncatingIfNeeded: maximumTransmissionUnit)
            return .tooBig(answer: answer(header, packet, bytes, .destinationUnreachable, code: 4, rest: rest))
        case .ipv6(let header):
            guard !header.destination.isLinkLocalOrMulticast, !header.source.isLinkLocalOrMulticast else {
                return .ignored
            }
            if header.hopLimit <= 1 {
                return .expired(answer: answer(header, packet, bytes, .timeExceeded, rest: 0))
            }
            guard bytes.count - start > maximumTransmissionUnit else { return .passed }
            let rest = UInt32(truncatingIfNeeded: maximumTransmissionUnit)
            return .tooBig(answer: answer(header, packet, bytes, .packetTooBig, rest: rest))
        case .none, .arp: return .ignored
        }
    }

    /// The frames that leave at `egress` for one that has crossed: itself with a hop less; or, of an IPv4 packet that is too
    /// large and may be fragmented, its fragments (RFC 791 §3.2).
    func forward(_ packet: DecodedPacket, _ bytes: [UInt8]) -> [[UInt8]] {
        let start = Int(packet.networkOffset)
        var frame = bytes
        EthernetAddresses.set(destination: egress.host, source: egress.linkAddress, in: &frame)
        switch packet.network {
        case .ipv4(var header):
            header.timeToLive &-= 1
            let headerLength = header.headerLength
            let end = start + Int(header.totalLength)
            guard frame.count >= end, start + headerLength <= end else { return [frame] }
            let options = Array(frame[(start + IPv4Header.minimumLength)..<(start + headerLength)])
            let data = frame[(start + headerLength)..<end]
            let room = (maximumTransmissionUnit - headerLength) / 8 * 8
            guard headerLength + data.count > maximumTransmissionUnit, room > 0 else {
                return [Self.packet(frame[..<start], header, options, data)]
            }
            return stride(from: data.startIndex, to: data.endIndex, by: room).map { first in
                let piece = data[first..<min(first + room, data.endIndex)]
                var part = header
                let offset = header.fragmentOffset + first - data.startIndex
                let isLast = piece.endIndex == data.endIndex
                part.flagsAndFragmentOffset =
                    header.flagsAndFragmentOffset & 0xC000 | UInt16(truncatingIfNeeded: offset / 8)
                    | (isLast && !header.moreFragments ? 0 : 0x2000)
                // Options that are not copied into each fragment are few and seen nowhere here: all go into the first.
                return Self.packet(frame[..<start], part, first == data.startIndex ? options : [], piece)
            }
        case .ipv6:
            frame[start + 7] &-= 1
            return [frame]
        case .none, .arp: return [frame]
        }
    }

    /// An IPv4 packet behind `link`, its lengths and checksum made anew; the data stands as it is.
    private static func packet(
        _ link: ArraySlice<UInt8>, _ header: IPv4Header, _ options: [UInt8], _ data: ArraySlice<UInt8>
    ) -> [UInt8] {
        var header = header
        header.headerLengthInWords = UInt8(truncatingIfNeeded: (IPv4Header.minimumLength + options.count) / 4)
        header.totalLength = UInt16(truncatingIfNeeded: header.headerLength + data.count)
        header.headerChecksum = 0
        var octets: [UInt8] = []
        header.encode(into: &octets)
        octets += options
        var sum = InternetChecksum()
        sum.add(octets.span)
        header.headerChecksum = sum.checksum
        var packet = Array(link)
        header.encode(into: &packet)
        return packet + options + data
    }

    // MARK: Answers

    private func answer(
        _ header: IPv4Header, _ packet: DecodedPacket, _ bytes: Span<UInt8>, _ type: ICMPType, code: UInt8, rest: UInt32
    ) -> [UInt8]? {
        // RFC 1122 §3.2.2: no error about an ICMP error, about a later fragment, or to more than one host.
        if case .icmp(let message) = packet.transport, ICMPType(rawValue: message.type).quotesPacket { return nil }
        guard header.fragmentOffset == 0, !header.destination.isMulticastOrBroadcast else { return nil }
        return FrameBuilder(
            link: .ethernet(
                EthernetHeader(destination: ingress.host, source: ingress.linkAddress, typeOrLength: 0)),
            network: .ipv4(IPv4Header(source: ingress.ipv4, destination: header.source, timeToLive: 64)),
            transport: .icmp(ICMPHeader(type: type.rawValue, code: code, restOfHeader: rest)),
            payload: Self.quote(bytes, from: packet.networkOffset, Self.quoteLimit)
        ).encode()
    }

    private func answer(
        _ header: IPv6Header, _ packet: DecodedPacket, _ bytes: Span<UInt8>, _ type: ICMPv6Type, rest: UInt32
    ) -> [UInt8]? {
        // RFC 4443 §2.4 (e): no error about an ICMPv6 error.
        if case .icmpv6(let message) = packet.transport, ICMPv6Type(rawValue: message.type).quotesPacket { return nil }
        return FrameBuilder(
            link: .ethernet(
                EthernetHeader(destination: ingress.host, source: ingress.linkAddress, typeOrLength: 0)),
            network: .ipv6(IPv6Header(source: ingress.ipv6, destination: header.source, hopLimit: 64)),
            transport: .icmpv6(ICMPHeader(type: type.rawValue, restOfHeader: rest)),
            payload: Self.quote(bytes, from: packet.networkOffset, Self.quoteLimit6)
        ).encode()
    }

    private static func quote(_ bytes: Span<UInt8>, from offset: UInt32, _ limit: Int) -> [UInt8] {
        (Int(offset)..<min(bytes.count, Int(offset) + limit)).map { bytes[$0] }
    }
}

extension IPv6Address {
    /// Of one link alone (fe80::/10), or of a group (ff00::/8).
    fileprivate var isLinkLocalOrMulticast: Bool { high >> 54 == 0xFE80 >> 6 || high >> 56 == 0xFF }
}

extension IPv4Address {
    /// Of a group (224.0.0.0/4) or of all.
    fileprivate var isMulticastOrBroadcast: Bool { rawValue >> 28 >= 0xE }
}
