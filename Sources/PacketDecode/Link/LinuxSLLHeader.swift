/// The header of a Linux "cooked" capture, version 1 or 2 (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).
///
///     version 1, 16 octets: packet type 2, ARPHRD_ type 2, address length 2, address 8, protocol 2
///     version 2, 20 octets: protocol 2, reserved 2, interface index 4, ARPHRD_ type 2, packet type 1,
///                           address length 1, address 8
public struct LinuxSLLHeader: Sendable, BitwiseCopyable, Hashable {
    /// Octets of version 1.
    public static let length = 16
    /// Octets of version 2.
    public static let version2Length = 20

    /// 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us.
    public var packetType: UInt16
    /// The ARPHRD_ type of the interface.
    public var hardwareType: UInt16
    /// Octets of the sender's link address; more than 8 where the field could not hold it all.
    public var addressLength: UInt16
    /// The address field's eight octets, first one highest.
    public var rawAddress: UInt64
    /// The protocol field: an EtherType from 0x0600 up, else one of Linux's own numbers (1 for 802.3, 4 for 802.2 LLC).
    public var protocolOrType: UInt16
    /// The interface's index; 0 in version 1, which has none.
    public var interfaceIndex: UInt32

    /// The fields as they are sent; version 1 has no room for the interface's index.
    @inlinable
    public init(
        packetType: UInt16, hardwareType: UInt16, addressLength: UInt16, rawAddress: UInt64, protocolOrType: UInt16,
        interfaceIndex: UInt32 = 0
    ) {
        self.packetType = packetType
        self.hardwareType = hardwareType
        self.addressLength = addressLength
        self.rawAddress = rawAddress
        self.protocolOrType = protocolOrType
        self.interfaceIndex = interfaceIndex
    }

    /// The sender's address where it is a MAC address of six octets.
    @inlinable public var address: MACAddress? {
        addressLength == 6 ? MACAddress(rawValue: rawAddress >> 16) : nil
    }

    /// What follows, or nil for one of Linux's own numbers.
    @inlinable public var etherType: EtherType? {
        protocolOrType >= 0x0600 ? EtherType(rawValue: protocolOrType) : nil
    }

    /// Decodes version 1 from the first 16 octets of `header`, which must hold them.
    init(decoding header: Span<UInt8>) {
        packetType = header.uint16(at: 0)
        hardwareType = header.uint16(at: 2)
        addressLength = header.uint16(at: 4)
        rawAddress = header.uint64(at: 6)
        protocolOrType = header.uint16(at: 14)
        interfaceIndex = 0
    }

    /// Decodes version 2 from the first 20 octets of `header`, which must hold them.
    init(decodingVersion2 header: Span<UInt8>) {
        protocolOrType = header.uint16(at: 0)
        interfaceIndex = header.uint32(at: 4)
        hardwareType = header.uint16(at: 8)
        packetType = UInt16(header[10])
        addressLength = UInt16(header[11])
        rawAddress = header.uint64(at: 12)
    }

    /// Appends the 16 octets of version 1, which has no place for the interface's index.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: packetType)
        bytes.append(bigEndian: hardwareType)
        bytes.append(bigEndian: addressLength)
        bytes.append(bigEndian: rawAddress)
        bytes.append(bigEndian: protocolOrType)
    }

    /// Appends the 20 octets of version 2, which keeps the low eight bits of packet type and address length.
    public func encodeVersion2(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: protocolOrType)
        bytes.append(bigEndian: UInt16(0))
        bytes.append(bigEndian: interfaceIndex)
        bytes.append(bigEndian: hardwareType)
        bytes.append(UInt8(truncatingIfNeeded: packetType))
        bytes.append(UInt8(truncatingIfNeeded: addressLength))
        bytes.append(bigEndian: rawAddress)
    }
}
