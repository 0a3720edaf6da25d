/// A frame as the tests put it into files.
struct FrameLiteral: Sendable, Hashable {
    var seconds: UInt32 = 0
    /// Micro- or nanoseconds, as the file has them.
    var fraction: UInt32 = 0
    var bytes: [UInt8]
    var originalLength: UInt32?
}

/// Integers in the byte order of a file.
struct FileByteOrder: Sendable {
    var isBigEndian = false

    func octets<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        let ordered = (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
        return isBigEndian ? ordered.reversed() : ordered
    }
}

/// A pcap file by the octet (draft-ietf-opsawg-pcap).
struct PcapFile: Sendable {
    var order = FileByteOrder()
    var hasNanoseconds = false
    var snapshotLength: UInt32 = 65_535
    var linkType: UInt32 = 1
    var frames: [FrameLiteral]

    var header: [UInt8] {
        order.octets(UInt32(hasNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4))  // magic number
            + order.octets(UInt16(2)) + order.octets(UInt16(4))  // version
            + order.octets(UInt32(0)) + order.octets(UInt32(0))  // reserved
            + order.octets(snapshotLength)
            + order.octets(linkType)
    }

    func record(_ frame: FrameLiteral) -> [UInt8] {
        order.octets(frame.seconds) + order.octets(frame.fraction)
            + order.octets(UInt32(frame.bytes.count))
            + order.octets(frame.originalLength ?? UInt32(frame.bytes.count))
            + frame.bytes
    }

    var bytes: [UInt8] { header + frames.flatMap(record) }
}

/// Blocks of a pcapng file by the octet (draft-ietf-opsawg-pcapng).
struct PcapNGFile: Sendable {
    var order = FileByteOrder()

    private func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let total = order.octets(UInt32(padded.count + 12))
        return order.octets(type) + total + padded + total
    }

    var sectionHeader: [UInt8] {
        block(
            0x0A0D_0D0A,
            order.octets(UInt32(0x1A2B_3C4D))  // byte-order magic
                + order.octets(UInt16(1)) + order.octets(UInt16(0))  // version
                + order.octets(UInt64.max))  // section length: not given
    }

    /// - Parameter resolution: the exponent of if_tsresol, 9 for nanoseconds; nil leaves it out, which means 6.
    func interface(linkType: UInt16 = 1, snapshotLength: UInt32 = 65_535, resolution: UInt8? = nil) -> [UInt8] {
        var options: [UInt8] = []
        if let resolution {
            options += order.octets(UInt16(9)) + order.octets(UInt16(1)) + [resolution, 0, 0, 0]  // if_tsresol
            options += order.octets(UInt16(0)) + order.octets(UInt16(0))  // opt_endofopt
        }
        return block(
            1, order.octets(linkType) + order.octets(UInt16(0)) + order.octets(snapshotLength) + options)
    }

    /// An Enhanced Packet Block; `time` in the interface's resolution.
    func enhancedPacket(interface: UInt32 = 0, time: UInt64, _ bytes: [UInt8], originalLength: UInt32? = nil) -> [UInt8]
    {
        block(
            6,
            order.octets(interface)
                + order.octets(UInt32(time >> 32)) + order.octets(UInt32(truncatingIfNeeded: time))
                + order.octets(UInt32(bytes.count))
                + order.octets(originalLength ?? UInt32(bytes.count))
                + bytes)
    }

    /// A Simple Packet Block: no timestamp, no interface.
    func simplePacket(_ bytes: [UInt8]) -> [UInt8] {
        block(3, order.octets(UInt32(bytes.count)) + bytes)
    }
}
