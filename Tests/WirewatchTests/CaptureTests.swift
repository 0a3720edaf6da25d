import Foundation
import Glibc
import TestSupport
import Testing

/// Whether this process may capture: it needs CAP_NET_RAW, which root has.
private let mayCapture = geteuid() == 0

@Suite struct CaptureTests {
    /// A datagram socket of our own that nobody listens to: what it sends is on `lo` for sure.
    private struct Datagrams: ~Copyable {
        let descriptor: Int32
        let port: UInt16

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            try #require(descriptor >= 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let descriptor = descriptor
            let bound = unsafe withUnsafeMutableBytes(of: &address) { bytes -> UInt16? in
                guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return nil }
                var length = socklen_t(bytes.count)
                guard unsafe bind(descriptor, start, length) == 0, unsafe getsockname(descriptor, start, &length) == 0
                else { return nil }
                // Connected to itself, so that it may send without naming whom to.
                guard unsafe connect(descriptor, start, length) == 0 else { return nil }
                return unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            }
            port = try #require(bound)
        }

        deinit { close(descriptor) }

        func send(_ text: String) { _ = unsafe Glibc.send(descriptor, text, text.utf8.count, 0) }
    }

    private func start(_ arguments: String...) throws -> ChildProcess {
        let process = try ChildProcess.wirewatch(arguments: ["capture"] + arguments)
        _ = try process.waitForErrorLine("the capture's start") { $0.contains("capturing on") }
        return process
    }

    @Test(.enabled(if: mayCapture, "needs the right to capture"))
    func showsADatagramAtOnceAndEndsOnAnInterrupt() throws {
        let datagrams = try Datagrams()
        let process = try start("udp", "port", "\(datagrams.port)")
        let sent = ContinuousClock.now
        datagrams.send("hello")
        let line = try process.waitForLine()
        #expect(ContinuousClock.now - sent < .milliseconds(100))
        #expect(line.hasSuffix("UDP  5 octets"))
        process.send(signal: SIGINT)
        let outcome = try process.finish()
        #expect(outcome.ending == .exited(0))
        #expect(
            outcome.errorLines.last
                == "wirewatch: 1 frame seen, 1 decoded whole, 0 stopped early, 0 dropped by the kernel")
    }

    @Test(.enabled(if: mayCapture, "needs the right to capture"), arguments: [SIGINT, SIGTERM])
    func theFileIsWholeAfterASignal(signal: Int32) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("live.pcap")
        let datagrams = try Datagrams()
        let process = try start("-i", "lo", "-w", path, "--json", "udp", "port", "\(datagrams.port)")
        datagrams.send("one")
        datagrams.send("three")
        let events = try (0..<2).map { _ in try Events([process.waitForLine()]).all[0] }
        process.send(signal: signal)
        let outcome = try process.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.last?.contains(#""event":"summary""#) == true)
        #expect(outcome.lines.last?.contains(#""droppedByKernel":0"#) == true)
        let replayed = try Events(ChildProcess.wirewatch("read", "--json", path).finish().lines).named("packet")
        #expect(replayed.map { $0["timestamp"] as? String } == events.map { $0["timestamp"] as? String })
        #expect(replayed.map { $0["payloadLength"] as? Int } == [3, 5])
    }

    @Test(.enabled(if: mayCapture, "needs the right to capture"))
    func endsAfterACountOrATime() throws {
        let datagrams = try Datagrams()
        let counted = try start("-c", "1", "udp", "port", "\(datagrams.port)")
        datagrams.send("x")
        #expect(try counted.finish().ending == .exited(0))
        let timed = try start("--duration", "50ms", "udp", "port", "\(datagrams.port)")
        let outcome = try timed.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorLines.last?.hasPrefix("wirewatch: 0 frames seen") == true)
    }

    @Test(.enabled(if: mayCapture, "needs the right to capture"))
    func theSnapshotLengthCuts() throws {
        let datagrams = try Datagrams()
        let process = try start("--snaplen", "44", "-c", "1", "udp", "port", "\(datagrams.port)")
        datagrams.send("a longer message")
        #expect(try process.waitForLine().hasSuffix("16 octets"))
        #expect(try process.finish().ending == .exited(0))
    }

    @Test func anInterfaceThatIsNotThere() throws {
        let outcome = try ChildProcess.wirewatch("capture", "-i", "nowhere0").finish()
        #expect(outcome.ending == .exited(1))
        #expect(
            outcome.errorLines == [
                "wirewatch: cannot capture on nowhere0: there is no interface of this name. "
                    + "See which there are with: wirewatch interfaces"
            ])
    }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func withoutRights() throws {
        let outcome = try DemoUser.nobody.run(["capture"])
        #expect(outcome.ending == .exited(1))
        #expect(
            outcome.errorLines == [
                "wirewatch: cannot open lo for capture: permission denied. Run with sudo, or `wirewatch demo`, "
                    + "which needs no rights"
            ])
    }

    @Test func interfacesAreListed() throws {
        let outcome = try ChildProcess.wirewatch("interfaces").finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.contains { $0.hasPrefix("lo ") && $0.contains("127.0.0.1") && $0.contains("loopback") })
    }
}
