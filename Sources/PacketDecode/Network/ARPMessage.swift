/// An ARP message (RFC 826), with the addresses of the usual case, Ethernet and IPv4, as values.
///
///     0        2        4    5    6        8
///     +--------+--------+----+----+--------+---------+-------+---------+-------+
///     | htype  | ptype  |hlen|plen|  oper  |   sha   |  spa  |   tha   |  tpa  |
///     +--------+--------+----+----+--------+---------+-------+---------+-------+
public struct ARPMessage: Sendable, BitwiseCopyable, Hashable {
    /// Octets before the addresses.
    public static let fixedLength = 8

    public var hardwareType: UInt16
    public var protocolType: EtherType
    public var hardwareAddressLength: UInt8
    public var protocolAddressLength: UInt8
    public var operation: Operation
    /// Sender and target, where hardware addresses have 6 octets and protocol addresses 4; else nil.
    public var addresses: Addresses?

    /// The operation: an open number space (IANA "ARP Parameters").
    public struct Operation: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let request = Operation(rawValue: 1)
        public static let reply = Operation(rawValue: 2)
    }

    /// The four addresses of an Ethernet and IPv4 message.
    public struct Addresses: Sendable, BitwiseCopyable, Hashable {
        public let senderHardwareAddress: MACAddress
        public let senderProtocolAddress: IPv4Address
        public let targetHardwareAddress: MACAddress
        public let targetProtocolAddress: IPv4Address

        @inlinable
        public init(
            senderHardwareAddress: MACAddress, senderProtocolAddress: IPv4Address,
            targetHardwareAddress: MACAddress, targetProtocolAddress: IPv4Address
        ) {
            self.senderHardwareAddress = senderHardwareAddress
            self.senderProtocolAddress = senderProtocolAddress
            self.targetHardwareAddress = targetHardwareAddress
            self.targetProtocolAddress = targetProtocolAddress
        }
    }

    /// A message between Ethernet and IPv4 addresses.
    public init(operation: Operation, addresses: Addresses) {
        hardwareType = 1
        protocolType = .ipv4
        hardwareAddressLength = 6
        protocolAddressLength = 4
        self.operation = operation
        self.addresses = addresses
    }

    /// Octets of the whole message, given its first eight.
    static func length(fixedPart header: Span<UInt8>) -> Int {
        fixedLength + 2 * Int(header[4]) + 2 * Int(header[5])
    }

    /// Decodes `message`, which must hold `length(fixedPart:)` octets.
    init(decoding message: Span<UInt8>) {
        hardwareType = message.uint16(at: 0)
        protocolType = EtherType(rawValue: message.uint16(at: 2))
        hardwareAddressLength = message[4]
        protocolAddressLength = message[5]
        operation = Operation(rawValue: message.uint16(at: 6))
        if hardwareAddressLength == 6, protocolAddressLength == 4 {
            addresses = Addresses(
                senderHardwareAddress: MACAddress(rawValue: message.uint48(at: 8)),
                senderProtocolAddress: IPv4Address(rawValue: message.uint32(at: 14)),
                targetHardwareAddress: MACAddress(rawValue: message.uint48(at: 18)),
                targetProtocolAddress: IPv4Address(rawValue: message.uint32(at: 24)))
        } else {
            addresses = nil
        }
    }

    /// Appends the message's 28 octets; of one whose addresses are of other lengths only the first eight, for those
    /// addresses stand in the frame alone.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: hardwareType)
        bytes.append(bigEndian: protocolType.rawValue)
        bytes.append(hardwareAddressLength)
        bytes.append(protocolAddressLength)
        bytes.append(bigEndian: operation.rawValue)
        guard let addresses else { return }
        bytes.append(bigEndian: addresses.senderHardwareAddress)
        bytes.append(bigEndian: addresses.senderProtocolAddress.rawValue)
        bytes.append(bigEndian: addresses.targetHardwareAddress)
        bytes.append(bigEndian: addresses.targetProtocolAddress.rawValue)
    }
}
