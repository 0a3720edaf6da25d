import Foundation
import TestSupport
import Testing

@Suite struct FlowsTests {
    private static let captures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "captures")
    static let names = ["tcp-loss", "tcp-ipv6", "tcp-refused"]

    private static func path(_ name: String) -> String { captures.appending(path: name + ".pcap").path }

    private struct Flow: Decodable {
        struct Direction: Decodable {
            var segments: Int?
            var datagrams: Int?
            var frameOctets: Int
            var octets: Int
            var uniqueOctets: Int?
            var retransmittedSegments: Int?
            var fragments: Int
            var icmpErrors: Int
        }
        var event: String
        var flow: Int
        var `protocol`: String
        var initiator: String
        var responder: String
        var ending: String?
        var initiatorToResponder: Direction
        var responderToInitiator: Direction
    }

    private static func flows(_ arguments: String...) throws -> [Flow] {
        let outcome = try ChildProcess.wirewatch(arguments: ["flows", "--json"] + arguments).finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.last?.contains(#""event":"summary""#) == true)
        return try outcome.lines.dropLast().map { try JSONDecoder().decode(Flow.self, from: Data($0.utf8)) }
    }

    @Test func aRowAFlowInOneHundredColumns() throws {
        let outcome = try ChildProcess.wirewatch("flows", Self.path("tcp-loss")).finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.count == 2)
        #expect(outcome.lines.allSatisfy { $0.count <= 100 })
        let row = try #require(outcome.lines.last).split(separator: " ").map(String.init)
        #expect(row[0...1] == ["1", "TCP"])
        #expect(row[6...10] == ["10", "5", "3400", "0", "3"])
        #expect(row.last == "closed")
        #expect(
            outcome.errorLines == ["wirewatch: 1 flow, 15 packets, 3400 octets of data, 3 retransmissions"])
    }

    /// tshark's own count of packets and octets of frames in each direction.
    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"), arguments: names)
    func agreesWithTshark(name: String) throws {
        let tshark = try #require(Tool("tshark"))
        let run = try tshark.run(["-n", "-r", Self.path(name), "-q", "-z", "conv,tcp"])
        #expect(run.status == 0)
        // address <-> address, frames and octets from right to left, from left to right, and together.
        let rows = run.output.split(separator: "\n").filter { $0.contains("<->") }
            .map { $0.split(separator: " ").map(String.init).filter { $0 != "bytes" } }
        let flows = try Self.flows(Self.path(name))
        try #require(rows.count == flows.count)
        for (row, flow) in zip(rows, flows) {
            // tshark writes IPv6 addresses without brackets.
            let isLeftInitiator = flow.initiator.filter { $0 != "[" && $0 != "]" } == row[0]
            let (left, right) =
                isLeftInitiator
                ? (flow.initiatorToResponder, flow.responderToInitiator)
                : (flow.responderToInitiator, flow.initiatorToResponder)
            #expect([right.segments, right.frameOctets].map { "\($0 ?? -1)" } == Array(row[3...4]))
            #expect([left.segments, left.frameOctets].map { "\($0 ?? -1)" } == Array(row[5...6]))
        }
    }

    @Test func figuresOfALossyConnection() throws {
        let flows = try Self.flows(Self.path("tcp-loss"))
        try #require(flows.count == 1)
        #expect(flows[0].event == "flow")
        #expect(flows[0].protocol == "tcp")
        #expect(flows[0].ending == "closed")
        #expect(flows[0].initiatorToResponder.retransmittedSegments == 3)
        #expect(flows[0].initiatorToResponder.octets == 3400)
        #expect(flows[0].initiatorToResponder.uniqueOctets == 1500)
        #expect(flows[0].responderToInitiator.retransmittedSegments == 0)
    }

    @Test func datagrams() throws {
        let fragments = try Self.flows(Self.path("udp-fragments"))
        #expect(fragments.map(\.initiatorToResponder.datagrams) == [2])
        #expect(fragments.map(\.initiatorToResponder.fragments) == [6])
        #expect(fragments.map(\.initiatorToResponder.octets) == [8000])
        let six = try Self.flows(Self.path("udp-fragments-ipv6"))
        #expect(six.map(\.initiatorToResponder.fragments) == [3])
        let refused = try Self.flows(Self.path("udp-refused"))
        #expect(refused.map(\.initiatorToResponder.icmpErrors) == [1, 1])
    }

    @Test func choices() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.all))
        let all = try Self.flows(path)
        try #require(all.count >= 2)
        #expect(all.map(\.flow) == Array(1...all.count))
        #expect(try Self.flows(path, "--tcp").allSatisfy { $0.protocol == "tcp" })
        #expect(try Self.flows(path, "--udp").allSatisfy { $0.protocol == "udp" })
        #expect(try Self.flows(path, "--tcp").count + Self.flows(path, "--udp").count == all.count)
        #expect(try Self.flows(path, "--top", "1").count == 1)
        func octets(_ flow: Flow) -> Int { flow.initiatorToResponder.octets + flow.responderToInitiator.octets }
        let sorted = try Self.flows(path, "--sort", "octets").map(octets)
        #expect(sorted == all.map(octets).sorted(by: >))
        #expect(
            try Self.flows(path, "--retransmitted").allSatisfy {
                ($0.initiatorToResponder.retransmittedSegments ?? 0)
                    + ($0.responderToInitiator.retransmittedSegments ?? 0) > 0
            })
        let port = try #require(all[0].responder.split(separator: ":").last.map(String.init))
        let withPort = try Self.flows(path, "--port", port)
        #expect(!withPort.isEmpty)
        #expect(withPort.allSatisfy { $0.initiator.hasSuffix(":" + port) || $0.responder.hasSuffix(":" + port) })
        #expect(try Self.flows(path, "udp").allSatisfy { $0.protocol == "udp" })
    }

    @Test func whatWasEvictedIsSaid() throws {
        let outcome = try ChildProcess.wirewatch("flows", "--limit", "1", Self.path("udp-refused")).finish()
        #expect(outcome.ending == .exited(0))
        #expect(
            outcome.errorLines == [
                "wirewatch: 2 flows, 2 packets, 12 octets of data, 0 retransmissions; 1 idle flow with 1 packet "
                    + "made room for others (--limit 1) and has no row"
            ])
    }

    @Test func wrongUsage() throws {
        #expect(try ChildProcess.wirewatch("flows", "--tcp", "--udp", "x").finish().ending == .exited(64))
        #expect(try ChildProcess.wirewatch("flows", "--top", "0", "x").finish().ending == .exited(64))
        let missing = try ChildProcess.wirewatch("flows", "/nonexistent").finish()
        #expect(missing.ending == .exited(1))
        #expect(missing.errorLines.count == 1)
    }

    /// A file that is cut shows what was read until then, and fails.
    @Test func aCutFile() throws {
        let folder = try TemporaryFolder()
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: Self.path("tcp-loss"))))
        let path = try folder.file("cut.pcap", Array(bytes.dropLast(10)))
        let outcome = try ChildProcess.wirewatch("flows", path).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.lines.count == 2)
        #expect(outcome.errorLines.count == 2)
    }
}
