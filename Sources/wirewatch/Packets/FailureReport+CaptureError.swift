import Glibc
import PacketCapture
import PacketDecode
import Presentation

extension FailureReport {
    /// A capture error in words, with what helps against it.
    init(_ error: CaptureError) {
        switch error {
        case .noSuchInterface(let name):
            self.init(
                what: "cannot capture on \(name)", reason: "there is no interface of this name",
                advice: "See which there are with: wirewatch interfaces")
        case .permissionDenied(let interface, _):
            self.init(
                what: "cannot open \(interface) for capture", reason: "permission denied",
                advice: "Run with sudo, or `wirewatch demo`, which needs no rights")
        case .interfaceNotUp(let name):
            self.init(
                what: "cannot capture on \(name)", reason: "the interface is down",
                advice: "Raise it with: ip link set \(name) up")
        case .interfaceWentDown(let name, _):
            self.init(what: "cannot go on capturing on \(name)", reason: "the interface went down or away")
        case .invalidFilter(let text, let message):
            self.init(
                what: "cannot use the filter '\(text)'", reason: message,
                advice: "The language is described in: man pcap-filter")
        case .unsupportedLinkType(let linkType, let message):
            self.init(
                what: "cannot filter frames of link type \(linkType.rawValue)\(Self.parenthesis(linkType.name))",
                reason: message, advice: "Leave the filter away")
        default: self.init(savefile: error)
        }
    }

    private init(savefile error: CaptureError) {
        switch error {
        case .cannotOpen(let path, let errno):
            self.init(
                what: "cannot open \(Self.name(path))", reason: StandardError.words(for: errno),
                advice: errno == ENOENT ? "Check the path" : "")
        case .readFailed(let path, _, EISDIR):
            self.init(
                what: "cannot read \(Self.name(path))", reason: StandardError.words(for: EISDIR),
                advice: "Give a capture file")
        case .readFailed(let path, let frames, let errno):
            self.init(
                what: "cannot read on in \(Self.name(path))", reason: StandardError.words(for: errno),
                advice: Self.framesBefore(frames))
        case .writeFailed(let path, let errno):
            self.init(
                what: path == "-" ? "cannot write to standard output" : "cannot write \(path)",
                reason: StandardError.words(for: errno), advice: errno == ENOSPC ? "Make room on the disk" : "")
        case .notACapture(let path, let message):
            self.init(
                what: "cannot read \(Self.name(path))", reason: "it is not a capture: \(message)",
                advice: "Files of pcap and pcapng are read")
        case .compressed(let path, let format):
            self.init(
                what: "cannot read \(Self.name(path))", reason: "it is compressed with \(format.rawValue)",
                advice: Self.unpacking(path, format))
        case .cutFile(let path, let frames, let message):
            self.init(
                what: "\(Self.name(path)) is cut off in the midst of a frame", reason: message,
                advice: Self.framesBefore(frames))
        case .malformedFile(let path, let frames, let message):
            self.init(
                what: "cannot read on in \(Self.name(path))", reason: message, advice: Self.framesBefore(frames))
        case .differingInterfaces(let path, let difference, let frames, let message):
            let what = difference == .linkType ? "link types" : "snapshot lengths"
            self.init(
                what: "cannot read on in \(Self.name(path))",
                reason: "its interfaces have different \(what), which libpcap does not read (\(message))",
                advice: "\(Self.framesBefore(frames)). Take one interface's frames out with: "
                    + "tshark -r FILE -Y 'frame.interface_id == 0' -w ONE.pcapng")
        case .timestampOutOfRange(let path, let frame):
            self.init(
                what: "cannot write frame \(frame) to \(Self.name(path))",
                reason: "its time lies outside 1970 to 2106, which is all that pcap can hold")
        case .other(let operation, let message):
            self.init(what: operation, reason: message)
        case .noSuchInterface, .permissionDenied, .interfaceNotUp, .interfaceWentDown, .invalidFilter,
            .unsupportedLinkType:
            // Worded above.
            self.init(what: "cannot capture", reason: "\(error)")
        }
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    private static func parenthesis(_ text: String?) -> String { text.map { " (\($0))" } ?? "" }

    private static func framesBefore(_ count: UInt64) -> String {
        switch count {
        case 0: "No whole frame comes before"
        case 1: "The one whole frame before was read"
        default: "The \(count) whole frames before were read"
        }
    }

    private static func unpacking(_ path: String, _ format: CompressionFormat) -> String {
        let tool =
            switch format {
            case .gzip: "zcat"
            case .bzip2: "bzcat"
            case .xz: "xzcat"
            case .zstd: "zstdcat"
            case .lz4: "lz4cat"
            }
        return "Unpack it on the way: \(tool) \(path == "-" ? "FILE" : path) | wirewatch read -"
    }
}
