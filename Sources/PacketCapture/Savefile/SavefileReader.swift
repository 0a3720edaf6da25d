import CPcap
import Glibc
public import PacketDecode

/// A capture file that is read once, from its first frame to its last: pcap and pcapng, with micro- or nanoseconds.
///
///     var reader = try SavefileReader(path: "handshake.pcap")
///     while let info = try reader.next() {
///         reader.withFrameBytes { bytes in … }
///     }
///
/// The octets of a frame are lent, not copied: they stay valid until `next()` is called again, which the compiler
/// enforces. The file is closed when the reader's life ends.
@safe
public struct SavefileReader: ~Copyable, @unchecked Sendable {
    /// The path as it was given; "-" is standard input.
    public let path: String
    /// What every frame of the file begins with.
    public let linkType: LinkType
    /// The most octets that were kept of a frame, as the file says.
    public let snapshotLength: Int
    /// Frames read so far, those that the filter refused included.
    public internal(set) var frameCount: UInt64 = 0

    private let handle: OpaquePointer
    /// What the handle reads from, and owns.
    let stream: UnsafeMutablePointer<FILE>
    private let streamBuffer: UnsafeMutablePointer<CChar>
    private let filter: CaptureFilter?
    /// pcap has 32 bits of seconds, which libpcap takes as signed and the format means unsigned.
    private let secondsMask: Int64
    private var ending: Ending = .notReached
    /// Nanoseconds of a record's fraction of a second, where records may be read without libpcap; else nil.
    let plainFraction: Int64?
    /// The state of that; nil while libpcap's own place in the file is the reader's.
    var plainRecords: PlainRecords?

    /// The lent frame's octets: libpcap's own buffer. Empty before the first frame and after the last.
    @usableFromInline internal var frame: UnsafeBufferPointer<UInt8>

    private enum Ending {
        case notReached
        case endOfFile
        case failed(CaptureError)
    }

    /// What stdio reads at once. Its default of 4 KiB doubles the time of a whole file.
    private static let streamBufferSize = 512 << 10

    /// The type of a Section Header Block, the same in either byte order.
    private static let pcapNGMagic: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A]

    /// Opens a file and reads its header.
    ///
    /// - Parameters:
    ///   - path: a file, or "-" for standard input.
    ///   - filter: text in the language of pcap-filter(7). Frames that it refuses are passed over and keep their
    ///     numbers: `FrameInfo.number` is always the frame's place in the file.
    /// - Throws: `CaptureError` of the cases under "Savefiles" and "Filters".
    public init(path: String, filter text: String? = nil) throws(CaptureError) {
        // "e": no child process inherits the descriptor.
        let opened = unsafe path == "-" ? fdopen(dup(STDIN_FILENO), "re") : fopen(path, "re")
        guard let stream = unsafe opened else { throw .cannotOpen(path: path, errno: errno) }
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: Self.streamBufferSize)
        unsafe setvbuf(stream, buffer, _IOFBF, Self.streamBufferSize)
        unsafe __fsetlocking(stream, Int32(FSETLOCKING_BYCALLER))

        let handle: OpaquePointer
        let isPcapNG: Bool
        do throws(CaptureError) {
            let magic = try unsafe Self.peekMagic(stream, path: path)
            isPcapNG = magic == Self.pcapNGMagic
            unsafe handle = try unsafe Self.openHandle(stream, path: path, magic: magic)
        } catch {
            unsafe fclose(stream)
            unsafe buffer.deallocate()
            throw error
        }
        // From here on the handle owns the stream.
        do throws(CaptureError) {
            filter = if let text { try unsafe CaptureFilter(text, compiledFor: handle) } else { nil }
        } catch {
            unsafe pcap_close(handle)
            unsafe buffer.deallocate()
            throw error
        }
        self.path = path
        unsafe self.handle = unsafe handle
        unsafe self.stream = unsafe stream
        unsafe streamBuffer = unsafe buffer
        secondsMask = isPcapNG ? -1 : 0xFFFF_FFFF
        linkType = LinkType(datalink: unsafe pcap_datalink(handle))
        snapshotLength = Int(unsafe pcap_snapshot(handle))
        unsafe frame = unsafe UnsafeBufferPointer(start: nil, count: 0)
        plainFraction =
            path == "-" || filter != nil ? nil : unsafe Self.plainFraction(stream, linkType: linkType)
    }

    deinit {
        unsafe pcap_close(handle)
        unsafe streamBuffer.deallocate()
    }

    /// Reads the next frame that the filter accepts, and lends it until the next call. Nil at the end of the file.
    ///
    /// - Throws: `CaptureError.cutFile`, `.malformedFile`, `.differingInterfaces` or `.readFailed`, after every whole
    ///   frame before the fault was lent; and again at each later call.
    public mutating func next() throws(CaptureError) -> FrameInfo? {
        guard isReading else { return try endAgain() }
        if let records = plainRecords {
            unsafe fseeko(stream, off_t(records.offset), SEEK_SET)
            plainRecords = nil
        }
        while true {
            var header: UnsafeMutablePointer<pcap_pkthdr>?
            var bytes: UnsafePointer<UInt8>?
            let status = unsafe pcap_next_ex(handle, &header, &bytes)
            guard status == 1, let header = unsafe header, let bytes = unsafe bytes else { return try end(status) }
            frameCount += 1
            if let filter, unsafe !filter.matches(header, bytes) { continue }
            let capturedLength = Int(unsafe header.pointee.caplen)
            unsafe frame = unsafe UnsafeBufferPointer(start: bytes, count: capturedLength)
            let time = unsafe header.pointee.ts
            return FrameInfo(
                number: frameCount,
                timestamp: Timestamp(seconds: Int64(time.tv_sec) & secondsMask, nanoseconds: Int64(time.tv_usec)),
                capturedLength: capturedLength,
                originalLength: Int(unsafe header.pointee.len))
        }
    }

    /// Lends the octets of the frame that `next()` returned last. None before the first frame and after the last.
    @inlinable
    public func withFrameBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let lent = unsafe frame
        return try unsafe body(lent.span)
    }

    /// Lends each frame that is left to `body`, in the file's order.
    ///
    /// - Throws: what `next()` throws, or what `body` throws, which ends the reading.
    @inlinable
    public mutating func forEachFrame(_ body: (FrameInfo, Span<UInt8>) throws -> Void) throws {
        while let info = try next() {
            let lent = unsafe frame
            try unsafe body(info, lent.span)
        }
    }
}

extension SavefileReader {
    /// Whether neither the end nor a fault was met.
    var isReading: Bool {
        if case .notReached = ending { true } else { false }
    }

    private mutating func end(_ status: Int32) throws(CaptureError) -> FrameInfo? {
        let cause = errno
        unsafe frame = unsafe UnsafeBufferPointer(start: nil, count: 0)
        ending =
            status == PCAP_ERROR_BREAK
            ? .endOfFile
            : .failed(
                .reading(unsafe String(cString: pcap_geterr(handle)), path: path, wholeFrames: frameCount, errno: cause)
            )
        return try endAgain()
    }

    private func endAgain() throws(CaptureError) -> FrameInfo? {
        if case .failed(let error) = ending { throw error }
        return nil
    }

    /// The first octets, up to four, without taking them from the stream.
    private static func peekMagic(_ stream: UnsafeMutablePointer<FILE>, path: String) throws(CaptureError) -> [UInt8] {
        var magic = [UInt8](repeating: 0, count: 4)
        let count = unsafe fread(&magic, 1, 4, stream)
        if count < 4, unsafe ferror(stream) != 0 { throw .readFailed(path: path, wholeFrames: 0, errno: errno) }
        magic.removeLast(4 - count)
        // glibc steps back in its buffer for octets that were just read from it, so all four fit.
        for octet in magic.reversed() {
            guard unsafe ungetc(Int32(octet), stream) != EOF else {
                throw .other(operation: "ungetc", message: "the stream took back fewer octets than it gave")
            }
        }
        return magic
    }

    private static func openHandle(
        _ stream: UnsafeMutablePointer<FILE>, path: String, magic: [UInt8]
    ) throws(CaptureError) -> OpaquePointer {
        if let format = CompressionFormat(magic: magic) { throw .compressed(path: path, format: format) }
        var text = [CChar].errorBuffer
        let opened = unsafe pcap_fopen_offline_with_tstamp_precision(
            stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &text)
        let cause = errno
        if let handle = unsafe opened { return unsafe handle }
        let message = String(errorBuffer: text)
        let isUnknown = message.hasPrefix("unknown file format")
        // libpcap takes a pcapng file for none where it ends before its byte-order magic.
        if isUnknown, magic == pcapNGMagic, unsafe feof(stream) != 0 {
            throw .cutFile(path: path, wholeFrames: 0, message: "the file ends inside its first block")
        }
        if isUnknown || magic.count < 4 {
            throw .notACapture(path: path, message: magic.isEmpty ? "the file is empty" : message)
        }
        throw .reading(message, path: path, wholeFrames: 0, errno: cause)
    }
}

extension CaptureError {
    /// The case that libpcap's message of a failed read stands for. libpcap has no codes for them: its texts were the
    /// same in 1.8 to 1.10. A text that is not known becomes `malformedFile`, and is kept.
    static func reading(_ message: String, path: String, wholeFrames: UInt64, errno: Int32) -> CaptureError {
        if message.hasPrefix("truncated ") {
            return .cutFile(path: path, wholeFrames: wholeFrames, message: message)
        }
        if message.hasPrefix("error reading dump file") {
            return .readFailed(path: path, wholeFrames: wholeFrames, errno: errno)
        }
        if message.hasPrefix("an interface has a type ") {
            return .differingInterfaces(
                path: path, difference: .linkType, wholeFrames: wholeFrames, message: message)
        }
        if message.hasPrefix("an interface has a snapshot length ") {
            return .differingInterfaces(
                path: path, difference: .snapshotLength, wholeFrames: wholeFrames, message: message)
        }
        return .malformedFile(path: path, wholeFrames: wholeFrames, message: message)
    }
}
