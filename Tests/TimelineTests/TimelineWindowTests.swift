import PacketDecode
import SocketEvents
import Testing
import Timeline

/// A call that stands on the timeline at `nanoseconds`, marked by its octets.
private func entry(at nanoseconds: Int64, mark: Int = 0) -> TimelineEntry {
    let time = Timestamp(nanosecondsSinceEpoch: nanoseconds)
    return TimelineEntry(
        SocketEvent(role: .client, call: .send, manner: .blocking, start: time, end: time, octets: mark))
}

private func mark(_ entry: TimelineEntry) -> Int? {
    if case .socket(let event) = entry.event { event.octets } else { nil }
}

private func time(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanosecondsSinceEpoch: nanoseconds) }

@Suite struct TimelineWindowTests {
    @Test func holdsAnEntryUntilTheWindowHasPassedOverIt() {
        var window = TimelineWindow(length: 40)
        window.insert(entry(at: 100))
        var released: [Timestamp] = []
        window.release(now: time(139)) { released.append($0.time) }
        #expect(released.isEmpty)
        #expect(window.nextDue == time(140))
        window.release(now: time(140)) { released.append($0.time) }
        #expect(released == [time(100)])
        #expect(window.count == 0)
        #expect(window.nextDue == nil)
    }

    @Test func ordersByTimeAndByArrivalWhereTimesAreEqual() {
        var window = TimelineWindow(length: 1000)
        for (moment, number) in [(30, 1), (10, 2), (20, 3), (10, 4), (30, 5)] {
            window.insert(entry(at: Int64(moment), mark: number))
        }
        var marks: [Int?] = []
        window.releaseAll { marks.append(mark($0)) }
        #expect(marks == [2, 4, 3, 1, 5])
        #expect(window.lateCount == 0)
    }

    @Test func releasesOnlyWhatIsDue() {
        var window = TimelineWindow(length: 10)
        for moment in [5, 15, 25] { window.insert(entry(at: Int64(moment))) }
        var released: [Timestamp] = []
        window.release(now: time(25)) { released.append($0.time) }
        #expect(released == [time(5), time(15)])
        #expect(window.count == 1)
    }

    @Test func holdsWhatASlowSourceMayStillPrecede() {
        var window = TimelineWindow(length: 10)
        for moment in [5, 15] { window.insert(entry(at: Int64(moment))) }
        var released: [Timestamp] = []
        window.release(now: time(1000), completeUpTo: time(14)) { released.append($0.time) }
        #expect(released == [time(5)])
        window.insert(entry(at: 14))
        window.release(now: time(1000), completeUpTo: time(15)) { released.append($0.time) }
        #expect(released == [time(5), time(14), time(15)])
        #expect(window.lateCount == 0)
    }

    @Test func releasesAllOnceHoweverManyWaited() {
        var window = TimelineWindow(length: 0)
        var released: [Timestamp] = []
        for moment in 1...1000 { window.insert(entry(at: Int64(moment))) }
        for moment in stride(from: Int64(7), through: 700, by: 7) {
            window.release(now: time(moment)) { released.append($0.time) }
            window.insert(entry(at: 1000 + moment))
        }
        #expect(window.count == 400)
        #expect(window.nextDue == time(701))
        window.releaseAll { released.append($0.time) }
        #expect(released == released.sorted())
        #expect(released.count == 1100)
        #expect(window.count == 0 && window.lateCount == 0)
    }

    @Test func countsWhatCameTooLate() {
        var window = TimelineWindow(length: 0)
        window.insert(entry(at: 100))
        window.release(now: time(100)) { _ in }
        window.insert(entry(at: 100))
        #expect(window.lateCount == 0)
        window.insert(entry(at: 99))
        #expect(window.lateCount == 1)
    }

    @Test func putsACallThatTookTooLongForItsPlaceAtItsEnd() {
        var window = TimelineWindow(length: 10)
        window.insert(entry(at: 100))
        window.release(now: time(200)) { _ in }
        let long = SocketEvent(role: .client, call: .connect, manner: .blocking, start: time(50), end: time(300))
        window.insert(TimelineEntry(long))
        var released: [Timestamp] = []
        window.releaseAll { released.append($0.time) }
        #expect(released == [time(300)])
        #expect(window.lateCount == 0)
    }

    @Test func keepsTheRestWhereShowingFails() {
        struct Full: Error {}
        var window = TimelineWindow(length: 0)
        window.insert(entry(at: 1))
        #expect(throws: Full.self) {
            try window.release(now: time(2)) { _ throws(Full) in throw Full() }
        }
        window.insert(entry(at: 3))
        var released: [Timestamp] = []
        window.releaseAll { released.append($0.time) }
        #expect(released == [time(3)])
    }

    /// Whatever the order of arrival, if nothing is later than the window, what comes out is sorted and whole.
    @Test(arguments: 1...20) func sortsAnyArrivalWithinTheWindow(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int64) -> Int64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int64(state % UInt64(bound))
        }
        var window = TimelineWindow(length: 50)
        var released: [Timestamp] = []
        var inserted: [Timestamp] = []
        for now in stride(from: Int64(1000), to: 3000, by: 7) {
            let moment = now - next(50)
            inserted.append(time(moment))
            window.insert(entry(at: moment))
            window.release(now: time(now)) { released.append($0.time) }
        }
        window.releaseAll { released.append($0.time) }
        #expect(released == inserted.sorted(), "seed \(seed)")
        #expect(window.lateCount == 0, "seed \(seed)")
    }
}

@Suite struct TimelineFeedTests {
    @Test func takesWhatManyThreadsPushedAndThenSaysThatItIsExhausted() async {
        let feed = TimelineFeed()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { for index in 0..<100 { feed.push(entry(at: Int64(index), mark: number)) } }
            }
        }
        feed.close()
        var taken: [TimelineEntry] = []
        var isExhausted = false
        while !isExhausted {
            let (entries, _, last) = feed.take(waitingAtMost: 1000)
            taken += entries
            isExhausted = last
        }
        #expect(taken.count == 800)
        for number in 0..<8 {
            #expect(taken.filter { mark($0) == number }.map(\.time) == (0..<100).map { time(Int64($0)) })
        }
    }

    @Test func isCompleteUpToWhereTheSlowestSourceHasCome() {
        let feed = TimelineFeed()
        func completeUpTo() -> Timestamp? { feed.take(waitingAtMost: 1).completeUpTo }
        let (first, second) = (feed.addSource(), feed.addSource())
        first.noteComplete(upTo: time(20))
        // Of the second nothing is known yet.
        #expect(completeUpTo().map { $0 < time(0) } == true)
        second.noteComplete(upTo: time(30))
        #expect(completeUpTo() == time(20))
        // What was complete stays so.
        first.noteComplete(upTo: time(10))
        #expect(completeUpTo() == time(20))
        first.end()
        #expect(completeUpTo() == time(30))
    }

    @Test func comesBackWithNothingWhereNothingIsPushed() {
        let (entries, completeUpTo, isExhausted) = TimelineFeed().take(waitingAtMost: 1)
        #expect(entries.isEmpty)
        #expect(completeUpTo == nil)
        #expect(!isExhausted)
    }
}
