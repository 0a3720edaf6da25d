import Foundation
import TestSupport
import Testing

/// Real connections under loss: what wirewatch labels must be what the kernel counted. `wirewatch-truth` runs them, each in
/// namespaces of its own.
@Suite struct TruthTests {
    /// Whether a process may make namespaces here.
    static let canMakeNamespaces: Bool = {
        guard let unshare = Tool("unshare") else { return false }
        return (try? unshare.run(["-Urn", "true"]))?.status == 0
    }()

    /// A run that is not void: another seed takes its place otherwise, up to three times.
    private func run(_ arguments: [String], seed: Int) throws -> [String: Any] {
        let program = ChildProcess.builtProductsDirectory + "/wirewatch-truth"
        var reasons: [String] = []
        for attempt in 0..<3 {
            let seeded = arguments + ["--seed", "\(seed + attempt * 100_000)"]
            let outcome = try ChildProcess(program, seeded, seconds: 100).finish()
            let line = try #require(outcome.lines.first { !$0.isEmpty }, "\(outcome.errorLines)")
            let report = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            if outcome.ending == .exited(0) { return report }
            reasons.append("\(report["void"] ?? outcome.errorLines)")
        }
        Issue.record("three void runs: \(reasons)")
        return [:]
    }

    private func expectEqualCounts(_ report: [String: Any], connections: Int) throws {
        let ends = try #require(report["ends"] as? [[String: Any]])
        #expect(ends.count == 2 * connections)
        for end in ends {
            let (kernel, ours) = (end["kernel"] as? Int, end["wirewatch"] as? Int)
            #expect(kernel == ours, "\(end)")
        }
    }

    @Test(
        .enabled(if: canMakeNamespaces, "needs the right to make namespaces"),
        arguments: [(1, 0.01, false), (2, 0.1, false), (3, 0.2, true), (4, 0.4, false)])
    func onLoopbackTheKernelCountsTheSame(seed: Int, loss: Double, wholePath: Bool) throws {
        let options = ["loopback", "--loss", "\(loss)", "--octets", "30000"] + (wholePath ? ["--whole-path"] : [])
        try expectEqualCounts(run(options, seed: seed), connections: 4)
    }

    /// One connection alone over a link: as many frames are sent again as the kernel's counters went up for in all.
    @Test(.enabled(if: canMakeNamespaces, "needs the right to make namespaces"))
    func eachResendHasACounter() throws {
        let options = ["causes", "--connections", "1", "--loss", "0.1", "--delay", "5", "--octets", "30000"]
        let report = try run(options, seed: 3)
        let ends = try #require(report["ends"] as? [[String: Any]])
        #expect(ends.count == 2)
        for end in ends {
            let resends = try #require(end["resends"] as? [[Any]])
            #expect(resends.count == end["kernel"] as? Int, "\(end)")
            var counters: [String: Int] = [:]
            for change in try #require(end["changes"] as? [[Any]]) {
                counters.merge(try #require(change.last as? [String: Int]), uniquingKeysWith: +)
            }
            func count(_ names: String...) -> Int { names.reduce(0) { $0 + (counters[$1] ?? 0) } }
            // A probe may carry new octets, and a SYN's timer counts twice.
            let most = count("TCPFastRetrans", "TCPSlowStartRetrans", "TCPTimeouts", "TCPLossProbes", "TCPSynRetrans")
            let fewest = count("TCPFastRetrans", "TCPSlowStartRetrans", "TCPTimeouts")
            #expect((fewest...most).contains(resends.count), "\(end)")
        }
        #expect(ends.contains { ($0["resends"] as? [Any])?.isEmpty == false })
    }

    /// From outside, by sock_diag, each socket's counters are what it says of itself, to its end.
    @Test(.enabled(if: canMakeNamespaces, "needs the right to make namespaces"))
    func aSamplerSeesEachSocketToItsEnd() throws {
        let report = try run(["sockets", "--loss", "0.05", "--octets", "60000"], seed: 1)
        let ends = try #require(report["ends"] as? [[String: Any]])
        #expect(ends.count == 8)
        #expect(ends.filter { $0["host"] as? String == "A" }.count == 4)
        for end in ends {
            let (socket, sampler) = (end["socket"] as? Int, end["sampler"] as? Int)
            #expect(socket == sampler, "\(end)")
            let octets = end["host"] as? String == "A" ? 60000 : 3000
            // FIN counts as an octet that was acknowledged, and the kernel counts the SYN, too.
            let acknowledged = try #require(end["acknowledged"] as? Int)
            #expect((octets...octets + 2).contains(acknowledged), "\(end)")
            #expect(try #require(end["periodic"] as? Int) > 1, "\(end)")
        }
    }
}
