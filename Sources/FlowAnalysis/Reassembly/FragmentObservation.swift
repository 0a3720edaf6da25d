public import PacketDecode

/// What a packet is to the datagrams that are being reassembled.
public struct FragmentObservation: Sendable {
    public enum Outcome: Sendable {
        /// The packet is whole. An atomic fragment (RFC 6946) is, whatever else bears its identification.
        case notFragment
        /// It is kept until the rest comes.
        case held
        /// Its octets are there already, and it is dropped.
        case duplicate
        /// It was the last one missing.
        case complete(ReassembledDatagram)
        /// It takes no part in any datagram.
        case refused(FragmentFault)
        /// It made an end of its datagram, which never comes together.
        case discarded(AbandonedDatagram)
    }

    public internal(set) var outcome: Outcome = .notFragment
    /// Octets that the fragment brought a second time; nil where it brought none.
    public internal(set) var overlap: FragmentOverlap?
    /// Other datagrams that were given up at this packet's time: expired, or evicted to make room.
    public internal(set) var abandoned: [AbandonedDatagram] = []
}

/// Why a fragment takes no part in reassembly. What was held of its datagram stays.
public enum FragmentFault: String, Error, Sendable, Hashable {
    /// The length in its IP header is more than the frame holds, or less than the headers take.
    case malformedLength
    /// Its headers are not all there: the snapshot length cut them.
    case headersCut
    /// An IPv6 fragment that is not the last, and whose length is no multiple of eight (RFC 8200 §4.5).
    case unalignedLength
}

/// The part of a fragment that was there already.
///
/// Positions are octets of the datagram's data, from 0.
public struct FragmentOverlap: Sendable, BitwiseCopyable, Hashable {
    public enum Resolution: String, Sendable, BitwiseCopyable {
        /// The fragment lies within what is there, and is dropped.
        case ignoredDuplicate
        case keptFirst
        case keptLast
        case discardedDatagram
    }

    /// The first octet that was there.
    public var start: Int
    /// Behind the last octet that was there.
    public var end: Int
    /// Octets that were there; fewer than `end - start` where there are holes between.
    public var octetCount: Int
    /// Of those, octets that differ. Where one of the two was not captured, nothing can be said, and it does not count.
    public var differingOctetCount: Int
    public var resolution: Resolution
}

/// A datagram whose fragments all came.
public struct ReassembledDatagram: Sendable, Hashable {
    public let key: FragmentKey
    /// The frames of the fragments, in the capture's order. Duplicates that brought nothing are not among them.
    public let frames: [UInt64]
    /// The whole packet: the first fragment's IP header, with the length, flags and checksum of a packet that was never
    /// fragmented and without the IPv6 fragment header, then the data.
    ///
    /// Where a snapshot length cut fragments it ends before the first octet that is missing, and is shorter than
    /// `originalLength`.
    public let octets: [UInt8]
    /// Octets of the whole packet.
    public let originalLength: Int
    /// Octets of its fragments' frames on the wire, those of duplicates included.
    public let frameOctets: UInt64
    public let repetitions: FragmentRepetitions

    /// What decodes `octets`.
    public var linkType: LinkType { key.isIPv6 ? .ipv6 : .ipv4 }

    /// Decodes the whole packet; its ranges are into `octets`.
    public func decode() -> DecodedPacket {
        PacketDecoder(linkType: linkType).decode(octets.span, originalLength: originalLength)
    }
}

/// What fragments of one datagram brought a second time.
public struct FragmentRepetitions: Sendable, BitwiseCopyable, Hashable {
    /// Fragments that were dropped, for all their octets were there.
    public internal(set) var duplicates: UInt32 = 0
    /// Fragments that overlapped others and were no mere duplicates.
    public internal(set) var overlapping: UInt32 = 0
    /// Octets that came a second time and differ from those that were there.
    public internal(set) var differingOctetCount: Int = 0

    public init() {}
}

/// A datagram that was given up.
public struct AbandonedDatagram: Sendable, Hashable {
    public enum Reason: String, Sendable {
        /// Fragments were missing for longer than the time allowed (RFC 791 §3.2, RFC 8200 §4.5).
        case expired
        /// It was the oldest, and its room was needed.
        case evicted
        /// A fragment overlapped others (policy `linux`).
        case overlap
        /// Two fragments disagree about where the datagram ends.
        case conflictingLength
        /// A fragment without data.
        case emptyFragment
        /// A fragment reaches beyond the 65,535 octets that an IP packet can have, as the "ping of death" did.
        case beyondMaximumLength
        /// The capture ended.
        case endOfCapture
    }

    public let key: FragmentKey
    /// The frames of its fragments, the one that made an end of it included.
    public let frames: [UInt64]
    public let reason: Reason
    /// Octets of data that were there.
    public let octetCount: Int
    /// Octets of data of the whole datagram; nil where the last fragment never came.
    public let dataLength: Int?
    /// Whether the fragment with the transport header never came.
    public let isFirstFragmentMissing: Bool
    /// Octets of its fragments' frames on the wire, those of duplicates included.
    public let frameOctets: UInt64
    public let repetitions: FragmentRepetitions
    /// The packet from its IP header on, at most up to the first octet that is missing and without the IPv6 fragment header;
    /// empty where the first fragment never came.
    public let octets: [UInt8]
    /// The flow that its first fragment named, in the table that reassembled it; nil where there is none.
    public internal(set) var flow: UInt64?
    /// Which end of that flow sent it.
    public internal(set) var direction = FlowDirection.fromInitiator

    /// Decodes what is there of the packet: its headers, and who it is between. Ranges are into `octets`.
    public func decode() -> DecodedPacket {
        PacketDecoder(linkType: key.isIPv6 ? .ipv6 : .ipv4).decode(octets.span, originalLength: octets.count)
    }
}
