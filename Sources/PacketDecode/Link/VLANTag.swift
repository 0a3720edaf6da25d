/// An IEEE 802.1Q or 802.1ad tag: the identifier that announced it and the control information that followed.
///
///     announced by      TCI                     then
///     +-----------+   +-----+-+-------------+-----------+
///     |   TPID    |   | PCP |D|     VID     | EtherType |
///     +-----------+   +-----+-+-------------+-----------+
public struct VLANTag: Sendable, BitwiseCopyable, Hashable {
    /// Octets that a tag adds behind the EtherType that announced it: TCI and the next EtherType.
    public static let length = 4

    /// The EtherType that announced the tag (TPID).
    public var protocolIdentifier: EtherType
    /// TCI: priority, drop eligibility and VLAN identifier.
    public var controlInformation: UInt16

    /// A tag of the two fields as they are sent.
    @inlinable
    public init(protocolIdentifier: EtherType, controlInformation: UInt16) {
        self.protocolIdentifier = protocolIdentifier
        self.controlInformation = controlInformation
    }

    /// A tag with its parts: `priority` (PCP) 0...7, `identifier` (VID) 0...4095; higher bits are dropped.
    @inlinable
    public init(
        protocolIdentifier: EtherType = .vlan, priority: UInt8 = 0, isDropEligible: Bool = false, identifier: UInt16
    ) {
        self.protocolIdentifier = protocolIdentifier
        controlInformation =
            UInt16(priority & 7) << 13 | (isDropEligible ? 0x1000 : 0) | (identifier & 0x0FFF)
    }

    /// PCP, 0...7.
    @inlinable public var priority: UInt8 { UInt8(truncatingIfNeeded: controlInformation >> 13) }
    /// DEI (CFI in older texts).
    @inlinable public var isDropEligible: Bool { controlInformation & 0x1000 != 0 }
    /// VID, 0...4095; 0 means that the tag carries a priority only.
    @inlinable public var identifier: UInt16 { controlInformation & 0x0FFF }

    /// Appends the tag's four octets: the control information, then `typeOrLength` of what follows. The identifier that
    /// announces the tag stands before it, in the header or tag that it follows.
    public func encode(followedBy typeOrLength: UInt16, into bytes: inout [UInt8]) {
        bytes.append(bigEndian: controlInformation)
        bytes.append(bigEndian: typeOrLength)
    }
}
