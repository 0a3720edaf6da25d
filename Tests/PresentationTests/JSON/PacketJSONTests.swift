import Foundation
import PacketDecode
import Presentation
import TestSupport
import Testing

@Suite struct PacketJSONTests {
    @Test func aRetransmission() {
        #expect(
            jsonLines(SampleCapture.connection)[4] == """
                {"event":"packet","number":5,"timestamp":"1764000000.223914000","capturedLength":554,\
                "originalLength":554,"linkType":1,\
                "link":{"ethernet":{"destination":"02:00:00:00:00:02","source":"02:00:00:00:00:01","typeOrLength":2048}},\
                "etherType":2048,\
                "network":{"ipv4":{"headerLengthInWords":5,"differentiatedServices":0,"totalLength":540,\
                "identification":0,"dontFragment":true,"moreFragments":false,"fragmentOffset":0,"timeToLive":64,\
                "protocol":6,"headerChecksum":9434,"source":"10.0.0.1","destination":"10.0.0.2"}},\
                "networkOffset":14,"ipProtocol":6,"isFragment":false,\
                "transport":{"tcp":{"sourcePort":40000,"destinationPort":7000,"sequenceNumber":1001,\
                "acknowledgmentNumber":5001,"dataOffsetInWords":5,"flags":["psh","ack"],"window":502,\
                "checksum":44988,"urgentPointer":0}},"transportOffset":34,\
                "payload":{"lowerBound":54,"upperBound":554},"payloadLength":500,\
                "flow":{"flow":1,"direction":"fromInitiator","isFirst":false,"relativeSequenceNumber":1,\
                "relativeSequenceEnd":501,"relativeAcknowledgmentNumber":1,"scaledWindow":64256,\
                "senderState":"ESTABLISHED","receiverState":"ESTABLISHED"},\
                "labels":[{"label":"retransmission","reason":"octetsSeen","cause":"undetermined",\
                "causeReason":"none","carries":["data"],"spurious":"unknown","firstRepeated":1,\
                "repeatedEnd":501,"repeatedCount":500,\
                "evidence":{"frame":4,"timestamp":"1764000000.020331000"},\
                "text":"⟲ retransmission: 1:501 was sent in frame 4"}]}
                """)
    }

    /// The D-SACK that follows tells that the resend was needless.
    @Test func aRevisionFollowsItsEvidence() {
        #expect(
            jsonLines(SampleCapture.connection)[6] == """
                {"event":"revision","timestamp":"1764000000.224001123","frame":5,"label":"retransmission",\
                "old":{"spurious":"unknown"},"new":{"spurious":true},"reason":"dSACK","evidence":{"frame":6}}
                """)
    }

    /// A JSON parser of another's making reads the same values, for every layer.
    @Test func everyLayerIsThere() throws {
        let objects = try jsonLines(SampleCapture.all).map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }.filter { $0["event"] as? String == "packet" }
        #expect(objects.count == SampleCapture.all.count)
        func value(_ index: Int, _ path: String...) -> Any? {
            path.reduce(objects[index] as Any?) { ($0 as? [String: Any])?[$1] }
        }
        let options = ["transport", "tcp", "options"]
        #expect(value(0, options[0], options[1], options[2], "maximumSegmentSize") as? Int == 1460)
        #expect(value(0, options[0], options[1], options[2], "windowScale") as? Int == 7)
        #expect((value(3, "labels") as? [Any])?.count == 0)
        #expect(value(9, "quotedPacket", "transport", "udp", "destinationPort") as? Int == 9)
        #expect(value(9, "transport", "icmp", "code") as? Int == 3)
        #expect(value(9, "labels") == nil)
        #expect(value(10, "network", "arp", "addresses", "targetProtocolAddress") as? String == "10.0.0.2")
        #expect((value(11, "vlanTags") as? [[String: Any]])?.first?["identifier"] as? Int == 100)
        #expect(value(12, "network", "ipv6", "destination") as? String == "2001:db8::1")
        #expect(value(13, "network", "ipv4", "fragmentOffset") as? Int == 1480)
        #expect(value(14, "etherType") as? Int == 0x1234)
        #expect(value(15, "stop", "reason") as? String == "tooShort")
        #expect(value(15, "stop", "limit") as? String == "snapshotLength")
        #expect(value(15, "stop", "offset") as? Int == 34)
        #expect(value(16, "stop", "layer") as? String == "ipv4")
    }
}
