import Foundation
import PacketDecode
import Presentation
import SocketEvents
import Testing
import Timeline

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser of another's making finds in a picture.
final class PictureReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var texts: [String] = []
    private var text = ""

    /// Nil where the picture is not well formed.
    init?(_ svg: [UInt8]) {
        super.init()
        let parser = XMLParser(data: Data(svg))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "text" || name == "title" { texts.append(text) }
    }
}

@Suite("The ladder picture")
struct LadderSVGTests {
    private func picture(_ title: String, _ entries: [TimelineEntry]) -> [UInt8] {
        var buffer = OutputBuffer()
        LadderSVG(title: title, entries: entries).append(to: &buffer)
        return buffer.bytes
    }

    @Test("Each frame has its arrow and its words, each drop its cause")
    func aLostSegment() throws {
        let reader = try #require(PictureReader(picture("A lost segment", TwoHosts.aLostSegment.sorted)))
        // An arrowhead for each frame that arrived, and for the double.
        #expect(reader.elements["polygon"] == 9)
        for text in [
            "A lost segment", "10 frames sent, 2 dropped by the link", "SYN seq 0 win 502 mss 1460 sackOK ws 7",
            "dropped by rule 1", "dropped by chance", "doubled", "client connect 10.7.0.2:7000",
            "kernel: cwnd 10 rto 204 ms resent 0", "190.10 ms pass", "doubled by the network: came at 0.030500",
        ] {
            #expect(reader.texts.contains(text), "\(text)")
        }
    }

    @Test("Markup, control characters and what XML forbids come out as text")
    func hostile() throws {
        var story = TwoHosts.aLostSegment
        story.call(
            .connect, .client, at: 300,
            failure: SocketError(
                operation: .connect, cause: .other("</text><script>&\u{0}\u{1B}[2J\u{FFFE}\u{202E}\"'"), subject: "x"))
        let title = "<&\">'\u{7}]]>"
        let bytes = picture(title, story.sorted)
        let reader = try #require(PictureReader(bytes))
        #expect(reader.elements["script"] == nil)
        #expect(reader.texts.contains(#"<&">'\x07]]>"#))
        #expect(reader.texts.joined().contains(#"</text><script>&\0\x1b"#))
        #expect(bytes.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
    }

    @Test("Nothing to show is a picture all the same")
    func empty() throws {
        let reader = try #require(PictureReader(picture("Nothing", [])))
        #expect(reader.texts.contains("0 frames sent, 0 dropped by the link"))
    }

    /// Not for its content: for times that no picture can hold.
    @Test("Extreme times make no extreme picture")
    func extremes() throws {
        let times = [Int64.min, -1, 0, 1, .max].map { Timestamp(nanosecondsSinceEpoch: $0) }
        let entries = times.map { time in
            TimelineEntry(
                SocketEvent(role: .client, call: .send, manner: .blocking, start: time, end: time, octets: 1), host: .a)
        }
        #expect(PictureReader(picture("Extremes", entries)) != nil)
    }
}
