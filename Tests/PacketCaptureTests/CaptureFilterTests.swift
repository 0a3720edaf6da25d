import PacketCapture
import PacketDecode
import Testing

@Suite struct CaptureFilterTests {
    static let datagram = SavefileWriterTests.packets[0].bytes

    @Test(
        "matches by the link type it was compiled for",
        arguments: [
            ("udp port 53", true), ("udp port 54", false), ("tcp", false), ("ip", true), ("ip6", false), ("", true),
            ("greater 43", true), ("greater 44", false),
        ])
    func matches(text: String, isAccepted: Bool) throws {
        let filter = try CaptureFilter(text, linkType: .ethernet)
        #expect(filter.matches(Self.datagram.span, originalLength: Self.datagram.count) == isAccepted)
    }

    @Test("the packet alone needs a filter for another link type")
    func matchesRaw() throws {
        let packet = Array(Self.datagram.dropFirst(14))
        #expect(try CaptureFilter("udp port 53", linkType: .raw).matches(packet.span, originalLength: packet.count))
        #expect(
            try !CaptureFilter("udp port 53", linkType: .ethernet).matches(packet.span, originalLength: packet.count))
    }

    @Test("no prefix of a frame, not even the empty one, is read beyond its end")
    func matchesPrefixes() throws {
        let filter = try CaptureFilter("udp port 53", linkType: .ethernet)
        for length in 0...Self.datagram.count {
            let prefix = Array(Self.datagram[..<length])
            // Octets 34 and 35 are the source port, which is the one that matches.
            #expect(filter.matches(prefix.span, originalLength: Self.datagram.count) == (length >= 36), "\(length)")
        }
    }

    @Test("bad texts", arguments: ["tcp prot 80", "port", "host no.such.host.invalid", "(", "a\0b"])
    func namesBadText(text: String) {
        do throws(CaptureError) {
            _ = try CaptureFilter(text, linkType: .ethernet)
            Issue.record("compiled")
        } catch {
            guard case .invalidFilter(text, let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!message.isEmpty)
        }
    }

    @Test func namesUnsupportedLinkType() {
        do throws(CaptureError) {
            _ = try CaptureFilter("tcp", linkType: LinkType(rawValue: 9999))
            Issue.record("compiled")
        } catch {
            guard case .unsupportedLinkType(LinkType(rawValue: 9999), _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
