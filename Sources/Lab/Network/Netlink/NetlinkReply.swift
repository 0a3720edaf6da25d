/// A message of the kernel's: a header (`struct nlmsghdr`), a fixed part, attributes; numbers in host byte order.
///
/// What the kernel sends is well formed; what is not is left out, and nothing here traps.
struct NetlinkReply {
    let type: UInt16
    let sequenceNumber: UInt32
    /// What follows the header.
    let payload: ArraySlice<UInt8>

    /// The messages that stand in one datagram.
    static func all(in octets: ArraySlice<UInt8>) -> [NetlinkReply] {
        var rest = octets
        var replies: [NetlinkReply] = []
        while let length = rest.number(UInt32.self, at: 0).map(Int.init(clamping:)),
            length >= NetlinkMessage.headerLength, length <= rest.count,
            let type = rest.number(UInt16.self, at: 4), let sequenceNumber = rest.number(UInt32.self, at: 8)
        {
            let payload = rest.prefix(length).dropFirst(NetlinkMessage.headerLength)
            replies.append(NetlinkReply(type: type, sequenceNumber: sequenceNumber, payload: payload))
            rest = rest.dropFirst(aligned(length))
        }
        return replies
    }

    /// The errno of an NLMSG_ERROR, 0 where it acknowledges; nil for any other message.
    var errno: Int32? {
        // NLMSG_ERROR of <linux/netlink.h>.
        guard type == 2, let code = payload.number(UInt32.self, at: 0) else { return nil }
        let signed = Int32(bitPattern: code)
        return signed == .min ? .max : -signed
    }

    /// The value of the first attribute of `type` behind a fixed part of `fixedLength` octets.
    func attribute(_ type: UInt16, after fixedLength: Int) -> ArraySlice<UInt8>? {
        var rest = payload.dropFirst(Self.aligned(fixedLength))
        while let length = rest.number(UInt16.self, at: 0).map(Int.init), length >= 4, length <= rest.count,
            let found = rest.number(UInt16.self, at: 2)
        {
            if found == type { return rest.prefix(length).dropFirst(4) }
            rest = rest.dropFirst(Self.aligned(length))
        }
        return nil
    }

    /// Messages and attributes start at multiples of four octets.
    private static func aligned(_ length: Int) -> Int { (length + 3) / 4 * 4 }
}

extension ArraySlice<UInt8> {
    /// The number in host byte order that stands `offset` octets behind the slice's start; nil where it ends before.
    func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type, at offset: Int) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, count - offset >= size else { return nil }
        let bigEndian = self[(startIndex + offset)..<(startIndex + offset + size)].reduce(Number(0)) {
            $0 << 8 | Number($1)
        }
        // Put together first octet highest, as a big-endian host means it.
        return Number(1).bigEndian == 1 ? bigEndian : bigEndian.byteSwapped
    }
}
