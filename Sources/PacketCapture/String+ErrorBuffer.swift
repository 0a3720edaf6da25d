import CPcap

extension String {
    /// The text before the first NUL of a buffer that libpcap filled.
    init(errorBuffer: [CChar]) {
        self.init(decoding: errorBuffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension [CChar] {
    /// Room for the text of a libpcap call that fails without a handle.
    static var errorBuffer: [CChar] { [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE)) }
}
