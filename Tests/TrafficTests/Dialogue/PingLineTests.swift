import SocketEvents
import Testing

@Suite("The ping's lines") struct PingLineTests {
    @Test(
        "Lines that are pings and pongs",
        arguments: [
            ("PING 1", PingLine.ping(1)), ("PING 0", .ping(0)), ("PONG 18446744073709551615", .pong(.max)),
            ("PING 7\r", .ping(7)),
        ])
    func valid(text: String, expected: PingLine) { #expect(PingLine(Array(text.utf8)) == expected) }

    @Test(
        "Lines that are text like any other",
        arguments: [
            "", "PING", "PING ", "PING x", "PING 1 ", " PING 1", "ping 1", "PING -1", "PING +1", "PING 01",
            "PING 1\r\r", "PONG 18446744073709551616", "PING 99999999999999999999", "PING 123456789012345678901",
            "PANG 1", "PING :irc",
        ])
    func invalid(text: String) { #expect(PingLine(Array(text.utf8)) == nil) }

    @Test("What is written is read", arguments: [PingLine.ping(0), .ping(42), .pong(.max)])
    func round(line: PingLine) {
        #expect(line.octets.last == UInt8(ascii: "\n"))
        #expect(PingLine(line.octets.dropLast()) == line)
    }
}
