public import PacketDecode

/// Why a capture could not be opened, read, written or gone on with.
///
/// Each case holds what one clear line needs: what failed, on what, and why. `path` is as the caller gave it, so "-"
/// is standard input or output. `message` is libpcap's own text.
public enum CaptureError: Error, Sendable, Equatable {
    // MARK: Interfaces

    /// No interface of this name exists in the network namespace of the calling thread.
    case noSuchInterface(name: String)
    /// The process may not capture on the interface. It needs CAP_NET_RAW there.
    case permissionDenied(interface: String, message: String)
    /// The interface exists and is down.
    case interfaceNotUp(name: String)
    /// The interface vanished, or went down for good, during the capture.
    case interfaceWentDown(name: String, message: String)

    // MARK: Filters

    /// The filter's text is not in the language of pcap-filter(7), or cannot match on this link type.
    case invalidFilter(text: String, message: String)
    /// libpcap compiles no filter for this link type, not even an empty one.
    case unsupportedLinkType(LinkType, message: String)

    // MARK: Savefiles

    /// open(2) failed with `errno`.
    case cannotOpen(path: String, errno: Int32)
    /// read(2) failed with `errno` after `wholeFrames` frames.
    case readFailed(path: String, wholeFrames: UInt64, errno: Int32)
    /// write(2) or close(2) failed with `errno`: ENOSPC is a full disk, EPIPE a closed pipe.
    case writeFailed(path: String, errno: Int32)
    /// The file does not begin as pcap or pcapng files do.
    case notACapture(path: String, message: String)
    /// The file is compressed. It may hold a capture, which libpcap does not unpack.
    case compressed(path: String, format: CompressionFormat)
    /// The file ends inside a record, or inside its header, after `wholeFrames` frames, each of which was read.
    case cutFile(path: String, wholeFrames: UInt64, message: String)
    /// The file is pcap or pcapng and, after `wholeFrames` good frames, breaks its format or needs what libpcap lacks.
    case malformedFile(path: String, wholeFrames: UInt64, message: String)
    /// A pcapng file describes interfaces that differ, which libpcap does not read. `wholeFrames` frames came before.
    case differingInterfaces(path: String, difference: InterfaceDifference, wholeFrames: UInt64, message: String)
    /// The frame's timestamp does not fit into the 32 bits of seconds that pcap has: 1970 to 2106.
    case timestampOutOfRange(path: String, frame: UInt64)

    // MARK: The rest

    /// Something else that libpcap or the system refused, in its own words.
    case other(operation: String, message: String)

    /// What differs between the interfaces of one pcapng file.
    public enum InterfaceDifference: Sendable, Hashable {
        case linkType
        case snapshotLength
    }
}
