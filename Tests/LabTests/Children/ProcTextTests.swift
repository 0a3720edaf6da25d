import PacketDecode
import Testing

@testable import Lab

/// What is read from texts of the kernel's, and what is filled into texts for the shell.
@Suite struct ProcTextTests {
    /// Of /proc/net/tcp: a listener, and a connection.
    private let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0200070A:1451 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
           1: 0200070A:1451 0100070A:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1

        """

    @Test func findsListeners() {
        #expect(ListeningSockets.parse(table, state: "0A") == ["4711"])
        #expect(ListeningSockets.parse("", state: "0A").isEmpty)
    }

    @Test func findsTheRetransmissions() {
        let text = """
            Ip: Forwarding DefaultTTL
            Ip: 1 64
            Tcp: RtoAlgorithm OutSegs RetransSegs InErrs
            Tcp: 1 4242 17 0
            Udp: InDatagrams
            Udp: 3
            """
        #expect(KernelRetransmissions.parse(text) == 17)
        #expect(KernelRetransmissions.parse("Tcp: OutSegs\nTcp: 4\n") == nil)
        #expect(KernelRetransmissions.parse("Tcp: OutSegs RetransSegs\nTcp: 4\n") == nil)
    }

    @Test func fillsAddressesInAndLeavesOtherBraces() {
        let addresses = HostAddresses.loopback
        #expect(
            addresses.filled(into: "nc {server} 1; echo ${x} {} {server6}{client}")
                == "nc 127.0.0.1 1; echo ${x} {} ::1127.0.0.1")
        #expect(addresses.filled(into: "{serve") == "{serve")
    }

    @Test func tellsHowAProgramEnded() {
        #expect(ProgramEnding(waitStatus: 3 << 8) == .exited(3))
        #expect(ProgramEnding(waitStatus: 9) == .signalled(9))
        // With a core dump.
        #expect(ProgramEnding(waitStatus: 0x80 | 6) == .signalled(6))
        #expect(ProgramEnding.signalled(15).exitCode == 143)
    }
}
