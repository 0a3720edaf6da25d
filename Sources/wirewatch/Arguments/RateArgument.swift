import ArgumentParser

/// A rate on the command line: `10mbit`, `500kbit`, `1gbit`; also `100M` and so on, as iperf3 has it. A bare number is bits
/// a second.
struct RateArgument: ExpressibleByArgument, Hashable {
    let bitsPerSecond: Int64

    init?(argument: String) {
        let units: [(suffix: String, factor: Double)] = [
            ("kbit", 1e3), ("mbit", 1e6), ("gbit", 1e9), ("k", 1e3), ("m", 1e6), ("g", 1e9),
        ]
        let text = argument.lowercased()
        let unit = units.first { text.hasSuffix($0.suffix) }
        let number = text.dropLast(unit?.suffix.count ?? 0)
        let isPlain = !number.isEmpty && number.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        guard isPlain, let value = Double(number) else { return nil }
        let rate = (value * (unit?.factor ?? 1)).rounded()
        guard rate >= 1, rate <= 1e12 else { return nil }
        bitsPerSecond = Int64(rate)
    }
}
