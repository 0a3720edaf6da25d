internal import PacketDecode
internal import SocketEvents

extension ICMPAnswer {
    /// The message in words: `ICMP port unreachable from 10.7.0.2`.
    var words: String {
        let header = ICMPHeader(type: type, code: code)
        let name = isIPv6 ? header.codeNameIPv6 ?? header.typeNameIPv6 : header.codeName ?? header.typeName
        var words = "\(isIPv6 ? "ICMPv6" : "ICMP") \(name ?? "type \(type) code \(code)")"
        if let sender { words += " from \(sender)" }
        if let nextHopMTU { words += ", next hop's MTU \(nextHopMTU)" }
        return words
    }
}
