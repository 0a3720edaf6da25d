/// What a client asks of a TCP test.
public struct Iperf3Parameters: Sendable, Hashable {
    /// What ends the test; the client sees to it.
    public enum End: Sendable, Hashable {
        case duration(nanoseconds: Int64)
        case octets(Int)
        /// Calls of the sender's.
        case blocks(Int)
    }

    public var end: End
    /// Nanoseconds before measuring begins, in whole seconds; zero for none.
    public var omit: Int64
    /// Bits a second that the sender gives each stream at most; nil for as many as it takes.
    public var bitrate: Int64?
    /// Blocks that leave back to back while the bitrate is held.
    public var burst: Int
    /// Streams at once, 1 to 128.
    public var parallel: Int
    /// Whether the server sends.
    public var isReversed: Bool
    /// Octets of one call, up to 1 MiB.
    public var blockLength: Int
    public var isNagleDisabled: Bool
    /// Octets of the socket buffers; nil for the kernel's choice.
    public var window: Int32?
    public var maximumSegmentSize: Int32?
    /// The sender's congestion control, by the kernel's name; nil for the system's.
    public var congestionControl: String?
    /// Whether the client wants the server's report.
    public var wantsPeerReport: Bool

    public static let parallelLimit = 128
    /// Seconds that are omitted at most, as iperf3 has it.
    public static let omitLimit = 60
    public static let burstLimit = 1000
    public static let blockLengthLimit = 1 << 20
    public static let defaultBlockLength = 128 << 10

    public init(end: End) {
        self.end = end
        omit = 0
        burst = 1
        parallel = 1
        isReversed = false
        blockLength = Self.defaultBlockLength
        isNagleDisabled = false
        wantsPeerReport = false
    }
}

extension Iperf3Parameters {
    /// Reads a client's JSON.
    ///
    /// - Throws: `unsupported` with the option that is not served, `malformed` for what no client sends.
    package init(_ json: JSONValue) throws(Iperf3Failure) {
        let isReversed = json["reverse"]?.isSet ?? false
        let refused: [(name: String, option: String, isRefused: Bool)] = [
            ("udp", "--udp", true), ("sctp", "--sctp", true), ("bidirectional", "--bidir", true),
            ("authtoken", "--username", true),
            // What a sender does to itself is the client's affair unless this side sends.
            ("fqrate", "--fq-rate with --reverse", isReversed),
            ("TOS", "--tos with --reverse", isReversed), ("flowlabel", "--flowlabel with --reverse", isReversed),
        ]
        for (name, option, isRefused) in refused where isRefused {
            let value = json[name]
            if value?.isSet == true || value?.string != nil { throw .unsupported(option) }
        }
        guard json["tcp"]?.isSet == true else { throw .malformed(expected: "a test of TCP") }
        if let octets = json["num"]?.integer, octets > 0 {
            end = .octets(octets)
        } else if let blocks = json["blockcount"]?.integer, blocks > 0 {
            end = .blocks(blocks)
        } else {
            // iperf3 holds a test for a day at most.
            guard let seconds = json["time"]?.integer, 0...86400 ~= seconds else {
                throw .malformed(expected: "a test's end")
            }
            end = .duration(nanoseconds: Int64(seconds) * 1_000_000_000)
        }
        parallel = json["parallel"]?.integer ?? 1
        blockLength = json["len"]?.integer ?? Self.defaultBlockLength
        let omitted = json["omit"]?.integer ?? 0
        guard 0...Self.omitLimit ~= omitted else { throw .malformed(expected: "at most 60 s to omit") }
        omit = Int64(omitted) * 1_000_000_000
        bitrate = json["bandwidth"]?.integer.flatMap { $0 > 0 ? Int64($0) : nil }
        burst = min(max(1, json["burst"]?.integer ?? 1), Self.burstLimit)
        guard 1...Self.parallelLimit ~= parallel else { throw .malformed(expected: "1 to 128 streams") }
        guard 1...Self.blockLengthLimit ~= blockLength else { throw .malformed(expected: "blocks of up to 1 MiB") }
        self.isReversed = isReversed
        isNagleDisabled = json["nodelay"]?.isSet ?? false
        window = json["window"]?.integer.flatMap { $0 > 0 ? Int32(clamping: $0) : nil }
        maximumSegmentSize = json["MSS"]?.integer.flatMap { $0 > 0 ? Int32(clamping: $0) : nil }
        congestionControl = json["congestion"]?.string
        wantsPeerReport = json["get_server_output"]?.isSet ?? false
    }

    /// The parameters as iperf3's server reads them.
    package var json: JSONValue {
        let omitted = Int(omit / 1_000_000_000)
        var members = [JSONValue.Member("tcp", .flag(true)), JSONValue.Member("omit", .integer(omitted))]
        func add(_ name: String, _ value: JSONValue) { members.append(JSONValue.Member(name, value)) }
        var (seconds, octets, blocks) = (0, 0, 0)
        switch end {
        case .duration(let nanoseconds): seconds = Int((nanoseconds + 999_999_999) / 1_000_000_000)
        case .octets(let count): octets = count
        case .blocks(let count): blocks = count
        }
        add("time", .integer(seconds))
        add("num", .integer(octets))
        add("blockcount", .integer(blocks))
        add("parallel", .integer(parallel))
        if isReversed { add("reverse", .flag(true)) }
        if isNagleDisabled { add("nodelay", .flag(true)) }
        if let window { add("window", .integer(Int(window))) }
        if let maximumSegmentSize { add("MSS", .integer(Int(maximumSegmentSize))) }
        add("len", .integer(blockLength))
        if let bitrate { add("bandwidth", .integer(Int(bitrate))) }
        if burst > 1 { add("burst", .integer(burst)) }
        add("pacing_timer", .integer(1000))
        if let congestionControl { add("congestion", .text(congestionControl)) }
        if wantsPeerReport { add("get_server_output", .integer(1)) }
        add("client_version", .text("wirewatch"))
        return .object(members)
    }
}
