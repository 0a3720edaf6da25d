import PacketDecode
import SocketEvents
import Testing

@Suite("Where a report's intervals end")
struct ReportIntervalsTests {
    private let origin = Timestamp(seconds: 100, nanoseconds: 250)

    @Test("A report that comes late moves no boundary")
    func late() {
        var intervals = ReportIntervals(origin: origin, length: 1_000_000_000)
        #expect(intervals.close(at: origin.advanced(by: 999_999_999)) == nil)
        #expect(
            intervals.close(at: origin.advanced(by: 1_400_000_000)) == origin..<origin.advanced(by: 1_000_000_000))
        #expect(intervals.close(at: origin.advanced(by: 1_900_000_000)) == nil)
        #expect(
            intervals.close(at: origin.advanced(by: 2_000_000_000))
                == origin.advanced(by: 1_000_000_000)..<origin.advanced(by: 2_000_000_000))
    }

    @Test("Intervals in which nobody asked are passed over")
    func silence() {
        var intervals = ReportIntervals(origin: origin, length: 1_000_000_000)
        let first = intervals.close(at: origin.advanced(by: 5_500_000_000))
        #expect(first == origin..<origin.advanced(by: 1_000_000_000))
        #expect(intervals.close(at: origin.advanced(by: 5_900_000_000)) == nil)
        #expect(intervals.start == origin.advanced(by: 5_000_000_000))
    }

    @Test("Without a length none ends")
    func none() {
        var intervals = ReportIntervals(origin: origin, length: nil)
        #expect(intervals.end == nil)
        #expect(intervals.close(at: origin.advanced(by: .max)) == nil)
    }
}
