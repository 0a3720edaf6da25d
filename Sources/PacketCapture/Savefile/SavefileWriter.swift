import Glibc
public import PacketDecode

/// A pcap file with nanosecond timestamps, written frame by frame.
///
/// The format is that of draft-ietf-opsawg-pcap: a header of 24 octets with the magic number A1B23C4D, then records of
/// 16 octets and the frame. It is written here and not by libpcap, whose calls do not report a failed close.
///
///     var writer = try SavefileWriter(path: "out.pcap", linkType: reader.linkType, snapshotLength: 262_144)
///     try writer.write(info, bytes)
///     try writer.close()
///
/// What is written stands in a buffer until it is full, `flush()` or `close()`. A writer that goes out of use without
/// `close()` writes what it holds and closes the file, and nobody learns of errors.
@safe
public struct SavefileWriter: ~Copyable, Sendable {
    /// The path as it was given; "-" is standard output.
    public let path: String
    /// Frames written so far, those that still stand in the buffer included.
    public private(set) var frameCount: UInt64 = 0
    /// The open file, or -1 after it was closed.
    private var descriptor: Int32
    private var buffer: [UInt8]

    private static let bufferSize = 256 << 10
    /// Standard output belongs to the process: it is written to and never closed.
    private var ownsDescriptor: Bool { path != "-" }

    /// Makes the file, or empties it, and puts the file header into the buffer.
    ///
    /// - Throws: `CaptureError.cannotOpen`.
    public init(path: String, linkType: LinkType, snapshotLength: Int = 262_144) throws(CaptureError) {
        self.path = path
        buffer = []
        buffer.reserveCapacity(Self.bufferSize)
        descriptor =
            path == "-" ? STDOUT_FILENO : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        append(0xA1B2_3C4D)
        append(0x0004_0002)  // version 2.4: two 16-bit fields, the major one first
        append(0)  // reserved
        append(0)  // reserved
        append(UInt32(clamping: snapshotLength))
        append(linkType.rawValue)
    }

    deinit {
        guard descriptor >= 0 else { return }
        _ = Self.write(buffer, to: descriptor)
        if ownsDescriptor { _ = Glibc.close(descriptor) }
    }

    /// Adds a frame: `bytes`, which had `info.originalLength` octets on the wire at `info.timestamp`.
    ///
    /// - Throws: `CaptureError.writeFailed` where a full buffer could not be written; `CaptureError.timestampOutOfRange`.
    public mutating func write(_ info: FrameInfo, _ bytes: Span<UInt8>) throws(CaptureError) {
        guard let seconds = UInt32(exactly: info.timestamp.seconds) else {
            throw .timestampOutOfRange(path: path, frame: info.number)
        }
        if buffer.count + 16 + bytes.count > Self.bufferSize { try flush() }
        append(seconds)
        append(UInt32(info.timestamp.subsecondNanoseconds))
        append(UInt32(clamping: bytes.count))
        append(UInt32(clamping: info.originalLength))
        unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        frameCount += 1
    }

    /// Adds a packet that was kept. Throws as the other `write` does. Its link type should be the file's.
    public mutating func write(_ packet: CapturedPacket) throws(CaptureError) {
        try write(packet.info, packet.bytes.span)
    }

    /// Hands everything written so far to the system.
    ///
    /// - Throws: `CaptureError.writeFailed`. The octets that were not written are lost, and with them the file's end.
    public mutating func flush() throws(CaptureError) {
        let failure = Self.write(buffer, to: descriptor)
        buffer.removeAll(keepingCapacity: true)
        if let failure { throw .writeFailed(path: path, errno: failure) }
    }

    /// Writes what the buffer holds and closes the file, once and for all.
    ///
    /// - Throws: `CaptureError.writeFailed`. The file is closed even so.
    public consuming func close() throws(CaptureError) {
        var failure = Self.write(buffer, to: descriptor)
        if ownsDescriptor, Glibc.close(descriptor) != 0, failure == nil { failure = errno }
        descriptor = -1
        if let failure { throw .writeFailed(path: path, errno: failure) }
    }

    /// Little-endian, whatever the machine: readers tell by the magic number.
    private mutating func append(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            buffer.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes all octets; the errno of the call that failed, or nil.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let start = unsafe UnsafeRawBufferPointer(rebasing: rest).baseAddress
                let count = unsafe Glibc.write(descriptor, start, rest.count)
                if count >= 0 {
                    unsafe rest = unsafe rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Standard output may be someone else's non-blocking pipe.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
