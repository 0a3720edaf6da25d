import PacketDecode
import Presentation
import SocketEvents
import Testing

@Suite("Socket events as text")
struct SocketEventTextTests {
    private let peer = Endpoint(address: .v4(.loopback), port: 40000)

    private func line(_ content: [UInt8], of octets: Int, columns: Int?) -> String {
        let now = Timestamp(nanosecondsSinceEpoch: 0)
        var buffer = OutputBuffer()
        buffer.appendText(
            SocketEvent(
                role: .server, call: .receive, manner: .blocking, start: now, end: now, peer: peer, octets: octets,
                content: content), columns: columns)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test("Contents start in one column and are told whole where they fit")
    func whole() {
        let shown = line(Array("hello\n".utf8), of: 6, columns: 80)
        #expect(shown == "127.0.0.1:40000        received 6 octets      hello\\n\n")
    }

    @Test("Contents that do not fit the columns are cut, and the line ends within them", arguments: [60, 80, 100])
    func cut(columns: Int) {
        for octet in [UInt8(ascii: "a"), 0xFF, 0x0A] {
            let shown = line([UInt8](repeating: octet, count: 64), of: 64, columns: columns).dropLast()
            #expect(shown.count <= columns)
            // An octet takes at most four columns, and the mark one.
            #expect(shown.count >= columns - 5)
            #expect(shown.last == "…")
        }
    }

    @Test("A character is not cut in two", arguments: 1...8)
    func characters(kept: Int) {
        let text = Array("ü→🦀".utf8)
        let shown = line([0x61] + text.prefix(kept), of: 100, columns: nil)
        #expect(!shown.contains("\\x"))
        #expect(shown.hasSuffix("…\n"))
    }

    @Test("Octets that are no character stay where more would follow")
    func notCharacters() {
        #expect(line([0x61, 0x80], of: 3, columns: nil).hasSuffix("  a\\x80…\n"))
    }
}
