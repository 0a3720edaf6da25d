import CPcap
public import PacketDecode

/// A compiled filter in the language of pcap-filter(7), for frames of one link type.
///
/// A value: it holds classic BPF instructions and no libpcap handle, so it may be shared between threads.
public struct CaptureFilter: Sendable {
    /// The text that was compiled.
    public let text: String
    let instructions: [bpf_insn]

    /// Compiles `text`; the empty text accepts every frame.
    ///
    /// - Throws: `CaptureError.invalidFilter` with libpcap's message, or `CaptureError.unsupportedLinkType`.
    public init(_ text: String, linkType: LinkType, snapshotLength: Int = 262_144) throws(CaptureError) {
        let length = Int32(clamping: snapshotLength)
        guard let handle = unsafe pcap_open_dead(linkType.datalink, length) else {
            throw .other(operation: "pcap_open_dead", message: "out of memory")
        }
        defer { unsafe pcap_close(handle) }
        try unsafe self.init(text, compiledFor: handle)
    }

    /// Compiles `text` for what `handle` reads: a live handle knows tricks that a link type alone does not, such as
    /// VLAN tags that the kernel took out of the frame.
    init(_ text: String, compiledFor handle: OpaquePointer) throws(CaptureError) {
        guard !text.utf8.contains(0) else { throw .invalidFilter(text: text, message: "a NUL octet in the filter") }
        var program = unsafe bpf_program()
        let status = unsafe pcap_compile(handle, &program, text, 1, bpf_u_int32.max)  // max: PCAP_NETMASK_UNKNOWN
        guard status == 0 else {
            let message = unsafe String(cString: pcap_geterr(handle))
            if message.hasPrefix("unknown data link type") {
                throw .unsupportedLinkType(LinkType(datalink: unsafe pcap_datalink(handle)), message: message)
            }
            throw .invalidFilter(text: text, message: message)
        }
        defer { unsafe pcap_freecode(&program) }
        self.text = text
        instructions = unsafe Array(UnsafeBufferPointer(start: program.bf_insns, count: Int(program.bf_len)))
    }

    /// Whether the filter accepts a frame of these octets, which had `originalLength` octets on the wire.
    public func matches(_ frame: Span<UInt8>, originalLength: Int) -> Bool {
        var header = pcap_pkthdr()
        header.caplen = UInt32(clamping: frame.count)
        header.len = UInt32(clamping: originalLength)
        return unsafe frame.withUnsafeBufferPointer { bytes in
            // A frame without octets still needs an address that is not null.
            guard let start = bytes.baseAddress else {
                var nothing: UInt8 = 0
                return unsafe matches(&header, &nothing)
            }
            return unsafe matches(&header, start)
        }
    }

    func matches(_ header: UnsafePointer<pcap_pkthdr>, _ bytes: UnsafePointer<UInt8>) -> Bool {
        unsafe withProgram { unsafe pcap_offline_filter($0, header, bytes) != 0 }
    }

    /// Lends the instructions in the shape that libpcap's calls want. They are not to be changed or freed.
    func withProgram<Result>(_ body: (UnsafeMutablePointer<bpf_program>) -> Result) -> Result {
        unsafe instructions.withUnsafeBufferPointer { buffer in
            var program = unsafe bpf_program(
                bf_len: UInt32(buffer.count), bf_insns: UnsafeMutablePointer(mutating: buffer.baseAddress))
            return unsafe body(&program)
        }
    }
}
