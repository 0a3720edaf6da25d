import PacketDecode
import SocketEvents
import Testing
import Timeline

@Suite struct TimelineLogTests {
    private static func entry(_ mark: Int) -> TimelineEntry {
        let time = Timestamp(nanosecondsSinceEpoch: Int64(mark))
        return TimelineEntry(
            SocketEvent(role: .client, call: .send, manner: .blocking, start: time, end: time, octets: mark))
    }

    private static func marks(_ news: TimelineLog.Reader.News) -> [Int64] {
        news.entries.map(\.time.nanosecondsSinceEpoch)
    }

    @Test func aReaderGetsEachEntryOnce() {
        let log = TimelineLog(limit: 10)
        let reader = TimelineLog.Reader(log)
        log.append(Self.entry(1))
        log.append(Self.entry(2))
        #expect(Self.marks(reader.news()) == [1, 2])
        log.append(Self.entry(3))
        #expect(Self.marks(reader.news()) == [3])
        #expect(reader.news().entries.isEmpty)
    }

    @Test func onesThatComeLateGetTheLatest() {
        let log = TimelineLog(limit: 3)
        for mark in 1...100 { log.append(Self.entry(mark)) }
        let news = TimelineLog.Reader(log).news()
        #expect((3..<6).contains(news.entries.count))
        #expect(Self.marks(news) == Array((101 - Int64(news.entries.count))...100))
        // It never wanted the ones before.
        #expect(news.missedCount == 0)
    }

    @Test func aSlowReaderIsToldWhatItMissed() {
        let log = TimelineLog(limit: 3)
        let (slow, quick) = (TimelineLog.Reader(log), TimelineLog.Reader(log))
        for mark in 1...20 {
            log.append(Self.entry(mark))
            #expect(Self.marks(quick.news()) == [Int64(mark)])
        }
        let news = slow.news()
        #expect(news.missedCount + news.entries.count == 20)
        #expect(news.missedCount > 0)
        #expect(Self.marks(news).last == 20)
        log.append(Self.entry(21))
        #expect(slow.news().missedCount == 0)
    }

    @Test func theCloseComesWithTheLastEntries() {
        let log = TimelineLog(limit: 3)
        let reader = TimelineLog.Reader(log)
        log.append(Self.entry(1))
        #expect(!reader.awaitNews().isLast)
        log.append(Self.entry(2))
        log.close()
        let news = reader.awaitNews()
        #expect(Self.marks(news) == [2])
        #expect(news.isLast)
        #expect(reader.awaitNews().isLast)
    }

    @Test func whoWaitsIsWoken() async {
        let log = TimelineLog(limit: 3)
        let reader = TimelineLog.Reader(log)
        async let waited = Task.detached { reader.awaitNews() }.value
        log.append(Self.entry(7))
        #expect(await Self.marks(waited) == [7])
    }
}
