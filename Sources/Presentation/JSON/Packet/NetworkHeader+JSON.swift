internal import PacketDecode

extension Line {
    mutating func putJSON(_ message: ARPMessage) {
        object("arp") { line in
            line.member("hardwareType", message.hardwareType)
            line.member("protocolType", message.protocolType.rawValue)
            line.member("hardwareAddressLength", message.hardwareAddressLength)
            line.member("protocolAddressLength", message.protocolAddressLength)
            line.member("operation", message.operation.rawValue)
            if let addresses = message.addresses {
                line.object("addresses") { line in
                    line.member("senderHardwareAddress", addresses.senderHardwareAddress)
                    line.member("senderProtocolAddress", IPAddress.v4(addresses.senderProtocolAddress))
                    line.member("targetHardwareAddress", addresses.targetHardwareAddress)
                    line.member("targetProtocolAddress", IPAddress.v4(addresses.targetProtocolAddress))
                }
            }
        }
    }

    mutating func putJSON(_ header: IPv4Header) {
        object("ipv4") { line in
            line.member("headerLengthInWords", header.headerLengthInWords)
            line.member("differentiatedServices", header.differentiatedServices)
            line.member("totalLength", header.totalLength)
            line.member("identification", header.identification)
            if header.isReservedFlagSet { line.member("isReservedFlagSet", true) }
            line.member("dontFragment", header.dontFragment)
            line.member("moreFragments", header.moreFragments)
            line.member("fragmentOffset", header.fragmentOffset)
            line.member("timeToLive", header.timeToLive)
            line.member("protocol", header.protocol.rawValue)
            line.member("headerChecksum", header.headerChecksum)
            line.member("source", IPAddress.v4(header.source))
            line.member("destination", IPAddress.v4(header.destination))
            if !header.options.isEmpty { line.member("options", header.options) }
        }
    }

    mutating func putJSON(_ header: IPv6Header) {
        object("ipv6") { line in
            line.member("trafficClass", header.trafficClass)
            line.member("flowLabel", header.flowLabel)
            line.member("payloadLength", header.payloadLength)
            line.member("nextHeader", header.nextHeader.rawValue)
            line.member("hopLimit", header.hopLimit)
            line.member("source", IPAddress.v6(header.source))
            line.member("destination", IPAddress.v6(header.destination))
            if header.extensionHeaders.count > 0 { line.putJSON(header.extensionHeaders) }
        }
    }

    private mutating func putJSON(_ chain: IPv6ExtensionHeaders) {
        object("extensionHeaders") { line in
            line.member("range", chain.range)
            line.member("upperLayer", chain.upperLayer.rawValue)
            line.member("count", chain.count)
            if let fragment = chain.fragment {
                line.object("fragment") { line in
                    line.member("fragmentOffset", fragment.fragmentOffset)
                    line.member("moreFragments", fragment.moreFragments)
                    line.member("identification", fragment.identification)
                }
            }
            if !chain.finalDestination.isEmpty { line.member("finalDestination", chain.finalDestination) }
        }
    }
}
