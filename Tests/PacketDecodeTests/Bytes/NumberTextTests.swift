import PacketDecode
import Testing

@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (0, 0, "0"), (9, 0, "9"), (10, 0, "10"), (65535, 8, "   65535"), (12345, 3, "12345"),
            (18_446_744_073_709_551_615, 0, "18446744073709551615"),
        ] as [(UInt64, Int, String)])
    func decimal(value: UInt64, width: Int, expected: String) {
        var bytes: [UInt8] = []
        NumberText.appendDecimal(value, width: width, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        arguments: [
            (0, 1, "0"), (0, 4, "0000"), (0xab, 1, "ab"), (0xab, 4, "00ab"), (.max, 1, "ffffffffffffffff"),
            (1, 18, "000000000000000001"),
        ] as [(UInt64, Int, String)])
    func hexadecimal(value: UInt64, digits: Int, expected: String) {
        var bytes: [UInt8] = []
        NumberText.appendHexadecimal(value, digits: digits, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
