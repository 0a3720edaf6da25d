import PacketDecode
import Testing

@Suite struct InternetChecksumTests {
    /// The example of RFC 1071 §3: words 0001 f203 f4f5 f6f7 sum to ddf2.
    @Test func exampleOfRFC1071() {
        let octets: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
        var sum = InternetChecksum()
        sum.add(octets.span)
        #expect(sum.onesComplementSum == 0xddf2)
        #expect(sum.checksum == 0x220d)
    }

    /// Octet by octet, as slowly and as plainly as the definition says it.
    private func plainSum(_ octets: [UInt8]) -> UInt16 {
        var sum = 0
        for index in octets.indices { sum += Int(octets[index]) << (index.isMultiple(of: 2) ? 8 : 0) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return UInt16(sum)
    }

    @Test(arguments: 0..<80)
    func everyLengthAndSplit(length: Int) {
        let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 201) }
        for split in 0...length {
            var sum = InternetChecksum()
            sum.add(octets.span.extracting(0..<split))
            sum.add(octets.span.extracting(split..<length))
            #expect(sum.onesComplementSum == plainSum(octets), "split at \(split)")
        }
    }

    @Test func largestValuesCarry() {
        let octets = [UInt8](repeating: 0xFF, count: 100_000)
        var sum = InternetChecksum()
        sum.add(octets.span)
        #expect(sum.onesComplementSum == 0xFFFF)
    }

    @Test func wordsCountAsTheirOctets() {
        let octets: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
        var sum = InternetChecksum()
        sum.add(UInt64(0x0102_0304_0506_0708))
        sum.add(UInt32(0x090a_0b0c))
        sum.add(UInt16(0x0d0e))
        #expect(sum.onesComplementSum == plainSum(octets))
    }
}
