import PacketDecode

/// libpcap calls in DLT_ numbers, which differ from system to system; files hold LINKTYPE_ numbers, which do not.
/// Most are equal. Those that are not are listed here as they stand on Linux (pcap/dlt.h, and libpcap's own table).
extension LinkType {
    private static let differing: [(datalink: Int32, linkType: UInt32)] = [
        (11, 100),  // ATM_RFC1483
        (12, 101),  // RAW: IPv4 or IPv6 without a link header
        (15, 102),  // SLIP_BSDOS
        (16, 103),  // PPP_BSDOS
        (18, 246),  // PFSYNC
        (19, 106),  // ATM_CLIP
    ]

    /// The link type that libpcap calls by the DLT_ number `datalink`.
    init(datalink: Int32) {
        if let entry = Self.differing.first(where: { $0.datalink == datalink }) {
            self.init(rawValue: entry.linkType)
        } else {
            self.init(rawValue: UInt32(bitPattern: datalink))
        }
    }

    /// The DLT_ number by which libpcap calls this link type.
    var datalink: Int32 {
        Self.differing.first { $0.linkType == rawValue }?.datalink ?? Int32(truncatingIfNeeded: rawValue)
    }
}
