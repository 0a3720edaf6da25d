import CLinux
import Glibc
import Testing

@testable import SocketEvents

@Suite("TCP_INFO")
struct TCPInfoTests {
    @Test("A field is told only where the kernel's answer holds all of it")
    func lengths() {
        var raw = wirewatch_tcp_info()
        raw.tcpi_state = 1
        raw.tcpi_rto = 204_000
        raw.tcpi_total_retrans = 3
        raw.tcpi_bytes_acked = 1_000_000_007
        raw.tcpi_segs_in = 9
        let none = TCPInfo(raw, length: 0)
        #expect(none == TCPInfo())
        #expect(TCPInfo(raw, length: 1).state == .established)
        // The retransmission timeout stands at octets 8..<12 (struct tcp_info of <linux/tcp.h>).
        #expect(TCPInfo(raw, length: 11).retransmissionTimeout == nil)
        #expect(TCPInfo(raw, length: 12).retransmissionTimeout == 204_000)
        // glibc's own structure ends at 104, after tcpi_total_retrans.
        #expect(TCPInfo(raw, length: 103).totalRetransmissions == nil)
        let short = TCPInfo(raw, length: 104)
        #expect(short.totalRetransmissions == 3)
        #expect(short.bytesAcknowledged == nil && short.segmentsIn == nil)
        let long = TCPInfo(raw, length: 280)
        #expect(long.bytesAcknowledged == 1_000_000_007)
        #expect(long.segmentsIn == 9)
    }

    @Test("A descriptor that is no TCP socket is an error")
    func notTCP() {
        let error = #expect(throws: SocketError.self) { try TCPInfo(of: -1) }
        #expect(error == SocketError(.readOption, errno: EBADF, subject: "TCP_INFO"))
    }
}
