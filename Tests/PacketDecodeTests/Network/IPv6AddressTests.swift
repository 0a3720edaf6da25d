import PacketDecode
import Testing

/// The text form of RFC 5952.
@Suite struct IPv6AddressTests {
    @Test(
        arguments: [
            (0, 0, "::"),
            (0, 1, "::1"),
            (0x0001_0000_0000_0000, 0, "1::"),
            (0x2001_0db8_0000_0000, 0x0000_0000_0000_0001, "2001:db8::1"),
            (0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),
            (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
            (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1"),
            (0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            (0, 0x0000_ffff_c000_0201, "::ffff:192.0.2.1"),
            (0xfe80_0000_0000_0000, 0, "fe80::"),
            (0x0000_0001_0002_0003, 0x0004_0005_0006_0007, "0:1:2:3:4:5:6:7"),
        ] as [(UInt64, UInt64, String)])
    func text(high: UInt64, low: UInt64, expected: String) {
        let address = IPv6Address(high: high, low: low)
        #expect(address.description == expected)
        #expect(IPAddress.v6(address).description == expected)
        #expect(Endpoint(address: .v6(address), port: 80).description == "[\(expected)]:80")
    }
}
