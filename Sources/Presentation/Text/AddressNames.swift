internal import PacketDecode

/// Short names for long addresses: a number each, given in order of appearance.
///
/// The table is bounded: where two addresses fall on one place, the later takes it, and the earlier gets a new name when
/// it comes again. A number is never given twice, so a name always means what the line above it said.
struct AddressNames: Sendable {
    private struct Entry: Sendable {
        let address: IPv6Address
        /// 0: short enough to stand for itself.
        let number: UInt64
    }

    private static let placeCount = 4096
    /// Characters of the longest address that stands for itself: with brackets and a port it is as wide as IPv4's.
    private static let longestPlain = 13
    /// Empty until the first address is met.
    private var places: [Entry?] = []
    private var lastNumber: UInt64 = 0

    /// The number of an address that has a name; nil for one that is written as it is.
    func name(of address: IPv6Address) -> UInt64? {
        guard !places.isEmpty, let entry = places[Self.place(of: address)], entry.address == address, entry.number > 0
        else { return nil }
        return entry.number
    }

    /// Takes notice of `address`. Returns its number where it needed a name and had none.
    mutating func introduce(_ address: IPv6Address) -> UInt64? {
        if places.isEmpty { places = Array(repeating: nil, count: Self.placeCount) }
        let place = Self.place(of: address)
        if let entry = places[place], entry.address == address { return nil }
        guard address.description.utf8.count > Self.longestPlain else {
            places[place] = Entry(address: address, number: 0)
            return nil
        }
        lastNumber += 1
        places[place] = Entry(address: address, number: lastNumber)
        return lastNumber
    }

    private static func place(of address: IPv6Address) -> Int {
        let mixed = (address.high ^ address.low &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(mixed >> 52)
    }
}
