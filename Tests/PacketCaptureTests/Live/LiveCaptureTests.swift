import Foundation
import PacketCapture
import PacketDecode
import TestSupport
import Testing

@Suite(.enabled(if: LoopbackTraffic.isCaptureAllowed, "needs the right to capture on lo: run as root"))
struct LiveCaptureTests {
    /// Octets before the payload: Ethernet, IPv4, UDP.
    static let headerLength = 14 + 20 + 8

    /// So that a fault ends a test instead of hanging it.
    static var limit: ContinuousClock.Instant { .now.advanced(by: .seconds(10)) }

    static func open(
        _ filter: String?, snapshotLength: Int = 2048, stopper: CaptureStopper? = nil
    ) throws(CaptureError) -> LiveCapture {
        var options = LiveCaptureOptions()
        options.filter = filter
        options.snapshotLength = snapshotLength
        options.bufferSize = 8 << 20
        return try LiveCapture(interface: "lo", options: options, stopper: stopper)
    }

    /// Receives until the capture has no more; gives the packets and the last outcome.
    static func drain(_ capture: inout LiveCapture) throws -> ([CapturedPacket], LiveCapture.Outcome) {
        var packets: [CapturedPacket] = []
        let linkType = capture.linkType
        let deadline = limit
        while true {
            let outcome = try capture.receive(until: deadline) { info, bytes in
                packets.append(CapturedPacket(info: info, bytes: bytes.indices.map { bytes[$0] }, linkType: linkType))
            }
            if case .frames = outcome { continue }
            return (packets, outcome)
        }
    }

    @Test("each frame on lo once, in order, with the nanosecond; then a stop from another thread")
    func capturesEachFrameOnce() throws {
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        #expect(capture.linkType == .ethernet)
        let hasNanoseconds = capture.hasNanoseconds
        #expect(hasNanoseconds)
        let payloads = (0..<50).map { [UInt8](repeating: UInt8($0), count: $0 + 1) }

        let before = Date().timeIntervalSince1970
        try traffic.exchange(payloads)
        let after = Date().timeIntervalSince1970

        // All 50 first, so that the stop comes while the capture waits or is about to.
        var packets: [CapturedPacket] = []
        let deadline = Self.limit
        while packets.count < payloads.count {
            let outcome = try capture.receive(atMost: 7, until: deadline) { info, bytes in
                packets.append(
                    CapturedPacket(info: info, bytes: bytes.indices.map { bytes[$0] }, linkType: .ethernet))
            }
            guard case .frames(let count) = outcome, count <= 7 else {
                Issue.record("\(outcome) after \(packets.count) frames")
                return
            }
        }
        let stopper = capture.stopper
        Thread.detachNewThread { stopper.stop() }
        let (rest, outcome) = try Self.drain(&capture)
        #expect(outcome == .stopped)
        #expect(rest.isEmpty)

        #expect(packets.map { Array($0.bytes.dropFirst(Self.headerLength)) } == payloads)
        #expect(packets.map(\.info.number) == (1...50).map { UInt64($0) })
        #expect(packets.allSatisfy { !$0.info.isCut && $0.info.capturedLength == $0.bytes.count })
        let times = packets.map(\.info.timestamp)
        #expect(times == times.sorted())
        #expect(times.contains { $0.nanosecondsSinceEpoch % 1000 != 0 })
        let seconds = times.map { Double($0.nanosecondsSinceEpoch) / 1e9 }
        // A Double holds such a time to about a quarter of a microsecond.
        #expect(seconds.allSatisfy { $0 > before - 0.001 && $0 < after + 0.001 })

        let statistics = try capture.statistics()
        // More where other tests' frames passed before the filter stood.
        #expect(statistics.received >= 50)
        #expect(statistics.droppedByKernel == 0)
    }

    @Test("what was captured before the stop is lent after it, then the outcome is .stopped, each time")
    func drainsAfterStop() throws {
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        try traffic.exchange((0..<200).map { [UInt8($0)] })
        capture.stopper.stop()
        let (packets, outcome) = try Self.drain(&capture)
        #expect(packets.map { $0.bytes.last } == (0..<200).map { UInt8($0) })
        #expect(outcome == .stopped)
        let (none, again) = try Self.drain(&capture)
        #expect(none.isEmpty)
        #expect(again == .stopped)
    }

    @Test("a deadline ends the waiting, and is seen even while frames never cease")
    func timesOut() throws {
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        let start = ContinuousClock.now
        let outcome = try capture.receive(until: start.advanced(by: .milliseconds(20))) { _, _ in }
        #expect(outcome == .timedOut)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
        #expect(try capture.receive(until: start) { _, _ in } == .timedOut)

        try traffic.exchange((0..<200).map { [UInt8($0)] })
        let past = ContinuousClock.now
        var lent = 0
        while case .frames(let count) = try capture.receive(until: past, { _, _ in }) { lent += count }
        // Frames that are there are lent before the clock is asked, but not without end.
        #expect(lent > 0 && lent < 200)
    }

    @Test("a stop is seen by a call whose deadline has passed")
    func stopsAfterDeadline() throws {
        var capture = try Self.open("udp port 1")
        let past = ContinuousClock.now
        #expect(try capture.receive(until: past) { _, _ in } == .timedOut)
        capture.stopper.stop()
        #expect(try capture.receive(until: past) { _, _ in } == .stopped)
    }

    @Test("the snapshot length cuts frames, which keep their length on the wire")
    func cutsFrames() throws {
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter, snapshotLength: 60)
        try traffic.exchange([[UInt8](repeating: 1, count: 1000)])
        capture.stopper.stop()
        let (packets, _) = try Self.drain(&capture)
        #expect(packets.map(\.bytes.count) == [60])
        #expect(packets.map(\.info.originalLength) == [Self.headerLength + 1000])
        #expect(capture.snapshotLength == 60)
    }

    @Test("what the closure throws comes out, and the capture goes on after it")
    func handsOnErrors() throws {
        struct Enough: Error {}
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        try traffic.exchange((0..<10).map { [UInt8($0)] })
        capture.stopper.stop()
        var seen: [UInt8] = []
        #expect(throws: Enough.self) {
            _ = try capture.receive { info, bytes in
                seen.append(bytes[bytes.count - 1])
                if info.number == 3 { throw Enough() }
            }
        }
        #expect(seen == [0, 1, 2])
        let (packets, outcome) = try Self.drain(&capture)
        #expect(packets.map { $0.bytes.last } == (3..<10).map { UInt8($0) })
        #expect(packets.map(\.info.number) == (4...10).map { UInt64($0) })
        #expect(outcome == .stopped)
    }

    @Test("an error at the last frame that a call may lend does not hide the frames after it")
    func handsOnErrorAtLimit() throws {
        struct Enough: Error {}
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        try traffic.exchange((0..<3).map { [UInt8($0)] })
        capture.stopper.stop()
        #expect(throws: Enough.self) { _ = try capture.receive(atMost: 1) { _, _ in throw Enough() } }
        let (packets, outcome) = try Self.drain(&capture)
        #expect(packets.map { $0.bytes.last } == [1, 2])
        #expect(outcome == .stopped)
    }

    @Test("without immediate mode frames come in blocks, and none is lost")
    func gathersBlocks() throws {
        let traffic = try LoopbackTraffic()
        var options = LiveCaptureOptions()
        options.filter = traffic.filter
        options.bufferSize = 8 << 20
        options.isImmediate = false
        var capture = try LiveCapture(interface: "lo", options: options)
        try traffic.exchange((0..<100).map { [UInt8($0)] })
        var seen: [UInt8] = []
        let deadline = Self.limit
        while seen.count < 100 {
            let outcome = try capture.receive(until: deadline) { _, bytes in seen.append(bytes[bytes.count - 1]) }
            guard case .frames = outcome else { break }
        }
        #expect(seen == (0..<100).map { UInt8($0) })
    }

    @Test("the pseudo-interface any gives cooked headers that name the interface")
    func capturesOnAny() throws {
        let traffic = try LoopbackTraffic()
        var options = LiveCaptureOptions()
        options.filter = traffic.filter
        options.snapshotLength = 2048
        options.bufferSize = 8 << 20
        var capture = try LiveCapture(interface: "any", options: options)
        #expect(capture.linkType == .linuxSLL2)
        try traffic.exchange([[7]])
        capture.stopper.stop()
        let (packets, _) = try Self.drain(&capture)
        // 20 octets of SLL2 instead of 14 of Ethernet.
        #expect(packets.map(\.bytes.count) == [20 + 20 + 8 + 1])
    }

    @Test("one stopper ends several captures, and those that start after it")
    func sharesStopper() throws {
        let stopper = try CaptureStopper()
        var first = try Self.open("udp port 1", stopper: stopper)
        var second = try Self.open("udp port 1", stopper: stopper)
        #expect(!stopper.isStopped)
        // As a signal handler does it.
        CaptureStopper.stop(fileDescriptor: stopper.fileDescriptor)
        #expect(stopper.isStopped)
        #expect(try first.receive(until: Self.limit) { _, _ in } == .stopped)
        #expect(try second.receive(until: Self.limit) { _, _ in } == .stopped)
        var third = try Self.open("udp port 1", stopper: stopper)
        #expect(try third.receive(until: Self.limit) { _, _ in } == .stopped)
    }

    @Test("what is captured live is written and read again the same")
    func writesWhatItCaptured() throws {
        let traffic = try LoopbackTraffic()
        var capture = try Self.open(traffic.filter)
        try traffic.exchange((0..<20).map { [UInt8($0)] })
        capture.stopper.stop()
        let (packets, _) = try Self.drain(&capture)
        let folder = try TemporaryFolder()
        let path = folder.path("live.pcap")
        var writer = try SavefileWriter(path: path, linkType: capture.linkType)
        for packet in packets { try writer.write(packet) }
        try writer.close()
        let read = ReadFrames(path: path, filter: traffic.filter)
        #expect(read.error == nil)
        #expect(read.packets == packets)
        #expect(packets.count == 20)
    }

    @Test func namesBadFilter() throws {
        do throws(CaptureError) {
            _ = try Self.open("port http or")
            Issue.record("compiled")
        } catch {
            guard case .invalidFilter("port http or", let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!message.isEmpty)
        }
    }
}
