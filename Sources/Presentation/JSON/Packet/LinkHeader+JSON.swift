internal import PacketDecode

extension Line {
    mutating func putLink(_ packet: DecodedPacket) {
        switch packet.link {
        case .none: break
        case .ethernet(let header):
            object("link") { line in
                line.object("ethernet") { line in
                    line.member("destination", header.destination)
                    line.member("source", header.source)
                    line.member("typeOrLength", header.typeOrLength)
                }
            }
        case .linuxSLL(let header): object("link") { $0.putJSON(header, "linuxSLL", hasInterface: false) }
        case .linuxSLL2(let header): object("link") { $0.putJSON(header, "linuxSLL2", hasInterface: true) }
        case .loopback(let header):
            object("link") { line in line.object("loopback") { $0.member("family", header.family) } }
        }
        if !packet.vlanTags.isEmpty { putTags(packet) }
        if !packet.snapHeader.isEmpty { member("snapHeader", packet.snapHeader) }
        member("etherType", packet.etherType?.rawValue)
    }

    private mutating func putJSON(_ header: LinuxSLLHeader, _ name: String, hasInterface: Bool) {
        object(name) { line in
            line.member("packetType", header.packetType)
            line.member("hardwareType", header.hardwareType)
            line.member("addressLength", header.addressLength)
            if let address = header.address { line.member("address", address) }
            line.member("protocolOrType", header.protocolOrType)
            if hasInterface { line.member("interfaceIndex", header.interfaceIndex) }
        }
    }

    private mutating func putTags(_ packet: DecodedPacket) {
        key("vlanTags")
        beginArray()
        for index in packet.vlanTags.indices {
            let tag = packet.vlanTags[index]
            beginObject()
            member("protocolIdentifier", tag.protocolIdentifier.rawValue)
            member("priority", tag.priority)
            member("isDropEligible", tag.isDropEligible)
            member("identifier", tag.identifier)
            endObject()
        }
        endArray()
    }
}
