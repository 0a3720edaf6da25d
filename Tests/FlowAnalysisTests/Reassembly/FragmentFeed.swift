import FlowAnalysis
import PacketDecode

/// A fragment assembler that tests feed, a frame a millisecond unless they say otherwise.
/// A class, for the assembler has one owner, and `#expect` copies what it is called on.
final class FragmentFeed {
    var assembler: FragmentAssembler
    private(set) var frameNumber: UInt64 = 0
    /// Nanoseconds of the next frame.
    var time: Int64 = 0
    private(set) var abandoned: [AbandonedDatagram] = []

    init(_ policy: FragmentOverlapPolicy = .linux, limits: FragmentAssembler.Limits = .init()) {
        assembler = FragmentAssembler(policy: policy, limits: limits)
    }

    /// Shows a raw IP packet, of which `capturedLength` octets were kept.
    @discardableResult
    func show(_ packet: [UInt8], capturedLength: Int? = nil) -> FragmentObservation? {
        frameNumber += 1
        time += 1_000_000
        let kept = Array(packet.prefix(capturedLength ?? packet.count))
        let decoded = PacketDecoder(linkType: .raw).decode(kept.span, originalLength: packet.count)
        let info = FrameInfo(
            number: frameNumber, timestamp: Timestamp(nanosecondsSinceEpoch: time), capturedLength: kept.count,
            originalLength: packet.count)
        let observation = assembler.observe(decoded, info, kept.span)
        abandoned += observation?.abandoned ?? []
        return observation
    }
}

extension FragmentObservation? {
    var complete: ReassembledDatagram? {
        if case .complete(let datagram) = self?.outcome { datagram } else { nil }
    }

    var discarded: AbandonedDatagram? {
        if case .discarded(let datagram) = self?.outcome { datagram } else { nil }
    }

    var refused: FragmentFault? {
        if case .refused(let fault) = self?.outcome { fault } else { nil }
    }

    var isHeld: Bool { if case .held = self?.outcome { true } else { false } }
    var isDuplicate: Bool { if case .duplicate = self?.outcome { true } else { false } }
}

/// Fragments as bytes, of a datagram whose data tests choose freely.
struct FragmentMaker {
    enum Version: CaseIterable { case ipv4, ipv6 }

    var version: Version = .ipv4
    var identification: UInt32 = 7
    var ipProtocol = IPProtocol.udp
    var host: UInt8 = 1
    /// IPv6: an extension header before the fragment header.
    var hasHopByHop = false

    /// The fragment that carries `data` at `offset`.
    func fragment(_ offset: Int, _ data: [UInt8], more: Bool) -> [UInt8] {
        switch version {
        case .ipv4:
            let header = IPv4Header(
                source: IPv4Address(10, 0, 0, host), destination: IPv4Address(10, 0, 0, 200), protocol: ipProtocol,
                identification: UInt16(identification),
                flagsAndFragmentOffset: UInt16(offset / 8) | (more ? 0x2000 : 0))
            return FrameBuilder(network: .ipv4(header), payload: data).encode()
        case .ipv6:
            let fragment = IPv6FragmentHeader(
                nextHeader: ipProtocol, fragmentOffset: UInt16(offset), moreFragments: more,
                identification: identification)
            return FrameBuilder(
                network: .ipv6(ipv6Header, extensionHeaders: hopByHop + [.fragment(fragment)]), payload: data
            ).encode()
        }
    }

    /// The packet that was never fragmented.
    func whole(_ data: [UInt8]) -> [UInt8] {
        switch version {
        case .ipv4: fragment(0, data, more: false)
        case .ipv6:
            FrameBuilder(network: .ipv6(ipv6Header, extensionHeaders: hopByHop), payload: data).encode()
        }
    }

    /// Fragments that are cut at `cuts`.
    func fragments(_ data: [UInt8], at cuts: [Int]) -> [[UInt8]] {
        let edges = [0] + cuts + [data.count]
        return zip(edges, edges.dropFirst()).map { start, end in
            fragment(start, Array(data[start..<end]), more: end < data.count)
        }
    }

    private var ipv6Header: IPv6Header {
        IPv6Header(
            source: IPv6Address(high: 1, low: UInt64(host)), destination: IPv6Address(high: 1, low: 200),
            nextHeader: ipProtocol)
    }

    private var hopByHop: [FrameBuilder.ExtensionHeader] {
        // PadN over all of it.
        hasHopByHop ? [.init(kind: .hopByHopOptions, octets: [0, 0, 1, 4, 0, 0, 0, 0])] : []
    }

    /// A UDP datagram (header and data) from port 1000 to 2000, `octets` long, with every octet its own.
    static func datagram(octets: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        UDPHeader(sourcePort: 1000, destinationPort: 2000, length: UInt16(octets)).encode(into: &bytes)
        for index in bytes.count..<octets { bytes.append(UInt8(truncatingIfNeeded: index &* 7 &+ index >> 8)) }
        return bytes
    }
}
