extension TCPOption {
    /// Appends the option's octets.
    ///
    /// - Parameter frame: the frame that the option's ranges point into; of an option without ranges it is not read.
    public func encode(from frame: Span<UInt8>, into bytes: inout [UInt8]) {
        switch self {
        case .endOfList: bytes.append(TCPOptionKind.endOfList.rawValue)
        case .noOperation: bytes.append(TCPOptionKind.noOperation.rawValue)
        case .maximumSegmentSize(let size):
            Self.appendHead(.maximumSegmentSize, dataLength: 2, to: &bytes)
            bytes.append(bigEndian: size)
        case .windowScale(let shift):
            Self.appendHead(.windowScale, dataLength: 1, to: &bytes)
            bytes.append(shift)
        case .sackPermitted: Self.appendHead(.sackPermitted, dataLength: 0, to: &bytes)
        case .sack(let blocks):
            Self.appendHead(.sack, dataLength: blocks.count * 8, to: &bytes)
            for index in blocks.indices {
                bytes.append(bigEndian: blocks[index].leftEdge.rawValue)
                bytes.append(bigEndian: blocks[index].rightEdge.rawValue)
            }
        case .timestamps(let timestamps):
            Self.appendHead(.timestamps, dataLength: 8, to: &bytes)
            bytes.append(bigEndian: timestamps.value)
            bytes.append(bigEndian: timestamps.echoReply)
        case .md5Signature(let digest): Self.append(.md5Signature, data: digest, of: frame, to: &bytes)
        case .userTimeout(let isInMinutes, let value):
            Self.appendHead(.userTimeout, dataLength: 2, to: &bytes)
            bytes.append(bigEndian: (isInMinutes ? 0x8000 : 0) | value & 0x7FFF)
        case .authentication(let keyID, let nextKeyID, let code):
            Self.appendHead(.authentication, dataLength: 2 + code.clamped(to: frame.count).count, to: &bytes)
            bytes.append(keyID)
            bytes.append(nextKeyID)
            bytes.append(code, of: frame)
        case .multipath(_, let data): Self.append(.multipath, data: data, of: frame, to: &bytes)
        case .fastOpenCookie(let cookie): Self.append(.fastOpenCookie, data: cookie, of: frame, to: &bytes)
        case .unknown(let kind, let data): Self.append(kind, data: data, of: frame, to: &bytes)
        case .malformed(let kind, let length):
            bytes.append(kind.rawValue)
            if let length { bytes.append(length) }
        }
    }

    /// The options' octets, padded to whole 32-bit words with ends of list, as `FrameBuilder` takes them.
    public static func encoded(_ options: [TCPOption]) -> [UInt8] {
        var bytes: [UInt8] = []
        let none: [UInt8] = []
        for option in options { option.encode(from: none.span, into: &bytes) }
        while bytes.count % 4 != 0 { bytes.append(TCPOptionKind.endOfList.rawValue) }
        return bytes
    }

    private static func appendHead(_ kind: TCPOptionKind, dataLength: Int, to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        bytes.append(UInt8(truncatingIfNeeded: dataLength + 2))
    }

    private static func append(
        _ kind: TCPOptionKind, data: ByteRange, of frame: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        appendHead(kind, dataLength: data.clamped(to: frame.count).count, to: &bytes)
        bytes.append(data, of: frame)
    }
}
