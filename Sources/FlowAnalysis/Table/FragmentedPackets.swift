import PacketDecode

/// Which flows the latest fragmented packets belong to: only their first fragment says it, by its ports.
///
/// A fixed number of places: a packet takes the place of an earlier one that falls on it, whose further fragments are then
/// of no known flow.
struct FragmentedPackets {
    /// What the fragments of one packet share (RFC 791 §3.2, RFC 8200 §4.5), folded to 64 bits.
    struct Identity: BitwiseCopyable, Equatable {
        let folded: UInt64

        /// Nil where the packet is no fragment.
        init?(_ packet: DecodedPacket) {
            let words: (UInt64, UInt64, UInt64)
            switch packet.network {
            case .ipv4(let header) where header.isFragment:
                words = (
                    UInt64(header.source.rawValue) << 32 | UInt64(header.destination.rawValue),
                    UInt64(header.protocol.rawValue), UInt64(header.identification)
                )
            case .ipv6(let header):
                guard let fragment = header.extensionHeaders.fragment, fragment.isFragment else { return nil }
                words = (
                    header.source.high ^ header.destination.high &* 3, header.source.low ^ header.destination.low &* 5,
                    UInt64(fragment.identification) | 1 << 32
                )
            default: return nil
            }
            var mixed = words.0 &* 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ mixed >> 29 ^ words.1) &* 0xD6E8_FEB8_6659_FD93
            mixed = (mixed ^ mixed >> 32 ^ words.2) &* 0x9E37_79B9_7F4A_7C15
            folded = mixed ^ mixed >> 31
        }
    }

    struct Entry: BitwiseCopyable {
        let identity: Identity
        let flow: UInt64
        let place: Int
        let direction: FlowDirection
    }

    private static let placeCount = 1024
    /// Empty until the first fragment.
    private var entries: [Entry?] = []

    mutating func note(_ identity: Identity, flow: UInt64, place: Int, _ direction: FlowDirection) {
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.placeCount) }
        entries[Self.place(of: identity)] = Entry(identity: identity, flow: flow, place: place, direction: direction)
    }

    func find(_ identity: Identity) -> Entry? {
        guard !entries.isEmpty, let entry = entries[Self.place(of: identity)], entry.identity == identity
        else { return nil }
        return entry
    }

    private static func place(of identity: Identity) -> Int { Int(identity.folded & UInt64(placeCount - 1)) }
}
