import CPcap
import Glibc
import PacketDecode

/// How the records of a pcap file are read without libpcap: where the next one begins, and what its fields mean.
struct PlainRecords {
    /// Octets of a record before its frame: seconds, their fraction, captured and original length, 32 bits each.
    static let headerLength = 16
    /// Octets before the first record.
    static let fileHeaderLength = 24

    /// The next record's place in the file.
    var offset: Int64
    /// Nanoseconds of a record's fraction of a second: 1 or 1,000.
    let nanosecondsPerFraction: Int64
    /// A longer frame is libpcap's to cut, or to refuse.
    let longestFrame: Int
}

extension SavefileReader {
    /// Reads the next frames into `block`, in place of those that it held; false, and none, at the end of the file.
    ///
    /// It goes on where `next()` or an earlier block ended, and `next()` goes on behind it. A pcap file of this machine's byte
    /// order is read here in large pieces. Whatever else there is (pcapng, another byte order, pipes, filters, a record
    /// that is cut or too long) is libpcap's as ever, frame by frame.
    ///
    /// - Throws: what `next()` throws, after every whole frame before the fault was in a block.
    public mutating func readBlock(into block: inout FrameBlock) throws(CaptureError) -> Bool {
        block.frames.removeAll(keepingCapacity: true)
        unsafe frame = unsafe UnsafeBufferPointer(start: nil, count: 0)
        if try readPlainRecords(into: &block) { return true }
        // What failed is told by the next call, where frames came before it.
        block.octets.removeAll(keepingCapacity: true)
        do throws(CaptureError) {
            while block.octets.count < block.capacity, let info = try next() {
                let offset = block.octets.count
                unsafe block.octets.append(contentsOf: frame)
                block.frames.append(FrameBlock.Frame(offset: offset, info: info))
            }
        } catch {
            if block.frames.isEmpty { throw error }
        }
        return !block.frames.isEmpty
    }

    /// Reads whole records from where the last ones ended; false where there are none that are read so.
    private mutating func readPlainRecords(into block: inout FrameBlock) throws(CaptureError) -> Bool {
        guard isReading, var records = try startPlainRecords() else { return false }
        if block.octets.count < block.capacity {
            block.octets = [UInt8](repeating: 0, count: block.capacity)
        }
        let wanted = block.octets.count
        let count = unsafe block.octets.withUnsafeMutableBytes { room in
            unsafe pread(fileno(stream), room.baseAddress, wanted, off_t(records.offset))
        }
        // Where this fails, libpcap's reading of the same place says how.
        guard count > 0 else { return false }
        var frames: [FrameBlock.Frame] = []
        swap(&frames, &block.frames)
        defer { swap(&frames, &block.frames) }
        let all = block.octets.span
        var start = 0
        while start + PlainRecords.headerLength <= count {
            let captured = Int(all.native32(at: start + 8))
            let end = start + PlainRecords.headerLength + captured
            guard captured <= records.longestFrame, end <= count else { break }
            frameCount += 1
            let fraction = Int64(Int32(bitPattern: all.native32(at: start + 4)))
            frames.append(
                FrameBlock.Frame(
                    offset: start + PlainRecords.headerLength,
                    info: FrameInfo(
                        number: frameCount,
                        timestamp: Timestamp(
                            seconds: Int64(all.native32(at: start)),
                            nanoseconds: fraction * records.nanosecondsPerFraction),
                        capturedLength: captured, originalLength: Int(all.native32(at: start + 12)))))
            start = end
        }
        records.offset += Int64(start)
        plainRecords = records
        return start > 0
    }

    /// Where the next record begins; nil where the file's records are libpcap's to read.
    private mutating func startPlainRecords() throws(CaptureError) -> PlainRecords? {
        if let plainRecords { return plainRecords }
        guard let nanosecondsPerFraction = plainFraction else { return nil }
        let position = unsafe ftello(stream)
        guard position >= PlainRecords.fileHeaderLength else { return nil }
        return PlainRecords(
            offset: Int64(position), nanosecondsPerFraction: nanosecondsPerFraction, longestFrame: snapshotLength)
    }

    /// Nanoseconds of a record's fraction where the file is one whose records need nothing of libpcap's: a regular file that
    /// begins with pcap's header of version 2.4 in this machine's byte order, of a link type whose frames libpcap hands
    /// on as they are, without a filter.
    static func plainFraction(_ stream: UnsafeMutablePointer<FILE>, linkType: LinkType) -> Int64? {
        let known: [LinkType] = [.null, .ethernet, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2]
        var status = stat()
        let descriptor = unsafe fileno(stream)
        guard known.contains(linkType), unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        var header = [UInt8](repeating: 0, count: 8)
        guard unsafe pread(descriptor, &header, 8, 0) == 8, header.span.native32(at: 4) == 0x0004_0002 else {
            return nil
        }
        return switch header.span.native32(at: 0) {
        case 0xA1B2_C3D4: 1000
        case 0xA1B2_3C4D: 1
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// A number of this machine's byte order.
    @inline(__always)
    fileprivate func native32(at offset: Int) -> UInt32 {
        let octets = extracting(offset..<offset + 4)
        let little =
            UInt32(octets[0]) | UInt32(octets[1]) << 8 | UInt32(octets[2]) << 16 | UInt32(octets[3]) << 24
        return UInt32(littleEndian: little)
    }
}
