import PacketDecode
import Testing
import Timeline

@testable import Lab

private func tcp(
    _ flags: TCPFlags, sequence: UInt32 = 1, octets: Int = 0, port: UInt16 = 40000
) -> [UInt8] {
    FrameBuilder(
        link: .ethernet(
            EthernetHeader(
                destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
                typeOrLength: 0)),
        network: .ipv4(IPv4Header(source: IPv4Address(10, 7, 0, 1), destination: IPv4Address(10, 7, 0, 2))),
        transport: .tcp(
            TCPHeader(
                sourcePort: port, destinationPort: 7000, sequenceNumber: SequenceNumber(rawValue: sequence),
                flags: flags)),
        payload: [UInt8](repeating: 0x61, count: octets)
    ).encode()
}

private func data(_ sequence: UInt32) -> [UInt8] { tcp(.ack, sequence: sequence, octets: 100) }

/// The verdicts on frames that enter a millisecond apart, at a link that does only what the rules say.
private func verdicts(
    _ text: String, _ frames: [[UInt8]], from source: HostName = .a
) throws -> [FrameFate.Verdict] {
    var direction = LinkDirection(
        LinkImpairment(), seed: 1, rules: try LinkRules(parsing: text), source: source)
    return frames.enumerated().map { index, frame in
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let now = Timestamp(nanosecondsSinceEpoch: Int64(index) * 1_000_000)
        return direction.take(packet, frame.span, at: now).verdict
    }
}

/// The places, from 0, of the frames that the rules drop.
private func dropped(_ text: String, _ frames: [[UInt8]], from source: HostName = .a) throws -> [Int] {
    try verdicts(text, frames, from: source).enumerated().compactMap { index, verdict in
        if case .dropped = verdict { index } else { nil }
    }
}

struct LinkRulesTests {
    @Test func thirdDataSegmentIsDroppedOnce() throws {
        let frames = [tcp(.syn), tcp(.ack), data(2), data(102), data(202), data(302), data(202)]
        #expect(try dropped("drop data 3 from A", frames) == [4])
        #expect(try dropped("drop data 3 times 2 from A", frames) == [4, 6])
        #expect(try dropped("drop data 3 from A", frames, from: .b) == [])
        #expect(try verdicts("drop FIN; drop data 3", frames)[4] == .dropped(.rule(2)))
    }

    @Test func everySYNIsDroppedTwice() throws {
        let frames = [
            tcp(.syn), tcp(.syn), tcp(.syn), tcp(.syn, port: 40001), tcp(.ack), tcp(.syn, port: 40001),
            tcp(.syn, port: 40001),
        ]
        #expect(try dropped("drop SYN first 2", frames) == [0, 1, 3, 5])
    }

    @Test func rangesListsAndSteps() throws {
        let frames = (0..<6).map { data(UInt32(2 + 100 * $0)) }
        #expect(try dropped("drop data 2-3,6", frames) == [1, 2, 5])
        #expect(try dropped("drop data every 3", frames) == [2, 5])
        #expect(try dropped("drop all after 2ms for 2ms", frames) == [2, 3])
        #expect(try dropped("DROP ALL FROM a AFTER 4ms", frames) == [4, 5])
    }

    @Test func heldFramesAreOvertaken() throws {
        let frames = [data(2), data(102), data(202)]
        let verdicts = try verdicts("hold 30ms data 2 from A", frames)
        #expect(verdicts[1] == .overtaken(at: Timestamp(nanosecondsSinceEpoch: 31_000_000)))
        #expect(
            verdicts[2] == .delivered(first: Timestamp(nanosecondsSinceEpoch: 2_000_000), second: nil))
    }

    @Test func usedAgainPortsHaveNewNumbers() throws {
        let first = [tcp(.syn, sequence: 9_000), data(9_001), data(9_101)]
        // Lower in sequence space than the connection before.
        let second = [tcp(.syn, sequence: 100), data(101), data(201)]
        #expect(try dropped("drop data 3 from A", first + second) == [4])
        #expect(try dropped("drop data 3 times 2 from A", first + second + [data(101), data(101)]) == [4, 6])
    }

    @Test func dataBehindTheLastNumberAskedForPasses() throws {
        let frames = (0..<5).map { data(UInt32(2 + 100 * $0)) } + [data(302), data(102)]
        #expect(try dropped("drop data 2 times 2", frames) == [1, 6])
    }

    @Test func heldAndCorruptedIsCorrupted() throws {
        var impairment = LinkImpairment()
        impairment.corrupt = 1
        var direction = LinkDirection(impairment, seed: 1, rules: try LinkRules(parsing: "hold 30ms data 1"))
        let frame = data(2)
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let verdict = direction.take(packet, frame.span, at: Timestamp(nanosecondsSinceEpoch: 0)).verdict
        #expect(verdict == .corrupted(at: Timestamp(nanosecondsSinceEpoch: 30_000_000)))
    }

    @Test func pureACKsAreNoData() throws {
        let frames = [tcp(.ack), data(2), tcp([.fin, .ack]), tcp([.rst, .ack])]
        #expect(try dropped("drop ACK", frames) == [0])
        #expect(try dropped("drop FIN", frames) == [2])
        #expect(try dropped("drop RST", frames) == [3])
    }

    @Test func duplicatesAndCorrupts() throws {
        let at = Timestamp(nanosecondsSinceEpoch: 0)
        #expect(try verdicts("duplicate data 1", [data(2)]) == [.delivered(first: at, second: at)])
        #expect(try verdicts("corrupt data 1", [data(2)]) == [.corrupted(at: at)])
    }

    @Test(
        arguments: [
            ("drap data 3", 0, "drap", "drop"), ("drop", 4, "", "SYN"), ("drop date 3", 5, "date", "SYN"),
            ("drop data 0", 10, "0", "numbers"), ("drop data 3 from C", 17, "C", "A or B"),
            ("hold data 3", 5, "data", "time"), ("drop FIN;  drop data first x", 28, "", ""),
            ("drop all after 5", 15, "5", "time"),
        ])
    func errorPointsAtTheWord(text: String, column: Int, word: String, expected: String) throws {
        let error = try #require(throws: LinkRuleError.self) { try LinkRules(parsing: text) }
        if !expected.isEmpty {
            #expect(error.column == column && error.word == word)
            #expect(error.expected.contains(expected))
        }
        #expect(error.line == text)
        let lines = error.description.split(separator: "\n")
        #expect(lines.count == 3 && lines[2].contains("^"))
    }

    @Test func emptyTextIsNoRule() throws {
        #expect(try LinkRules(parsing: " ;\n ;").isEmpty)
    }
}

struct RateTests {
    @Test func rateSpreadsFramesAndItsQueueHasAnEnd() {
        var impairment = LinkImpairment()
        // 154 octets a frame: 1.232 ms each.
        impairment.rate = 1_000_000
        impairment.queueLimit = 400
        var direction = LinkDirection(impairment, seed: 1)
        let frame = data(2)
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let verdicts = (0..<4).map { _ in
            direction.take(packet, frame.span, at: Timestamp(nanosecondsSinceEpoch: 0)).verdict
        }
        let each = Int64(frame.count) * 8000
        #expect(verdicts[0] == .delivered(first: Timestamp(nanosecondsSinceEpoch: each), second: nil))
        #expect(verdicts[1] == .delivered(first: Timestamp(nanosecondsSinceEpoch: 2 * each), second: nil))
        #expect(verdicts[2] == .dropped(.queueFull) && verdicts[3] == .dropped(.queueFull))
    }

    @Test func burstsLoseManyInARow() {
        var impairment = LinkImpairment()
        impairment.burstLoss.enter = 0.02
        impairment.burstLoss.leave = 0.2
        impairment.burstLoss.loss = 1
        var direction = LinkDirection(impairment, seed: 3)
        let frame = data(2)
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let losses = (0..<20_000).map { index in
            direction.take(packet, frame.span, at: Timestamp(nanosecondsSinceEpoch: Int64(index))).isDropped
        }
        let bursts = zip([false] + losses, losses).count { !$0 && $1 }
        let mean = Double(losses.count { $0 }) / Double(bursts)
        // A burst lasts 1 / 0.2 frames in the mean.
        #expect((4.0...6.0).contains(mean))
    }

    @Test func corruptedFrameHasAWrongChecksum() throws {
        var impairment = LinkImpairment()
        impairment.corrupt = 1
        var direction = LinkDirection(impairment, seed: 3)
        let frame = data(2)
        let decoder = PacketDecoder(linkType: .ethernet)
        let now = Timestamp(nanosecondsSinceEpoch: 0)
        #expect(direction.take(decoder.decode(frame.span), frame.span, at: now).verdict == .corrupted(at: now))
        let released = direction.release(now: now)
        let departure = try #require(released)
        let differing = zip(frame, departure.bytes).count { $0 != $1 }
        #expect(differing == 1)
    }

    /// A segment without data still shows the numbers that it was sent with: only its checksum is another.
    @Test(arguments: UInt64(1)...8)
    func corruptedSegmentWithoutDataKeepsItsNumbers(seed: UInt64) throws {
        var impairment = LinkImpairment()
        impairment.corrupt = 1
        var direction = LinkDirection(impairment, seed: seed)
        let frame = tcp(.ack)
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let now = Timestamp(nanosecondsSinceEpoch: 0)
        #expect(direction.take(packet, frame.span, at: now).verdict == .corrupted(at: now))
        let released = direction.release(now: now)
        let departure = try #require(released)
        let changed = frame.indices.filter { frame[$0] != departure.bytes[$0] }
        #expect(changed == [50] || changed == [51])
    }

    @Test func corruptedFrameThatIsHeldIsCorrupted() throws {
        var impairment = LinkImpairment()
        impairment.corrupt = 1
        impairment.reorder = 1
        var direction = LinkDirection(impairment, seed: 3)
        let frame = data(2)
        let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
        let fate = direction.take(packet, frame.span, at: Timestamp(nanosecondsSinceEpoch: 0))
        #expect(fate.verdict == .corrupted(at: Timestamp(nanosecondsSinceEpoch: impairment.reorderDelay)))
    }
}
