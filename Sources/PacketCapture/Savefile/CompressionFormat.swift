/// A compressed file's kind, told by its first octets. Captures are often kept so.
public enum CompressionFormat: String, Sendable, Hashable, CaseIterable {
    case gzip
    case bzip2
    case xz
    case zstd
    case lz4

    /// The kind that a file's first four octets tell, or nil where they tell none.
    init?(magic: [UInt8]) {
        let found = Self.allCases.first { magic.starts(with: $0.signature) }
        guard let found else { return nil }
        self = found
    }

    /// RFC 1952 §2.3.1, RFC 8878 §3.1.1, and the formats' own pages.
    private var signature: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .bzip2: [0x42, 0x5A, 0x68]
        case .xz: [0xFD, 0x37, 0x7A, 0x58]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .lz4: [0x04, 0x22, 0x4D, 0x18]
        }
    }
}
