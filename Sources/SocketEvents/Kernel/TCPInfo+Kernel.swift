internal import CLinux
internal import Glibc

extension TCPInfo {
    /// Asks the kernel about the TCP socket `descriptor` (getsockopt(2), TCP_INFO).
    ///
    /// - Throws: `SocketError` with the operation `readOption`.
    public init(of descriptor: Int32) throws(SocketError) {
        var raw = wirewatch_tcp_info()
        var length = socklen_t(MemoryLayout<wirewatch_tcp_info>.size)
        guard unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &raw, &length) == 0 else {
            throw SocketError(.readOption, errno: errno, subject: "TCP_INFO")
        }
        self.init(raw, length: Int(length))
    }

    /// What the octets of a `struct tcp_info` say, as sock_diag(7) gives it. They may end before the struct does, or after.
    public init(octets: some Collection<UInt8>) {
        var raw = wirewatch_tcp_info()
        let length = min(octets.count, MemoryLayout<wirewatch_tcp_info>.size)
        unsafe withUnsafeMutableBytes(of: &raw) { unsafe $0.copyBytes(from: octets.prefix(length)) }
        self.init(raw, length: length)
    }

    /// The fields of `raw` that its first `length` octets hold.
    init(_ raw: wirewatch_tcp_info, length: Int) {
        self.init()
        func held<Field>(_ path: KeyPath<wirewatch_tcp_info, Field>) -> Field? {
            guard let offset = MemoryLayout<wirewatch_tcp_info>.offset(of: path),
                offset + MemoryLayout<Field>.size <= length
            else { return nil }
            return raw[keyPath: path]
        }
        state = held(\.tcpi_state).map(State.init(rawValue:))
        retransmissionTimeout = held(\.tcpi_rto)
        roundTripTime = held(\.tcpi_rtt)
        roundTripTimeVariation = held(\.tcpi_rttvar)
        congestionWindow = held(\.tcpi_snd_cwnd)
        slowStartThreshold = held(\.tcpi_snd_ssthresh)
        unacknowledged = held(\.tcpi_unacked)
        unsentOctets = held(\.tcpi_notsent_bytes)
        retransmits = held(\.tcpi_retransmits)
        totalRetransmissions = held(\.tcpi_total_retrans)
        sinceLastAcknowledgment = held(\.tcpi_last_ack_recv)
        bytesAcknowledged = held(\.tcpi_bytes_acked)
        bytesReceived = held(\.tcpi_bytes_received)
        segmentsOut = held(\.tcpi_segs_out)
        segmentsIn = held(\.tcpi_segs_in)
        sendMaximumSegmentSize = held(\.tcpi_snd_mss)
        sendWindow = held(\.tcpi_snd_wnd)
        receiveWindow = held(\.tcpi_rcv_wnd)
    }
}
