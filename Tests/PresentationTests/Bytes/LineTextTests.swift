import PacketDecode
import Testing

@testable import Presentation

@Suite struct LineTextTests {
    private static let numbers: [UInt64] =
        [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 1_234_567, 4_294_967_295, 4_294_967_296, .max]
        + (0..<20).map { (0..<$0).reduce(1) { value, _ in value * 10 } }

    @Test(arguments: numbers)
    func decimals(value: UInt64) {
        var buffer = OutputBuffer()
        buffer.append(value)
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == "\(value)")
    }

    @Test(arguments: [(7, 3, "  7"), (1234, 3, "1234"), (0, 1, "0"), (99, 5, "   99")])
    func paddedDecimals(value: Int, width: Int, expected: String) {
        var buffer = OutputBuffer()
        buffer.append(value, width: width)
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == expected)
    }

    @Test func negativeDecimals() {
        var buffer = OutputBuffer()
        buffer.append(Int64.min)
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == "-9223372036854775808")
    }

    @Test func whatDoesNotFitIsLeftOut() {
        for capacity in 0...20 {
            var buffer = OutputBuffer()
            buffer.append(upTo: capacity) { line in
                line.put("seq ")
                line.put(decimal: 1_234_567)
                line.put(long: " and more")
                line.pad(to: 40)
            }
            #expect(buffer.count >= min(capacity, 4))
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000000Z"), (951_782_400, "2000-02-29T00:00:00.000000000Z"),
        (1_764_000_000, "2025-11-24T16:00:00.000000000Z"), (4_107_542_400, "2100-03-01T00:00:00.000000000Z"),
        (-1, "1969-12-31T23:59:59.000000000Z"),
    ])
    func civilTimes(seconds: Int64, expected: String) {
        var buffer = OutputBuffer()
        buffer.append(utc: Timestamp(seconds: seconds, nanoseconds: 0))
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == expected)
    }

    @Test func columnsCountCharactersAndNoEscapes() {
        #expect(Array("⟲ a\u{1B}[31mb\u{1B}[0m é".utf8).span.columnCount == 6)
    }

    @Test func foldingKeepsLongWordsWhole() {
        var buffer = OutputBuffer()
        buffer.append("one  two three-is-longer-than-that four")
        buffer.endLine()
        buffer.foldLine(from: 0, columns: 12, indent: 2)
        #expect(
            String(decoding: buffer.bytes, as: UTF8.self) == "one  two\n  three-is-longer-than-that\n  four\n")
    }
}
