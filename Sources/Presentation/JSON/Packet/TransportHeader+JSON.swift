internal import PacketDecode

extension TCPFlags {
    /// Each flag by its Swift name.
    private static let jsonNames: [(flag: TCPFlags, name: String)] = [
        (.fin, "fin"), (.syn, "syn"), (.rst, "rst"), (.psh, "psh"), (.ack, "ack"), (.urg, "urg"), (.ece, "ece"),
        (.cwr, "cwr"), (.ae, "ae"),
    ]

    fileprivate func forEachJSONName(_ body: (String) -> Void) {
        for (flag, name) in Self.jsonNames where contains(flag) { body(name) }
    }
}

extension Line {
    mutating func putJSON(_ header: TCPHeader) {
        object("tcp") { line in
            line.member("sourcePort", header.sourcePort)
            line.member("destinationPort", header.destinationPort)
            line.member("sequenceNumber", header.sequenceNumber.rawValue)
            line.member("acknowledgmentNumber", header.acknowledgmentNumber.rawValue)
            line.member("dataOffsetInWords", header.dataOffsetInWords)
            if header.reservedBits != 0 { line.member("reservedBits", header.reservedBits) }
            line.key("flags")
            line.beginArray()
            header.flags.forEachJSONName { line.value($0) }
            line.endArray()
            line.member("window", header.window)
            line.member("checksum", header.checksum)
            line.member("urgentPointer", header.urgentPointer)
            if !header.options.range.isEmpty { line.putJSON(header.options) }
        }
    }

    private mutating func putJSON(_ options: TCPOptions) {
        object("options") { line in
            line.member("range", options.range)
            line.member("maximumSegmentSize", options.maximumSegmentSize)
            line.member("windowScale", options.windowScale)
            if options.isSACKPermitted { line.member("isSACKPermitted", true) }
            if let timestamps = options.timestamps {
                line.object("timestamps") { line in
                    line.member("value", timestamps.value)
                    line.member("echoReply", timestamps.echoReply)
                }
            }
            if !options.sackBlocks.isEmpty {
                line.key("sackBlocks")
                line.beginArray()
                for index in options.sackBlocks.indices {
                    line.beginObject()
                    line.member("leftEdge", options.sackBlocks[index].leftEdge.rawValue)
                    line.member("rightEdge", options.sackBlocks[index].rightEdge.rawValue)
                    line.endObject()
                }
                line.endArray()
            }
        }
    }

    mutating func putJSON(_ header: UDPHeader) {
        object("udp") { line in
            line.member("sourcePort", header.sourcePort)
            line.member("destinationPort", header.destinationPort)
            line.member("length", header.length)
            line.member("checksum", header.checksum)
        }
    }

    mutating func putJSON(_ header: ICMPHeader, _ name: String) {
        object(name) { line in
            line.member("type", header.type)
            line.member("code", header.code)
            line.member("checksum", header.checksum)
            line.member("restOfHeader", header.restOfHeader)
            if !header.quoted.isEmpty { line.member("quoted", header.quoted) }
        }
    }

    mutating func putJSON(_ prefix: TransportPrefix) {
        object("prefix") { line in
            line.member("protocol", prefix.protocol.rawValue)
            line.member("sourcePort", prefix.sourcePort)
            line.member("destinationPort", prefix.destinationPort)
            line.member("sequenceNumber", prefix.sequenceNumber?.rawValue)
        }
    }
}
