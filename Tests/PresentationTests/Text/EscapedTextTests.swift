import Presentation
import Testing

@Suite("Escaped text")
struct EscapedTextTests {
    private func escaped(_ octets: [UInt8]) -> String {
        var buffer = OutputBuffer()
        buffer.append(escaping: octets)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test(
        "Printable UTF-8 stands as it is",
        arguments: ["", "plain ~", "Grüße", "中文", "🦀", "\u{FFFD}", "a\u{301}"])
    func printable(text: String) { #expect(escaped(Array(text.utf8)) == text) }

    @Test(
        "What acts on a terminal or hides is escaped",
        arguments: [
            ("\n\r\t\0", #"\n\r\t\0"#), ("\u{1B}[31m", #"\x1b[31m"#), ("\u{7}\u{7F}", #"\x07\x7f"#), (#"\n"#, #"\\n"#),
            ("\u{9B}31m", #"\u{009b}31m"#), ("\u{85}", #"\u{0085}"#), ("\u{202E}abc", #"\u{202e}abc"#),
            ("\u{2066}\u{200F}", #"\u{2066}\u{200f}"#), ("\u{200B}\u{FEFF}", #"\u{200b}\u{feff}"#),
            ("\u{2028}", #"\u{2028}"#), ("\u{E0041}", #"\u{e0041}"#),
        ])
    func hidden(text: String, shown: String) { #expect(escaped(Array(text.utf8)) == shown) }

    @Test(
        "Octets that are not UTF-8 are shown one by one",
        arguments: [
            ([0xFF], #"\xff"#), ([0x80], #"\x80"#), ([0xC3], #"\xc3"#), ([0xC3, 0x28], #"\xc3("#),
            ([0xC0, 0xAF], #"\xc0\xaf"#), ([0xE0, 0x80, 0xAF], #"\xe0\x80\xaf"#),
            ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#),
            ([0xF4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#), ([0xF0, 0x9F, 0xA6], #"\xf0\x9f\xa6"#),
            ([0x61, 0xE2, 0x82, 0x62], #"a\xe2\x82b"#),
        ] as [([UInt8], String)])
    func notUTF8(octets: [UInt8], shown: String) { #expect(escaped(octets) == shown) }

    @Test("Every octet alone is shown in printable characters, and no two alike")
    func everyOctet() {
        var seen: Set<String> = []
        for octet in UInt8.min...UInt8.max {
            let shown = escaped([octet])
            #expect(shown.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            seen.insert(shown)
        }
        #expect(seen.count == 256)
    }

    @Test("Columns count characters, not octets")
    func columns() {
        var buffer = OutputBuffer()
        buffer.append(escaping: "ü→")
        #expect(buffer.column == 2)
    }
}
