import PacketDecode

/// Decodes a frame; without `originalLength` it was captured whole.
func decode(_ bytes: [UInt8], as linkType: LinkType = .ethernet, originalLength: Int? = nil) -> DecodedPacket {
    PacketDecoder(linkType: linkType).decode(bytes.span, originalLength: originalLength ?? bytes.count)
}

/// The checksums of a frame.
func checksums(_ bytes: [UInt8], as linkType: LinkType = .ethernet, originalLength: Int? = nil) -> ChecksumReport {
    let packet = decode(bytes, as: linkType, originalLength: originalLength)
    return PacketDecoder.verifyChecksums(of: packet, bytes.span)
}

/// The packet that an ICMP error quotes.
func decodeQuoted(_ bytes: [UInt8], as linkType: LinkType = .ethernet) -> DecodedPacket? {
    PacketDecoder.decodeQuoted(in: decode(bytes, as: linkType), bytes.span)
}

/// The octets that `body` appends.
func encoded(_ body: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    body(&bytes)
    return bytes
}

/// Frames that Linux sent on its loopback interface, captured for these tests with tcpdump.
enum LoopbackFrames {
    static let ethernet: [UInt8] = [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // destination
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // source
        0x08, 0x00,  // EtherType: IPv4
    ]

    /// A SYN from 127.0.0.1:52006 to 127.0.0.1:40999, its checksum left to hardware that does not exist.
    static let syn: [UInt8] =
        ethernet + [
            0x45,  // version, header length
            0x00,  // differentiated services
            0x00, 0x3c,  // total length: 60
            0x46, 0x2b,  // identification
            0x40, 0x00,  // flags: DF
            0x40,  // time to live: 64
            0x06,  // protocol: TCP
            0xf6, 0x8e,  // header checksum
            0x7f, 0x00, 0x00, 0x01,  // source
            0x7f, 0x00, 0x00, 0x01,  // destination
            0xcb, 0x26,  // source port: 52006
            0xa0, 0x27,  // destination port: 40999
            0xa8, 0x6f, 0x4b, 0x22,  // sequence number: 2825866018
            0x00, 0x00, 0x00, 0x00,  // acknowledgment number
            0xa0, 0x02,  // data offset 10, SYN
            0xff, 0xd7,  // window: 65495
            0xfe, 0x30,  // checksum: of the pseudo-header alone
            0x00, 0x00,  // urgent pointer
            0x02, 0x04, 0xff, 0xd7,  // maximum segment size 65495
            0x04, 0x02,  // SACK permitted
            0x08, 0x0a, 0xa7, 0xef, 0xe3, 0x62, 0x00, 0x00, 0x00, 0x00,  // timestamps 2817516386, 0
            0x01,  // no operation
            0x03, 0x03, 0x0a,  // window scale 10
        ]

    /// The RST that answered it, with a checksum that holds.
    static let rst: [UInt8] =
        ethernet + [
            0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06,
            0x3c, 0xce,  // header checksum
            0x7f, 0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01,
            0xa0, 0x27, 0xcb, 0x26,  // ports
            0x00, 0x00, 0x00, 0x00, 0xa8, 0x6f, 0x4b, 0x23,  // sequence and acknowledgment numbers
            0x50, 0x14,  // data offset 5, RST, ACK
            0x00, 0x00, 0x52, 0xed, 0x00, 0x00,
        ]

    /// "hi" and a line feed from 127.0.0.1:33200 to 127.0.0.1:40999.
    static let udp: [UInt8] =
        ethernet + [
            0x45, 0x00, 0x00, 0x1f, 0xac, 0x4c, 0x40, 0x00, 0x40, 0x11, 0x90, 0x7f,
            0x7f, 0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01,
            0x81, 0xb0,  // source port: 33200
            0xa0, 0x27,  // destination port: 40999
            0x00, 0x0b,  // length: 11
            0xfe, 0x1e,  // checksum: of the pseudo-header alone
            0x68, 0x69, 0x0a,
        ]

    /// The ICMP error that answered it.
    static let portUnreachable: [UInt8] =
        ethernet + [
            0x45, 0xc0, 0x00, 0x3b, 0xa4, 0x2d, 0x00, 0x00, 0x40, 0x01, 0xd7, 0xd2,
            0x7f, 0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01,
            0x03,  // type: destination unreachable
            0x03,  // code: port
            0x6a, 0x91,  // checksum
            0x00, 0x00, 0x00, 0x00,  // unused
        ] + udp[14...]

    /// "hi" and a line feed from [::1]:41496 to [::1]:40999, without a link header.
    static let udpOverIPv6: [UInt8] = [
        0x60, 0x05, 0x0d, 0xe6,  // version, traffic class 0, flow label 0x50de6
        0x00, 0x0b,  // payload length: 11
        0x11,  // next header: UDP
        0x40,  // hop limit: 64
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,  // source
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,  // destination
        0xa2, 0x18,  // source port: 41496
        0xa0, 0x27,  // destination port: 40999
        0x00, 0x0b,  // length: 11
        0x00, 0x1e,  // checksum: of the pseudo-header alone
        0x68, 0x69, 0x0a,
    ]

    /// The ICMPv6 error that answered it, without a link header.
    static let portUnreachableOverIPv6: [UInt8] =
        [
            0x60, 0x04, 0x54, 0x9b, 0x00, 0x3b, 0x3a, 0x40,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
            0x01,  // type: destination unreachable
            0x04,  // code: port
            0xca, 0x79,  // checksum
            0x00, 0x00, 0x00, 0x00,  // unused
        ] + udpOverIPv6
}
