import PacketDecode
import TestSupport
import Testing

@testable import PacketCapture

@Suite(.enabled(if: LoopbackTraffic.isCaptureAllowed, "needs the right to capture on lo: run as root"))
struct CapturedPacketsTests {
    @Test("packets arrive while they are iterated over; stop ends the sequence after the last of them")
    func delivers() async throws {
        let traffic = try LoopbackTraffic()
        let packets = try LiveCaptureTests.open(traffic.filter).packets()
        try traffic.exchange((0..<100).map { [UInt8($0)] })
        var seen: [UInt8?] = []
        for try await packet in packets {
            seen.append(packet.bytes.last)
            #expect(packet.info.number == UInt64(seen.count))
            if seen.count == 100 { packets.stop() }
        }
        #expect(seen == (0..<100).map { UInt8($0) })
        #expect(packets.droppedCount == 0)
        // More where other tests' frames passed before the filter stood.
        #expect(packets.statistics.received >= 100)
    }

    @Test("a full buffer keeps the oldest, and counts what it drops")
    func countsDropped() async throws {
        let traffic = try LoopbackTraffic()
        let packets = try LiveCaptureTests.open(traffic.filter).packets(bufferLimit: 8)
        try traffic.exchange((0..<100).map { [UInt8($0)] })
        packets.stop()
        // The thread drops while nobody takes.
        let deadline = LiveCaptureTests.limit
        while packets.droppedCount < 92, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        var seen: [UInt8?] = []
        for try await packet in packets { seen.append(packet.bytes.last) }
        #expect(seen == (0..<8).map { UInt8($0) })
        #expect(packets.droppedCount == 92)
        // More where other tests' frames passed before the filter stood.
        #expect(packets.statistics.received >= 100)
    }

    @Test("cancelling the task ends the iteration, the thread and the capture")
    func endsOnCancellation() async throws {
        let traffic = try LoopbackTraffic()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let packets = try LiveCaptureTests.open(traffic.filter).packets()
        let stopper = packets.pump.stopper
        let task = Task {
            var count = 0
            for try await _ in packets {
                count += 1
                start.finish()
            }
            return count
        }
        try traffic.exchange([[1]])
        for await _ in started {}
        task.cancel()
        #expect(try await task.value == 1)
        #expect(stopper.isStopped)
    }

    @Test("a sequence that nobody holds any more closes its capture")
    func endsWhenUnused() async throws {
        weak var pump: CapturedPackets.Pump?
        do {
            let packets = try LiveCaptureTests.open("udp port 1").packets()
            pump = packets.pump
            #expect(pump != nil)
        }
        // The thread holds the capture and the pump, and lets go of both at once.
        let deadline = LiveCaptureTests.limit
        while pump != nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        #expect(pump == nil)
    }
}
