import Foundation
import TestSupport
import Testing

@Suite(
    "UDP between two hosts of the lab",
    .enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"))
struct LabDatagramTests {
    private static let wirewatch = ChildProcess.builtProductsDirectory + "/wirewatch"

    /// The JSON lines that a program printed in the lab.
    private func output(_ events: Events, of role: String) throws -> Events {
        let lines = events.named("output").filter { $0["role"] as? String == role }
            .compactMap { $0["content"] as? String }
        return try Events(lines.filter { $0.hasPrefix(#"{"event":"report""#) })
    }

    /// What a receiver must report, from what the link did to each of A's datagrams.
    private struct Expectation {
        var datagrams = 0
        var highest = 0
        var doubled = 0
        var outOfOrder = 0
        var distinct: Set<Int> = []

        init(_ events: Events, port: Int) throws {
            // Frames of A's capture that are datagrams of the stream, in the order in which they were sent.
            let frames = events.named("packet").filter { packet in
                guard packet["host"] as? String == "A", let transport = packet["transport"] as? [String: Any],
                    let udp = transport["udp"] as? [String: Any]
                else { return false }
                return udp["destinationPort"] as? Int == port
            }.compactMap { $0["number"] as? Int }
            let numbers = Dictionary(uniqueKeysWithValues: frames.enumerated().map { ($1, $0 + 1) })
            var arrivals: [(time: String, number: Int)] = []
            for verdict in events.named("link") where verdict["source"] as? String == "A" {
                guard let frame = verdict["sentFrame"] as? Int, let number = numbers[frame] else { continue }
                for departure in verdict["departures"] as? [String] ?? [] { arrivals.append((departure, number)) }
            }
            for (_, number) in arrivals.sorted(by: { $0.time < $1.time }) {
                datagrams += 1
                if !distinct.insert(number).inserted {
                    doubled += 1
                } else if number < highest {
                    outOfOrder += 1
                }
                highest = max(highest, number)
            }
        }
    }

    @Test(
        "The receiver's report is what the link did, exactly",
        arguments: [
            "--rules 'drop datagram 3,10-12 from A; duplicate datagram 20 from A; hold 30ms datagram 40 from A'",
            "--loss 5% --duplicate 5% --delay 3ms --reorder 5% --seed 9", "--burst 2% --jitter 5ms --seed 4",
        ], TrafficUDPTests.manners)
    func exact(link: String, io: String) throws {
        let server = "\(Self.wirewatch) udp receive {server}:9000 --io \(io) --numbered --json"
        let client =
            "\(Self.wirewatch) udp send {server}:9000 --io \(io) --numbered --size 64 --count 400 --rate 2000; sleep 0.3"
        let run = try ChildProcess(
            "/bin/sh",
            [
                "-c",
                #"exec "$0" lab run --json --server "$1" --client "$2" "# + link, Self.wirewatch, server, client,
            ]
        ).finish()
        #expect(run.ending == .exited(0), "\(run.errorLines)")
        let events = try Events(run.lines)
        let expected = try Expectation(events, port: 9000)
        let totals = try NumberedDatagramTests.totals(output(events, of: "server"))
        let stream = try #require(totals.streams.first)
        #expect(stream["datagrams"] as? Int == expected.datagrams)
        #expect(stream["total"] as? Int == expected.highest)
        #expect(stream["lost"] as? Int == expected.highest - expected.distinct.count)
        #expect(stream["doubled"] as? Int == expected.doubled)
        #expect(stream["outOfOrder"] as? Int == expected.outOfOrder)
        #expect(totals.sum?["droppedByKernel"] as? Int == 0)
        // B's capture agrees.
        let arrived = events.named("packet").filter { packet in
            packet["host"] as? String == "B" && (packet["transport"] as? [String: Any])?["udp"] != nil
        }
        #expect(arrived.count == expected.datagrams)
        if link.hasPrefix("--rules") {
            #expect(stream["lost"] as? Int == 4 && expected.doubled == 1 && expected.outOfOrder == 1)
        }
    }

    @Test(
        "Multicasts and broadcasts reach who listens for them",
        arguments: [
            ("239.1.2.3:9000", "239.1.2.3:9000 --interface eth0", "--interface eth0 --ttl 2"),
            ("239.1.2.4:9000", ":9000 --join 239.1.2.4 --interface eth0", "--interface eth0 --unconnected"),
            ("[ff02::1234%eth0]:9000", "[ff02::1234%eth0]:9000", "--interface eth0"),
            ("10.7.0.255:9000", ":9000", "--broadcast"),
        ], TrafficUDPTests.manners)
    func many(way: (to: String, receiver: String, sender: String), io: String) throws {
        let run = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--server",
            "\(Self.wirewatch) udp receive \(way.receiver) --io \(io) --count 1 --duration 5s", "--client",
            "\(Self.wirewatch) udp send '\(way.to)' --io \(io) --message 'to many' \(way.sender); sleep 0.2"
        ).finish()
        #expect(run.lines.contains { $0.hasPrefix("server │ ") && $0.hasSuffix("to many") }, "\(run.lines)")
    }

    @Test("A broadcast needs its option", arguments: TrafficUDPTests.manners)
    func broadcastRefused(io: String) throws {
        let run = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--server", "nc -u -l 9000", "--client",
            "\(Self.wirewatch) udp send 10.7.0.255:9000 --io \(io) --message x"
        ).finish()
        #expect(run.ending == .exited(1))
        #expect(run.lines.contains { $0.contains("permission denied. A broadcast address needs --broadcast") })
    }
}
