import Foundation
import PacketCapture
import PacketDecode
import TestSupport
import Testing

/// Headers that nobody here made, decoded and encoded again.
@Suite(.enabled(if: Corpus.folder != nil, "needs the corpus: set WIREWATCH_CORPUS to its folder"))
struct CorpusEncodingTests {
    @Test("what is decoded and encoded again is the same")
    func encodesWhatWasDecoded() throws {
        let folder = try #require(Corpus.folder)
        var headers = 0
        var differences: [String] = []
        for row in try Corpus.table("MANIFEST.tsv") {
            let name = try #require(row["folder"]) + "/" + #require(row["path"])
            guard var reader = try? SavefileReader(path: folder.appending(path: name).path) else { continue }
            let decoder = PacketDecoder(linkType: reader.linkType)
            while let info = try? reader.next() {
                reader.withFrameBytes { bytes in
                    let packet = decoder.decode(bytes, originalLength: info.originalLength)
                    for piece in EncodedPiece.all(of: packet, bytes) {
                        headers += 1
                        if !piece.isSame(in: bytes) {
                            differences.append("\(name) \(info.number): \(piece.name) at \(piece.offset)")
                        }
                    }
                }
            }
        }
        #expect(headers > 200_000)
        for difference in differences.prefix(20) { Issue.record("\(difference)") }
        let count = differences.count
        #expect(count == 0)
    }
}

/// A header or an option that was encoded again, and where it stood.
private struct EncodedPiece {
    let name: String
    let offset: Int
    let octets: [UInt8]

    init(_ name: String, at offset: Int, _ encode: (inout [UInt8]) -> Void) {
        self.name = name
        self.offset = offset
        var octets: [UInt8] = []
        encode(&octets)
        self.octets = octets
    }

    func isSame(in bytes: Span<UInt8>) -> Bool {
        guard offset + octets.count <= bytes.count else { return false }
        return octets.indices.allSatisfy { octets[$0] == bytes[offset + $0] }
    }

    static func all(of packet: DecodedPacket, _ bytes: Span<UInt8>) -> [EncodedPiece] {
        link(packet) + network(packet, bytes) + transport(packet, bytes)
    }

    private static func link(_ packet: DecodedPacket) -> [EncodedPiece] {
        switch packet.link {
        case .none: []
        case .ethernet(let header): [EncodedPiece("Ethernet", at: 0, header.encode)]
        case .linuxSLL(let header): [EncodedPiece("SLL", at: 0, header.encode)]
        case .linuxSLL2(let header): [EncodedPiece("SLL2", at: 0, header.encodeVersion2)]
        // The order of its octets is the capturing machine's.
        case .loopback: []
        }
    }

    private static func network(_ packet: DecodedPacket, _ bytes: Span<UInt8>) -> [EncodedPiece] {
        let start = Int(packet.networkOffset)
        switch packet.network {
        case .none: return []
        case .arp(let message): return [EncodedPiece("ARP", at: start, message.encode)]
        case .ipv4(let header): return [EncodedPiece("IPv4", at: start, header.encode)]
        case .ipv6(let header): return [EncodedPiece("IPv6", at: start, header.encode)]
        }
    }

    private static func transport(_ packet: DecodedPacket, _ bytes: Span<UInt8>) -> [EncodedPiece] {
        let start = Int(packet.transportOffset)
        switch packet.transport {
        case .none, .prefix: return []
        case .udp(let header): return [EncodedPiece("UDP", at: start, header.encode)]
        case .icmp(let header), .icmpv6(let header): return [EncodedPiece("ICMP", at: start, header.encode)]
        case .tcp(let header):
            var pieces = [EncodedPiece("TCP", at: start, header.encode)]
            var walk = TCPOptionWalk(range: header.options.range)
            while let (option, range) = walk.next(in: bytes) {
                pieces.append(EncodedPiece("\(option)", at: range.start) { option.encode(from: bytes, into: &$0) })
            }
            return pieces
        }
    }
}
