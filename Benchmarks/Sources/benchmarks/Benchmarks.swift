import CPcapLoop
import FlowAnalysis
import Glibc
import PacketCapture
import PacketDecode
import TrafficMix

@main
struct Benchmarks {
    var frames = 1_000_000
    var repetitions = 5
    var seed: UInt64 = 1
    var wirewatch = "../.build/release/wirewatch"
    var keptFile: String?
    /// What is to be measured instead of the time of reading: how large a table becomes.
    var measuresLimits = false

    static func main() {
        do {
            let benchmarks = try Benchmarks(arguments: Array(CommandLine.arguments.dropFirst()))
            try benchmarks.run()
        } catch {
            let line = Array("benchmarks: \(error)\n".utf8)
            _ = unsafe write(STDERR_FILENO, line, line.count)
            exit(1)
        }
    }

    init(arguments: [String]) throws(ChildProcess.Failure) {
        // Run from the repository's root or from Benchmarks/.
        if unsafe access(wirewatch, X_OK) != 0 { wirewatch = ".build/release/wirewatch" }
        var rest = arguments[...]
        if rest.first == "limits" {
            measuresLimits = true
            rest.removeFirst()
        }
        while let option = rest.popFirst() {
            let value = rest.popFirst()
            switch (option, value, value.flatMap { Int($0) }) {
            case ("--frames", _, let number?) where number > 0: frames = number
            case ("--repetitions", _, let number?) where number > 0: repetitions = number
            case ("--seed", _, let number?): seed = UInt64(bitPattern: Int64(number))
            case ("--wirewatch", let path?, _): wirewatch = path
            case ("--keep", let path?, _): keptFile = path
            default:
                throw ChildProcess.Failure(
                    description: """
                        usage: benchmarks [--frames N] [--repetitions N] [--seed N] [--wirewatch PROGRAM] [--keep FILE]
                               benchmarks limits
                        """)
            }
        }
    }

    func run() throws {
        if measuresLimits { return try Limits.run() }
        var mix = TrafficMix(seed: seed)
        let store = FrameStore(frames: frames) { mix.next() }
        let path = keptFile ?? "/tmp/wirewatch-benchmark-\(getpid()).pcap"
        defer { if keptFile == nil { _ = unsafe unlink(path) } }
        try save(store, to: path)
        print("\(frames) frames, \(store.bytes.count / frames) octets captured of each on average, seed \(seed);")
        print("processor time, median of \(repetitions) interleaved repetitions\n")
        try measureLibraries(store, path)
        try measurePrograms(path)
        try measureWallTime(path, "mix")
        var bulk = BulkTransfers(seed: seed)
        try save(FrameStore(frames: frames) { bulk.next() }, to: path)
        try measureWallTime(path, "few long connections")
    }

    /// The time that passes, from start to exit, for `wirewatch flows` beside libpcap's loop alone, which is not started.
    private func measureWallTime(_ path: String, _ kind: String) throws {
        guard unsafe access(wirewatch, X_OK) == 0 else { return }
        var bareLoop = Measurement("C loop over pcap_next_ex, libpcap's defaults", .wall)
        var flows = Measurement("wirewatch flows, from start to exit", .wall)
        var work = Measurement("wirewatch flows, processor time")
        for _ in 0..<max(repetitions, 7) {
            try bareLoop.run { try expect(Int(unsafe wirewatch_pcap_loop(path))) }
            try work.run { try flows.run { try ChildProcess.run([wirewatch, "flows", path]) } }
        }
        print("\nWall time of \(frames) frames, \(kind):\n")
        Table.print([bareLoop, flows, work], frames: frames, against: bareLoop, withAllocations: false)
        let ratio = Table.decimal(flows.leastNanoseconds / bareLoop.leastNanoseconds, digits: 3)
        print("the least of each: ratio \(ratio)")
    }

    private func save(_ store: FrameStore, to path: String) throws {
        var writer = try SavefileWriter(path: path, linkType: .ethernet, snapshotLength: 200)
        var failure: CaptureError?
        store.forEach { info, bytes in
            do throws(CaptureError) { try writer.write(info, bytes) } catch { failure = failure ?? error }
        }
        try writer.close()
        if let failure { throw failure }
    }

    /// In this process: decode and flow analysis of frames in memory and of the file, and libpcap's own loop.
    private func measureLibraries(_ store: FrameStore, _ path: String) throws {
        var bareLoop = Measurement("C loop over pcap_next_ex, libpcap's defaults")
        var readOnly = Measurement("SavefileReader")
        var readFlows = Measurement("SavefileReader, decode and FlowTable")
        var readBlocks = Measurement("SavefileReader, in blocks")
        var flowsOnFile = Measurement("what `wirewatch flows` does, on one thread")
        var decode = Measurement("decode, in memory")
        var decodeFlows = Measurement("decode and FlowTable, in memory")
        var measuredFlows = Measurement("decode and FlowTable with measures, in memory")
        var knownMeasuredFlows = Measurement("the same, every flow known")
        var knownFlows = Measurement("decode and FlowTable, every flow known")
        var retransmissions = 0
        var flows: UInt64 = 0
        let decoder = PacketDecoder(linkType: .ethernet)
        for _ in 0..<repetitions {
            try bareLoop.run { try expect(Int(unsafe wirewatch_pcap_loop(path))) }
            try readOnly.run {
                var reader = try SavefileReader(path: path)
                while try reader.next() != nil {}
                try expect(Int(reader.frameCount))
            }
            try readBlocks.run {
                var reader = try SavefileReader(path: path)
                var block = FrameBlock()
                while try reader.readBlock(into: &block) {}
                try expect(Int(reader.frameCount))
            }
            try readFlows.run {
                var reader = try SavefileReader(path: path)
                var table = FlowTable()
                let decoder = PacketDecoder(linkType: reader.linkType)
                while let info = try reader.next() {
                    let packet = reader.withFrameBytes { decoder.decode($0, originalLength: info.originalLength) }
                    _ = table.observe(packet, info)
                }
                try expect(Int(reader.frameCount))
            }
            try flowsOnFile.run { try expect(try Self.measureFlows(path)) }
            var octets: UInt64 = 0
            decode.run {
                store.forEach { info, bytes in
                    octets &+= UInt64(decoder.decode(bytes, originalLength: info.originalLength).payloadLength)
                }
            }
            guard octets > 0 else { throw ChildProcess.Failure(description: "nothing was decoded") }
            var table = FlowTable()
            retransmissions = 0
            decodeFlows.run {
                store.forEach { info, bytes in
                    let packet = decoder.decode(bytes, originalLength: info.originalLength)
                    if let tcp = table.observe(packet, info)?.tcp, !tcp.labels.isEmpty { retransmissions += 1 }
                }
            }
            flows = table.numberedFlowCount
            var measured = FlowTable(hasMeasures: true)
            for work in 0..<2 {
                let run = {
                    store.forEach { info, bytes in
                        let packet = decoder.decode(bytes, originalLength: info.originalLength)
                        measured.measure(packet, info, bytes)
                    }
                }
                if work == 0 { measuredFlows.run(run) } else { knownMeasuredFlows.run(run) }
            }
            // Once more with the same table: only connections that take over the ports of one that ended are new.
            knownFlows.run {
                store.forEach { info, bytes in
                    let packet = decoder.decode(bytes, originalLength: info.originalLength)
                    if let tcp = table.observe(packet, info)?.tcp, !tcp.labels.isEmpty { retransmissions += 1 }
                }
            }
        }
        Table.print(
            [
                bareLoop, readOnly, readBlocks, readFlows, flowsOnFile, decode, decodeFlows, measuredFlows, knownFlows,
                knownMeasuredFlows,
            ], frames: frames, against: bareLoop)
        let alone = (decodeFlows.medianNanoseconds - decode.medianNanoseconds) / Double(frames)
        print("\nFlowTable alone, as the difference: \(Table.decimal(alone)) ns a packet; \(flows) flows")
        let measures = (measuredFlows.medianNanoseconds - decodeFlows.medianNanoseconds) / Double(frames)
        print("Measures alone, as the difference: \(Table.decimal(measures)) ns a packet\n")
    }

    /// What `wirewatch flows` does, on one thread; returns the packets.
    private static func measureFlows(_ path: String) throws -> Int {
        var reader = try SavefileReader(path: path)
        var table = FlowTable(hasMeasures: true)
        let decoder = PacketDecoder(linkType: reader.linkType)
        let prepare = table.preparation
        var block = FrameBlock()
        var packets: [PreparedPacket] = []
        var plain = PlainPacket()
        while try reader.readBlock(into: &block) {
            packets.removeAll(keepingCapacity: true)
            block.forEachFrame { frame, bytes in
                let isPlain = decoder.readPlain(bytes, originalLength: frame.info.originalLength, into: &plain)
                packets.append(
                    isPlain
                        ? prepare(plain, frame.info, offset: frame.offset)
                        : prepare(
                            decoder.decode(bytes, originalLength: frame.info.originalLength), frame.info,
                            offset: frame.offset))
            }
            table.measure(packets.span, in: block.octets.span, decoder: decoder)
        }
        return Int(table.totals.packets)
    }

    private func expect(_ count: Int) throws(ChildProcess.Failure) {
        guard count == frames else { throw ChildProcess.Failure(description: "\(count) of \(frames) frames read") }
    }

    /// `wirewatch read` to text beside `tcpdump -nr`, from start to exit, output to /dev/null.
    private func measurePrograms(_ path: String) throws {
        guard unsafe access(wirewatch, X_OK) == 0 else {
            print("no program at \(wirewatch): run `swift build -c release` first, or give --wirewatch")
            return
        }
        var tcpdump = Measurement("tcpdump -nr")
        var flows = Measurement("wirewatch flows")
        var text = Measurement("wirewatch read")
        var json = Measurement("wirewatch read --json")
        for _ in 0..<repetitions {
            try tcpdump.run { try ChildProcess.run(["tcpdump", "-nr", path]) }
            try flows.run { try ChildProcess.run([wirewatch, "flows", path]) }
            try text.run { try ChildProcess.run([wirewatch, "read", path]) }
            try json.run { try ChildProcess.run([wirewatch, "read", "--json", path]) }
        }
        Table.print([tcpdump, flows, text, json], frames: frames, against: tcpdump, withAllocations: false)
    }
}
