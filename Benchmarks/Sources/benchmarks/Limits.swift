import FlowAnalysis
import Glibc
import PacketDecode

/// What an adversary may send, at full size: that time stays linear and memory in its bounds, and that what was given up is
/// counted.
enum Limits {
    static func run() throws {
        print("resident octets are the process's more than before; time is the processor's\n")
        try holdConnections(1_000_000)
        try flood(5_000_000)
        try makeHoles(1_000_000)
        try sendOneOctetEach(1_000_000)
    }

    /// Handshakes of a million connections, all held at once.
    private static func holdConnections(_ count: Int) throws {
        print("\(count) connections that are idle after their handshake")
        var progress = Progress()
        var table = FlowTable(hasMeasures: true)
        var frame = SegmentFrame()
        for client in 0..<count {
            frame.setClient(client)
            table.show(frame.with(.syn, isFromClient: true, sequence: 7, acknowledgment: 0), &progress)
            table.show(frame.with([.syn, .ack], isFromClient: false, sequence: 9, acknowledgment: 8), &progress)
            table.show(frame.with(.ack, isFromClient: true, sequence: 8, acknowledgment: 10), &progress)
            if (client + 1) % (count / 4) == 0 { progress.note("\(client + 1) connections") }
        }
        progress.end(perItem: count, "connection")
        print("  held \(table.flowCount), evicted \(table.evictedFlowCount)\n")
        try expect(table.flowCount == count && table.evictedFlowCount == 0)
    }

    /// SYNs of more connections than a table holds.
    private static func flood(_ count: Int) throws {
        print("a flood of \(count) SYNs, each of another connection, into a table of \(FlowTable.defaultLimit)")
        var progress = Progress()
        var table = FlowTable(hasMeasures: true)
        var frame = SegmentFrame()
        for client in 0..<count {
            frame.setClient(client)
            table.show(frame.with(.syn, isFromClient: true, sequence: 7, acknowledgment: 0), &progress)
            if (client + 1) % (count / 5) == 0 { progress.note("\(client + 1) SYNs") }
        }
        progress.end(perItem: FlowTable.defaultLimit, "flow held")
        print("  held \(table.flowCount), evicted \(table.evictedFlowCount) with \(table.evicted.packets) packets\n")
        try expect(table.flowCount == FlowTable.defaultLimit && table.totals.packets == UInt64(count))
    }

    /// One connection of which each second octet is missing.
    private static func makeHoles(_ count: Int) throws {
        print("one connection with \(count) holes of one octet")
        var progress = Progress()
        var table = FlowTable(hasMeasures: true)
        var frame = SegmentFrame()
        for index in 0..<count {
            let sequence = UInt32(1 + 2 * index)
            table.show(frame.with(.ack, isFromClient: true, sequence: sequence, acknowledgment: 1, data: 1), &progress)
            if (index + 1) % (count / 4) == 0 { progress.note("\(index + 1) holes") }
        }
        progress.end(perItem: 1, "connection")
        print("  holes that count as filled for want of room: \(table.closedHoleCount)\n")
        try expect(table.closedHoleCount > 0 && table.totals.octets == UInt64(count))
    }

    /// A stream of one-octet segments: from its end to its start, and in an order that jumps to and fro.
    private static func sendOneOctetEach(_ count: Int) throws {
        for (name, order) in [
            ("from the last to the first", { (index: Int) in count - 1 - index }),
            ("in an order at random", { (index: Int) in scattered(index, below: count) }),
        ] {
            print("a stream of \(count) segments of one octet, \(name)")
            var progress = Progress()
            var table = FlowTable(hasMeasures: true)
            var frame = SegmentFrame()
            for index in 0..<count {
                let sequence = UInt32(1_000 + order(index))
                table.show(
                    frame.with(.ack, isFromClient: true, sequence: sequence, acknowledgment: 1, data: 1), &progress)
                if (index + 1) % (count / 4) == 0 { progress.note("\(index + 1) segments") }
            }
            progress.end(perItem: 1, "connection")
            print("  holes that count as filled for want of room: \(table.closedHoleCount)\n")
            try expect(table.totals.packets == UInt64(count))
        }
    }

    /// A permutation of 0..<`count`: each index times a number that has no factor in common with it.
    private static func scattered(_ index: Int, below count: Int) -> Int { index * 618_033_989 % count }

    private static func expect(_ holds: Bool) throws(ChildProcess.Failure) {
        guard holds else { throw ChildProcess.Failure(description: "the counts are not what was sent") }
    }
}

/// The time and memory of one of the measurements.
private struct Progress {
    private let start = Progress.residentOctets()
    private var frames: UInt64 = 0
    private var framesNoted: UInt64 = 0
    private var clock = Measurement.processorTime()

    mutating func nextFrame() -> UInt64 {
        frames += 1
        return frames
    }

    /// Prints what the frames since the last note took.
    mutating func note(_ name: String) {
        let now = Measurement.processorTime()
        let each = Double(now - clock) / Double(frames - framesNoted)
        print("  \(name): \(Table.decimal(each)) ns a packet, \(used() >> 20) MiB resident")
        clock = Measurement.processorTime()
        framesNoted = frames
    }

    func end(perItem count: Int, _ item: String) { print("  \(used() / count) octets resident a \(item)") }

    private func used() -> Int { max(0, Self.residentOctets() - start) }

    private static func residentOctets() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, 128, file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}

extension FlowTable {
    /// Decodes a frame and measures it.
    fileprivate mutating func show(_ bytes: [UInt8], _ progress: inout Progress) {
        let number = progress.nextFrame()
        let time = Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_000 + Int64(number) * 1_000)
        let info = FrameInfo(
            number: number, timestamp: time,
            capturedLength: bytes.count, originalLength: bytes.count)
        let packet = PacketDecoder(linkType: .raw).decode(bytes.span, originalLength: bytes.count)
        measure(packet, info, bytes.span)
    }
}

/// A TCP segment over IPv4 whose fields are changed in place: making a frame anew would take longer than what is measured.
private struct SegmentFrame {
    private var bytes: [UInt8]
    private var withData: [UInt8]
    private var client: (address: UInt32, port: UInt16) = (0, 0)

    init() {
        func frame(_ payload: [UInt8]) -> [UInt8] {
            FrameBuilder(
                network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
                transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2)), payload: payload
            ).encode()
        }
        bytes = frame([])
        withData = frame([0x77])
        setClient(0)
    }

    /// Another client for each number.
    mutating func setClient(_ number: Int) {
        client = (0x0A00_0000 + UInt32(number >> 4), UInt16(30_000 + number & 15))
    }

    mutating func with(
        _ flags: TCPFlags, isFromClient: Bool, sequence: UInt32, acknowledgment: UInt32, data: Int = 0
    ) -> [UInt8] {
        if data > 0 {
            Self.fill(&withData, client, flags, isFromClient, sequence, acknowledgment)
            return withData
        }
        Self.fill(&bytes, client, flags, isFromClient, sequence, acknowledgment)
        return bytes
    }

    private static func fill(
        _ bytes: inout [UInt8], _ client: (address: UInt32, port: UInt16), _ flags: TCPFlags, _ isFromClient: Bool,
        _ sequence: UInt32, _ acknowledgment: UInt32
    ) {
        put(client.address, at: isFromClient ? 12 : 16, &bytes)
        put(0xC0A8_0001, at: isFromClient ? 16 : 12, &bytes)
        let ports = isFromClient ? UInt32(client.port) << 16 | 80 : 80 << 16 | UInt32(client.port)
        put(ports, at: 20, &bytes)
        put(sequence, at: 24, &bytes)
        put(acknowledgment, at: 28, &bytes)
        bytes[33] = UInt8(truncatingIfNeeded: flags.rawValue)
    }

    private static func put(_ value: UInt32, at offset: Int, _ bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index)) }
    }
}
