import TestSupport
import Testing

/// Order and overlap, by what was recorded; no assertion counts seconds.
@Suite struct FuturesTests {
    private struct Moment: Equatable {
        let task: Int
        let kind: String
    }

    private func events(_ manner: String) throws -> [[String: Any]] {
        let outcome = try ChildProcess.wirewatch("futures", "--io", manner, "--seconds", "300ms,100ms", "--json")
            .finish()
        #expect(outcome.ending == .exited(0))
        return try Events(outcome.lines).all
    }

    private func moments(_ events: [[String: Any]], _ arrangement: String) throws -> [Moment] {
        try events.filter { $0["event"] as? String == "task" && $0["arrangement"] as? String == arrangement }.map {
            Moment(task: try #require($0["task"] as? Int), kind: try #require($0["moment"] as? String))
        }
    }

    private func run(_ events: [[String: Any]], _ arrangement: String) throws -> [String: Any] {
        try #require(
            events.first { $0["event"] as? String == "taskRun" && $0["arrangement"] as? String == arrangement })
    }

    @Test(arguments: ["blocking", "async"])
    func oneAfterTheOther(manner: String) throws {
        let events = try events(manner)
        let moments = try moments(events, "inTurn")
        #expect(
            moments == [
                Moment(task: 1, kind: "start"), Moment(task: 1, kind: "end"), Moment(task: 2, kind: "start"),
                Moment(task: 2, kind: "end"),
            ])
        let run = try run(events, "inTurn")
        #expect((run["threads"] as? [Int])?.count == 1)
        #expect(run["endOrder"] as? [Int] == [1, 2])
        // Sleeping is never shorter than asked.
        #expect(try #require(run["wallTime"] as? Int) >= 400_000_000)
    }

    @Test func atOnceOnOneThread() throws {
        let events = try events("async")
        let moments = try moments(events, "atOnce")
        #expect(
            moments == [
                Moment(task: 1, kind: "start"), Moment(task: 2, kind: "start"), Moment(task: 2, kind: "end"),
                Moment(task: 1, kind: "end"),
            ])
        let inTurn = try run(events, "inTurn")
        let atOnce = try run(events, "atOnce")
        #expect((atOnce["threads"] as? [Int])?.count == 1)
        #expect(atOnce["threads"] as? [Int] == inTurn["threads"] as? [Int])
        // The process had no other thread for them, not even to keep time.
        #expect(atOnce["processThreadCount"] as? Int == 1)
        #expect(inTurn["processThreadCount"] as? Int == 1)
        #expect(atOnce["endOrder"] as? [Int] == [2, 1])
    }

    @Test func atOnceTakesTwoThreadsThatBlock() throws {
        let events = try events("blocking")
        #expect(try moments(events, "atOnce").prefix(2).map(\.kind) == ["start", "start"])
        let run = try run(events, "atOnce")
        #expect((run["threads"] as? [Int])?.count == 2)
        #expect(run["processThreadCount"] as? Int == 2)
        #expect(try self.run(events, "inTurn")["processThreadCount"] as? Int == 1)
    }

    /// The wall time is from the first start to the last end, so that it is the sum in turn, and the longer one at once.
    @Test(arguments: ["blocking", "async"])
    func wallTimeIsOfWhoRanWhen(manner: String) throws {
        let events = try events(manner)
        for arrangement in ["inTurn", "atOnce"] {
            let times = try events.filter {
                $0["event"] as? String == "task" && $0["arrangement"] as? String == arrangement
            }.map { try #require($0["elapsed"] as? Int) }
            #expect(times.count == 4 && times == times.sorted())
            let wallTime = try #require(run(events, arrangement)["wallTime"] as? Int)
            #expect(wallTime == times[3] - times[0])
            #expect(wallTime >= (arrangement == "inTurn" ? 400_000_000 : 300_000_000))
        }
    }

    /// Of the paper's programs it is the one that says nothing to anybody.
    @Test(
        .enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"),
        arguments: ["blocking", "async"])
    func makesNoTraffic(manner: String) throws {
        let pair = try LabPair(
            server: "sleep 60", client: "{wirewatch} futures --io \(manner) --seconds 20ms,10ms")
        #expect(pair.clientLines.last?.hasPrefix("one after the other 0.") == true)
        #expect(pair.client.packetCount == 0 && pair.server.packetCount == 0)
    }

    @Test func textFitsEightyColumns() throws {
        for manner in ["blocking", "async"] {
            let outcome = try ChildProcess.wirewatch("futures", "--io", manner, "--seconds", "0.05,0.03").finish()
            #expect(outcome.ending == .exited(0))
            #expect(outcome.lines.allSatisfy { $0.count <= 80 })
            #expect(outcome.lines.count { $0.contains("█") } == 4)
            #expect(outcome.lines.last?.hasPrefix("one after the other 0.") == true)
        }
    }

    @Test(arguments: ["5", "5,3,1", "a,b", "5,", "-1,2"])
    func wrongTimesAreWrongUsage(text: String) throws {
        let outcome = try ChildProcess.wirewatch("futures", "--seconds", text).finish()
        #expect(outcome.ending == .exited(64))
    }
}
