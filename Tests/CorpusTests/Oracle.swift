import Foundation
import TestSupport

/// What tshark says of one frame: the fields that the decoder has a counterpart for, as text by dotted names.
struct OracleFrame {
    let number: Int
    let linkType: Int?
    /// The layers, as tshark names them, joined by colons.
    let layers: String
    /// Why tshark's view may not be comparable: see `AMB` in the corpus's oracle.py.
    var ambiguities: Set<String>
    var fields: [String: String]

    /// A block that libpcap does not count as a frame.
    var isNoPacket: Bool { ambiguities.contains("not_packet") }
}

/// The corpus's oracle, file by file.
struct Oracle {
    /// Unpacks and reads the oracle's lines, and hands over each file's frames.
    static func forEachFile(_ body: (String, [OracleFrame]) throws -> Void) throws {
        guard let folder = Corpus.folder, let gzip = Tool("gzip") else { return }
        let lines = try gzip.run(["-dc", folder.appending(path: "oracle.jsonl.gz").path]).output
        var file: String?
        var frames: [OracleFrame] = []
        for line in lines.utf8.split(separator: UInt8(ascii: "\n")) {
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
            if let name = object["file"] as? String {
                file = name
                frames = []
            } else if object["summary"] != nil {
                if let file { try body(file, frames) }
                file = nil
            } else {
                frames.append(OracleFrame(object))
            }
        }
    }
}

extension OracleFrame {
    /// Fields of the oracle without a counterpart: flow analysis, trailers, and what they repeat.
    private static let leftOut: Set<String> = [
        "n", "lt", "encap", "protos", "amb", "if", "eth.fcs", "eth.trailer", "eth.pad", "null.type", "vlan.tpid",
        "tcp.stream", "tcp.win_scaled", "tcp.win_sf", "tcp.an", "tcp.dup_num", "tcp.dup_frame", "tcp.acks", "tcp.bif",
        "tcp.psh_bytes", "tcp.rto_frame", "tcp.ack_rtt_ns", "tcp.irtt_ns", "tcp.rto_ns", "udp.stream",
        "tcp.short_segment", "tcp.opt.dsack",
    ]
    /// What tshark raises where a length does not hold.
    private static let faults: Set<String> = ["malformed", "short", "bad_iplen", "bad_tcp_hlen", "bad_ipver"]

    init(_ object: [String: Any]) {
        number = object["n"] as? Int ?? 0
        linkType = object["lt"] as? Int
        layers = object["protos"] as? String ?? ""
        ambiguities = Set(object["amb"] as? [String] ?? [])
        var fields: [String: String] = [:]
        // Headers below a tunnel have no counterpart; those that an ICMP error quotes do.
        let isQuote = ambiguities.contains("icmp_quote")
        Self.flatten(isQuote ? object : object.filter { $0.key != "inner" }, under: "", into: &fields)
        for name in ["tcp.opt.kinds", "inner.tcp.opt.kinds"] where fields[name]?.isEmpty == true { fields[name] = nil }
        // tshark goes on reading behind an end of list; what stands there is no option (RFC 9293 §3.2).
        for name in ["tcp.opt.kinds", "inner.tcp.opt.kinds", "ip.opts"] {
            guard let kinds = fields[name]?.split(separator: " "), let end = kinds.firstIndex(of: "0") else { continue }
            fields[name] = kinds[...end].joined(separator: " ")
        }
        let hasBadLength = ["udp.len_bad", "tcp.opt.len_invalid", "inner.tcp.opt.len_invalid"].contains { name in
            fields.removeValue(forKey: name) != nil
        }
        fields["stop"] = hasBadLength || !ambiguities.isDisjoint(with: Self.faults) ? "yes" : "no"
        self.fields = fields
    }

    /// libpcap cuts what a frame has beyond the snapshot length that the file states; tshark does not.
    mutating func cut(to snapshotLength: Int) {
        guard let length = fields["caplen"].flatMap({ Int($0) }), length > snapshotLength else { return }
        fields["caplen"] = String(snapshotLength)
        ambiguities.insert("libpcap_cut")
    }

    private static func flatten(_ object: [String: Any], under prefix: String, into fields: inout [String: String]) {
        for (key, value) in object {
            let name = prefix + key
            if leftOut.contains(name.hasPrefix("inner.") ? String(name.dropFirst(6)) : name) { continue }
            switch value {
            case let nested as [String: Any]: flatten(nested, under: name + ".", into: &fields)
            case let tags as [[String: Any]]:
                for (index, tag) in tags.enumerated() {
                    var tag = tag
                    tag["tpid"] = nil
                    flatten(tag, under: "\(name).\(index).", into: &fields)
                }
            case is NSNull: continue
            default: fields[name] = text(value)
            }
        }
    }

    private static func text(_ value: Any) -> String {
        switch value {
        case let string as String: string
        case let list as [Any]: list.map(text).joined(separator: list.first is [Any] ? "," : " ")
        case let number as NSNumber: number.stringValue
        default: "\(value)"
        }
    }
}
