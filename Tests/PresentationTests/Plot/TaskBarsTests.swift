import Presentation
import Testing

@Suite struct TaskBarsTests {
    private func drawn(_ bars: [TaskBars.Bar], columns: Int) -> [String] {
        var buffer = OutputBuffer()
        TaskBars(bars, columns: columns).append(to: &buffer)
        return String(decoding: buffer.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func oneAfterTheOther() {
        let lines = drawn(
            [
                .init(name: "a", start: 0, end: 5_000_000_000),
                .init(name: "b", start: 5_000_000_000, end: 8_000_000_000),
            ],
            columns: 44)
        #expect(
            lines == [
                "  a " + String(repeating: "█", count: 25),
                "  b " + String(repeating: " ", count: 25) + String(repeating: "█", count: 15),
                "    0" + String(repeating: " ", count: 32) + "8.000 s",
            ])
    }

    @Test func atOnce() {
        let lines = drawn([.init(name: "a", start: 0, end: 40), .init(name: "b", start: 0, end: 20)], columns: 44)
        #expect(lines[0] == "  a " + String(repeating: "█", count: 40))
        #expect(lines[1] == "  b " + String(repeating: "█", count: 20))
    }

    /// Whatever was so short that it has no cell is drawn all the same, and within the line.
    @Test func shortBarsAreSeen() {
        let lines = drawn(
            [
                .init(name: "a", start: 0, end: 0), .init(name: "b", start: 999, end: 1000),
                .init(name: "c", start: 0, end: 1000),
            ],
            columns: 44)
        #expect(lines[0] == "  a █")
        #expect(lines[1] == "  b " + String(repeating: " ", count: 39) + "█")
    }

    @Test func noTimeNoBars() {
        #expect(drawn([], columns: 80).isEmpty)
        #expect(drawn([.init(name: "a", start: 0, end: 0)], columns: 80).isEmpty)
    }
}
