import PacketDecode

/// What the state machine reads of a segment and of the packet around it.
///
/// A small value of its own: a `TCPHeader` with its options is large, and handing it on would copy it.
struct TCPSegment: BitwiseCopyable {
    let sequenceNumber: SequenceNumber
    let acknowledgmentNumber: SequenceNumber
    let flags: TCPFlags
    let window: UInt16
    /// Octets of data that the segment had on the wire.
    let dataLength: UInt32
    /// TSval; meaningful with `hasTimestamp`.
    let timestampValue: UInt32
    /// TSecr; 0 where there is none: without ACK it means nothing (RFC 7323 §3.2).
    let timestampEcho: UInt32
    let hasTimestamp: Bool
    let isSACKPermitted: Bool
    /// The IPv4 identification; 0 where there is none, for 0 proves nothing (RFC 6864 §4.1).
    let identification: UInt16
    /// Where the frame was seen, in a capture of several interfaces; 0 elsewhere.
    let interface: UInt8
    /// The shift count as sent; nil without the option.
    let windowScale: UInt8?
    /// The maximum segment size as sent, in octets; 0 without the option.
    let maximumSegmentSize: UInt16
    let sackBlocks: BoundedArray<4, SACKBlock>

    @inline(__always)
    init(_ header: TCPHeader, _ packet: DecodedPacket) {
        sequenceNumber = header.sequenceNumber
        acknowledgmentNumber = header.acknowledgmentNumber
        flags = header.flags
        window = header.window
        windowScale = header.options.windowScale
        maximumSegmentSize = header.options.maximumSegmentSize ?? 0
        isSACKPermitted = header.options.isSACKPermitted
        if let timestamps = header.options.timestamps {
            timestampValue = timestamps.value
            timestampEcho = header.flags.contains(.ack) ? timestamps.echoReply : 0
            hasTimestamp = true
        } else {
            timestampValue = 0
            timestampEcho = 0
            hasTimestamp = false
        }
        sackBlocks = header.options.sackBlocks
        dataLength = packet.payloadLength
        if case .ipv4(let ipv4) = packet.network { identification = ipv4.identification } else { identification = 0 }
        if case .linuxSLL2(let link) = packet.link {
            // A frame that leaves by an interface and comes in by the same one (lo) is seen twice, too.
            interface = UInt8(truncatingIfNeeded: link.interfaceIndex << 1 | (link.packetType == 4 ? 1 : 0)) | 0x80
        } else {
            interface = 0
        }
    }
}
