import PacketDecode
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, 0, 0), (1, 5, 1_000_000_005), (-1, 999_999_999, -1), (0, 1_500_000_000, 1_500_000_000),
            (.max, 0, .max), (.min, 0, .min), (9_223_372_036, 999_999_999, .max),
        ] as [(Int64, Int64, Int64)])
    func fromSecondsAndNanoseconds(seconds: Int64, nanoseconds: Int64, expected: Int64) {
        #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).nanosecondsSinceEpoch == expected)
    }

    @Test func partsBeforeTheEpoch() {
        let moment = Timestamp(nanosecondsSinceEpoch: -1)
        #expect(moment.seconds == -1)
        #expect(moment.subsecondNanoseconds == 999_999_999)
        #expect(Timestamp(nanosecondsSinceEpoch: -1_000_000_000).seconds == -1)
        #expect(Timestamp(nanosecondsSinceEpoch: -1_000_000_000).subsecondNanoseconds == 0)
    }

    @Test func distanceIsClamped() {
        let first = Timestamp(nanosecondsSinceEpoch: .min)
        let last = Timestamp(nanosecondsSinceEpoch: .max)
        #expect(first.distance(to: last) == .max)
        #expect(last.distance(to: first) == .min)
        #expect(Timestamp(nanosecondsSinceEpoch: 5).distance(to: Timestamp(nanosecondsSinceEpoch: 3)) == -2)
        #expect(first < last)
    }
}
