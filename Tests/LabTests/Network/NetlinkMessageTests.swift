import Testing

@testable import Lab

@Suite struct NetlinkMessageTests {
    /// struct nlmsghdr, then an attribute whose three octets are padded to a word (netlink(7)).
    @Test func layOutHeaderAndAttributes() {
        var message = NetlinkMessage("test", type: 16, flags: 0x0605)
        message.attribute(3, text: "lo")
        message.attribute(4, number: UInt32(1500))
        let expected: [UInt8] = [
            0x20, 0, 0, 0,  // length 32
            16, 0,  // RTM_NEWLINK
            0x05, 0x06,  // flags
            9, 0, 0, 0,  // sequence number
            0, 0, 0, 0,  // port
            7, 0, 3, 0, 0x6C, 0x6F, 0, 0,  // "lo" with its NUL, and padding that the length does not count
            8, 0, 4, 0, 0xDC, 0x05, 0, 0,
        ]
        withKnownHostOrder { #expect(message.finished(sequenceNumber: 9) == expected) }
    }

    @Test func aNestedAttributeCountsWhatItHolds() {
        var message = NetlinkMessage("test", type: 16, flags: 0)
        message.nested(18) { message in
            message.attribute(1, text: "veth")
        }
        let body = Array(message.finished(sequenceNumber: 0).dropFirst(NetlinkMessage.headerLength))
        withKnownHostOrder {
            #expect(body == [16, 0, 18, 0, 9, 0, 1, 0, 0x76, 0x65, 0x74, 0x68, 0, 0, 0, 0])
        }
    }

    /// The literals above are in the order of little-endian hosts, which all that Swift runs on with Linux are.
    private func withKnownHostOrder(_ body: () -> Void) {
        if UInt16(1).littleEndian == 1 { body() }
    }
}

@Suite struct SeededGeneratorTests {
    /// The first numbers of SplitMix64 from the seed 1234567, as published with the algorithm's reference code.
    @Test func isSplitMix64() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func aChanceOfNoneNeverHappensAndOneAlways() {
        var generator = SeededGenerator(seed: 1)
        #expect((0..<1000).allSatisfy { _ in !generator.happens(0) })
        #expect((0..<1000).allSatisfy { _ in generator.happens(1) })
    }
}

@Suite struct DurationTextTests {
    @Test(arguments: [
        (Int64(0), "0 ns"), (999, "999 ns"), (31_000, "31 µs"), (204_900_000, "204 ms"), (1_254_000_000, "1.25 s"),
        (61_000_000_000, "61.00 s"),
    ])
    func choosesTheUnit(nanoseconds: Int64, text: String) {
        #expect("\(DurationText(nanoseconds: nanoseconds))" == text)
    }
}
