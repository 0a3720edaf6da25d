import PacketDecode
import SocketEvents
import Testing

@Suite("The head of a numbered datagram")
struct DatagramNumberTests {
    private let head = DatagramNumber(
        sent: Timestamp(seconds: 1_764_000_000, nanoseconds: 123_456_789), number: 0x0102_0304_0506_0708)

    private func decoded(_ octets: [UInt8], _ width: DatagramNumber.Width) -> DatagramNumber? {
        DatagramNumber(decoding: octets.span, width: width)
    }

    @Test("As iperf3 lays it out with 32 bits")
    func narrow() throws {
        var octets = [UInt8](repeating: 0xEE, count: 14)
        self.head.encode(into: &octets, width: .bits32)
        // 1764000000 seconds, 123456 microseconds, the low half of the number.
        #expect(octets == [0x69, 0x24, 0x81, 0x00, 0x00, 0x01, 0xE2, 0x40, 5, 6, 7, 8, 0xEE, 0xEE])
        let head = try #require(self.decoded(octets, .bits32))
        #expect(head.sent == Timestamp(seconds: 1_764_000_000, nanoseconds: 123_456_000))
        #expect(head.number == 0x0506_0708)
    }

    @Test("As iperf3 lays it out with 64 bits")
    func wide() throws {
        var octets = [UInt8](repeating: 0, count: 16)
        head.encode(into: &octets, width: .bits64)
        #expect(octets == [0x69, 0x24, 0x81, 0x00, 0x00, 0x01, 0xE2, 0x40, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(decoded(octets, .bits64)?.number == head.number)
    }

    @Test("Octets too few for it are no head", arguments: DatagramNumber.Width.allCases)
    func short(width: DatagramNumber.Width) {
        for count in 0..<width.headLength {
            #expect(decoded([UInt8](repeating: 0xFF, count: count), width) == nil)
        }
        #expect(decoded([UInt8](repeating: 0xFF, count: width.headLength), width) != nil)
    }
}
