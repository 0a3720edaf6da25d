import Foundation
public import PacketDecode

/// The frames of one end of the lab's link, read without the code under test: a pcap file of Ethernet frames that carry IPv4.
public struct WireCapture {
    /// A TCP segment.
    public struct Segment: Sendable {
        public let sourcePort: UInt16
        public let destinationPort: UInt16
        public let sequenceNumber: UInt32
        public let flags: TCPFlags
        public let payload: [UInt8]
    }

    /// A UDP datagram, put together where it came in fragments.
    public struct Datagram: Sendable {
        public let sourcePort: UInt16
        public let destinationPort: UInt16
        public let payload: [UInt8]
        /// Frames that carried it.
        public let frameCount: Int
    }

    /// In the capture's order.
    public private(set) var segments: [Segment] = []
    /// In the order of their first frames.
    public private(set) var datagrams: [Datagram] = []
    /// How many IPv4 packets the file holds, of whatever kind.
    public private(set) var packetCount = 0

    public enum Failure: Error { case notPcap, cutShort }

    /// Reads `path`.
    ///
    /// - Throws: where the file is no little-endian pcap file, or ends in the middle of a frame.
    public init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        guard bytes.count >= 24, [0xA1B2_3C4D, 0xA1B2_C3D4].contains(Self.little(bytes[0..<4])) else {
            throw Failure.notPcap
        }
        var packets: [IPv4Packet] = []
        var offset = 24
        while offset < bytes.count {
            guard offset + 16 <= bytes.count else { throw Failure.cutShort }
            let length = Int(Self.little(bytes[offset + 8..<offset + 12]))
            offset += 16
            guard offset + length <= bytes.count else { throw Failure.cutShort }
            if let packet = IPv4Packet(frame: bytes[offset..<offset + length]) { packets.append(packet) }
            offset += length
        }
        packetCount = packets.count
        for packet in packets where packet.transport == 6 { take(segment: packet.payload) }
        take(datagramsOf: packets.filter { $0.transport == 17 })
    }

    /// The client's ports of the connections to `port`, in the order of their SYNs.
    public func clients(of port: UInt16) -> [UInt16] {
        var ports: [UInt16] = []
        for segment in segments where segment.destinationPort == port && segment.flags == .syn {
            if !ports.contains(segment.sourcePort) { ports.append(segment.sourcePort) }
        }
        return ports
    }

    /// The segments from `source` to `destination`.
    public func segments(from source: UInt16, to destination: UInt16) -> [Segment] {
        segments.filter { $0.sourcePort == source && $0.destinationPort == destination }
    }

    /// The octets that `source` sent to `destination`, each where its sequence number puts it; what is missing is zero.
    public func stream(from source: UInt16, to destination: UInt16) -> [UInt8] {
        let sent = segments(from: source, to: destination)
        guard let initial = sent.first(where: { $0.flags.contains(.syn) })?.sequenceNumber else { return [] }
        var stream: [UInt8] = []
        for segment in sent where !segment.payload.isEmpty {
            // A SYN takes a number of its own, before what it carries.
            let first = segment.sequenceNumber &+ (segment.flags.contains(.syn) ? 1 : 0)
            let start = Int(first &- initial &- 1)
            let end = start + segment.payload.count
            if stream.count < end { stream += [UInt8](repeating: 0, count: end - stream.count) }
            stream.replaceSubrange(start..<end, with: segment.payload)
        }
        return stream
    }

    private mutating func take(segment octets: ArraySlice<UInt8>) {
        let octets = Array(octets)
        guard octets.count >= 20 else { return }
        segments.append(
            Segment(
                sourcePort: UInt16(Self.big(octets[0..<2])), destinationPort: UInt16(Self.big(octets[2..<4])),
                sequenceNumber: Self.big(octets[4..<8]),
                flags: TCPFlags(rawValue: UInt16(Self.big(octets[12..<14])) & 0x1FF),
                payload: Array(octets.dropFirst(Int(octets[12] >> 4) * 4))))
    }

    private mutating func take(datagramsOf packets: [IPv4Packet]) {
        var taken: Set<UInt32> = []
        for packet in packets {
            var parts = [packet]
            if packet.isFragment {
                guard taken.insert(packet.identity).inserted else { continue }
                parts = packets.filter { $0.isFragment && $0.identity == packet.identity }
                parts.sort { $0.offset < $1.offset }
            }
            let octets = parts.flatMap(\.payload)
            guard octets.count >= 8 else { continue }
            datagrams.append(
                Datagram(
                    sourcePort: UInt16(Self.big(octets[0..<2])), destinationPort: UInt16(Self.big(octets[2..<4])),
                    payload: Array(octets[8...]), frameCount: parts.count))
        }
    }

    private static func big(_ octets: ArraySlice<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func little(_ octets: ArraySlice<UInt8>) -> UInt32 { big(ArraySlice(octets.reversed())) }

    /// An IPv4 packet of a frame: RFC 791 §3.1.
    private struct IPv4Packet {
        let transport: UInt8
        /// The source's last octets beside the identification: enough to tell two hosts' fragments apart.
        let identity: UInt32
        let isFragment: Bool
        let offset: Int
        let payload: ArraySlice<UInt8>

        init?(frame: ArraySlice<UInt8>) {
            let frame = Array(frame)
            guard frame.count >= 34, frame[12] == 8, frame[13] == 0 else { return nil }
            let header = Array(frame[14...])
            let length = Int(header[0] & 15) * 4
            let total = Int(WireCapture.big(header[2..<4]))
            guard length >= 20, total >= length, header.count >= total else { return nil }
            transport = header[9]
            identity = WireCapture.big(header[14..<16]) << 16 | WireCapture.big(header[4..<6])
            let flags = WireCapture.big(header[6..<8])
            offset = Int(flags & 0x1FFF) * 8
            isFragment = offset > 0 || flags & 0x2000 != 0
            payload = header[length..<total]
        }
    }
}
