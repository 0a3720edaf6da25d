internal import PacketDecode

/// Short names for long addresses: a number each, given in order of appearance.
///
/// The table is bounded: where two addresses fall on one place, the later takes it, and the earlier gets a new name when
/// it comes again. A number is never given twice, so a name always means what the line above it said.
struct AddressNames: Sendable {
    private struct Entry: Sendable {
        let address: IPv6Address
        let number: UInt64
    }

    private static let placeCount = 4096
    /// Empty until the first name is given.
    private var places: [Entry?] = []
    private var lastNumber: UInt64 = 0

    /// The number of an address that has a name.
    func name(of address: IPv6Address) -> UInt64? {
        guard !places.isEmpty, let entry = places[Self.place(of: address)], entry.address == address else {
            return nil
        }
        return entry.number
    }

    /// Gives `address` a name and returns its number; nil where it has one already.
    mutating func introduce(_ address: IPv6Address) -> UInt64? {
        if name(of: address) != nil { return nil }
        if places.isEmpty { places = Array(repeating: nil, count: Self.placeCount) }
        lastNumber += 1
        places[Self.place(of: address)] = Entry(address: address, number: lastNumber)
        return lastNumber
    }

    private static func place(of address: IPv6Address) -> Int {
        let mixed = (address.high ^ address.low &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(mixed >> 52)
    }
}
