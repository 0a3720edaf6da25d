/// An ARP message (RFC 826), or RARP (RFC 903), with the addresses of the usual case, Ethernet and IPv4, as values.
///
///     0        2        4    5    6        8
///     +--------+--------+----+----+--------+---------+-------+---------+-------+
///     | htype  | ptype  |hlen|plen|  oper  |   sha   |  spa  |   tha   |  tpa  |
///     +--------+--------+----+----+--------+---------+-------+---------+-------+
public struct ARPMessage: Sendable, BitwiseCopyable, Hashable {
    /// Octets before the addresses.
    public static let fixedLength = 8

    /// The kind of hardware address: 1 for Ethernet (IANA "ARP Parameters").
    public var hardwareType: UInt16
    /// The kind of protocol address: `.ipv4` as a rule.
    public var protocolType: EtherType
    /// Octets of a hardware address.
    public var hardwareAddressLength: UInt8
    /// Octets of a protocol address.
    public var protocolAddressLength: UInt8
    /// What is asked or answered.
    public var operation: Operation
    /// Sender's and target's MAC addresses; nil where the hardware is not Ethernet or IEEE 802, or the frame is cut.
    public var hardwareAddresses: HardwareAddresses?
    /// Sender's and target's IPv4 addresses; nil where the protocol is another, or the frame is cut.
    public var protocolAddresses: ProtocolAddresses?

    /// All four, where the message is between Ethernet and IPv4 addresses.
    public var addresses: Addresses? {
        guard let hardwareAddresses, let protocolAddresses else { return nil }
        return Addresses(
            senderHardwareAddress: hardwareAddresses.sender, senderProtocolAddress: protocolAddresses.sender,
            targetHardwareAddress: hardwareAddresses.target, targetProtocolAddress: protocolAddresses.target)
    }

    /// The operation: an open number space (IANA "ARP Parameters").
    public struct Operation: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
        public let rawValue: UInt16
        @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let request = Operation(rawValue: 1)
        public static let reply = Operation(rawValue: 2)
        /// RARP (RFC 903).
        public static let reverseRequest = Operation(rawValue: 3)
        /// RARP (RFC 903).
        public static let reverseReply = Operation(rawValue: 4)
    }

    /// Hardware addresses of sender and target.
    public struct HardwareAddresses: Sendable, BitwiseCopyable, Hashable {
        /// Whom the message is from.
        public let sender: MACAddress
        /// Whom it is for; zero in a request, which asks for it.
        public let target: MACAddress
    }

    /// Protocol addresses of sender and target.
    public struct ProtocolAddresses: Sendable, BitwiseCopyable, Hashable {
        /// Whom the message is from.
        public let sender: IPv4Address
        /// Whom it asks for, or answers.
        public let target: IPv4Address
    }

    /// The four addresses of an Ethernet and IPv4 message.
    public struct Addresses: Sendable, BitwiseCopyable, Hashable {
        /// Whom the message is from.
        public let senderHardwareAddress: MACAddress
        /// The address that is the sender's.
        public let senderProtocolAddress: IPv4Address
        /// Whom it is for; zero in a request, which asks for it.
        public let targetHardwareAddress: MACAddress
        /// The address that is asked for, or answered.
        public let targetProtocolAddress: IPv4Address

        /// The addresses in the order in which they are sent.
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
        hardwareAddresses = HardwareAddresses(
            sender: addresses.senderHardwareAddress, target: addresses.targetHardwareAddress)
        protocolAddresses = ProtocolAddresses(
            sender: addresses.senderProtocolAddress, target: addresses.targetProtocolAddress)
    }

    /// Octets of the whole message, given its first eight.
    static func length(fixedPart header: Span<UInt8>) -> Int {
        fixedLength + 2 * Int(header[4]) + 2 * Int(header[5])
    }

    /// Decodes the first eight octets of `header`, which must hold them, without addresses.
    init(decodingFixedPart header: Span<UInt8>) {
        hardwareType = header.uint16(at: 0)
        protocolType = EtherType(rawValue: header.uint16(at: 2))
        hardwareAddressLength = header[4]
        protocolAddressLength = header[5]
        operation = Operation(rawValue: header.uint16(at: 6))
    }

    /// Decodes `message`, which must hold `length(fixedPart:)` octets.
    init(decoding message: Span<UInt8>) {
        self.init(decodingFixedPart: message)
        let start = Self.fixedLength
        let hardwareLength = Int(hardwareAddressLength)
        let targetStart = start + hardwareLength + Int(protocolAddressLength)
        if hardwareAddressLength == 6, hardwareType == 1 || hardwareType == 6 {
            hardwareAddresses = HardwareAddresses(
                sender: MACAddress(rawValue: message.uint48(at: start)),
                target: MACAddress(rawValue: message.uint48(at: targetStart)))
        }
        if protocolAddressLength == 4, protocolType == .ipv4 {
            protocolAddresses = ProtocolAddresses(
                sender: IPv4Address(rawValue: message.uint32(at: start + hardwareLength)),
                target: IPv4Address(rawValue: message.uint32(at: targetStart + hardwareLength)))
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
