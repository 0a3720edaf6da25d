import ArgumentParser

/// A time on the command line: `20ms`, `1.5s`, `2m`, `1h`, `100us`; a bare number is seconds.
struct DurationArgument: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let nanoseconds: Int64

    var duration: Duration { .nanoseconds(nanoseconds) }

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

    /// For the help of an option with a default.
    var description: String {
        nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000)s" : "\(Double(nanoseconds) / 1e9)s"
    }

    init?(argument: String) {
        let units: [(suffix: String, nanoseconds: Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
        ]
        let unit = units.first { argument.hasSuffix($0.suffix) }
        let number = argument.dropLast(unit?.suffix.count ?? 0)
        let isPlain = number.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        guard isPlain, let value = Double(number) else { return nil }
        let nanoseconds = (value * (unit?.nanoseconds ?? 1e9)).rounded()
        // A century is more than anyone waits, and keeps sums of times far from the range's end.
        guard nanoseconds <= 3.2e18 else { return nil }
        self.nanoseconds = Int64(nanoseconds)
    }
}
