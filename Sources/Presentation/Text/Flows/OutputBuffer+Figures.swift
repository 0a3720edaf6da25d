extension OutputBuffer {
    /// Appends a count in at most five characters: exact below 100,000, then with three figures: `123k`, `1.23M`.
    mutating func append(rounded count: UInt64) {
        guard count >= 100_000 else { return append(count) }
        var divisor: UInt64 = 1000
        for unit in ["k", "M", "G", "T", "P"] {
            // What would be rounded up to 1,000 is one of the next unit.
            if count / divisor < 999 || count / divisor == 999 && count % divisor < divisor / 2 {
                return append(count, in: divisor, unit)
            }
            divisor *= 1000
        }
        append(count, in: divisor, "E")
    }

    /// Appends nanoseconds in at most six characters, with three figures: `850ns`, `20.3µs`, `1.20s`, `3h05m`.
    mutating func append(span nanoseconds: Int64) {
        let count = UInt64(max(0, nanoseconds))
        switch count {
        case 0..<1000:
            append(count)
            append("ns")
        case ..<999_500: append(count, in: 1000, "µs")
        case ..<999_500_000: append(count, in: 1_000_000, "ms")
        case ..<100_000_000_000: append(count, in: 1_000_000_000, "s")
        case ..<3_600_000_000_000:
            append(count / 60_000_000_000)
            append("m")
            append(count / 1_000_000_000 % 60, zeroPaddedTo: 2)
            append("s")
        case ..<360_000_000_000_000:
            append(count / 3_600_000_000_000)
            append("h")
            append(count / 60_000_000_000 % 60, zeroPaddedTo: 2)
            append("m")
        default:
            append(count / 86_400_000_000_000)
            append("d")
        }
    }

    /// Appends nanoseconds as seconds with three decimals.
    public mutating func append(secondsWithThreeDecimals nanoseconds: Int64) {
        if nanoseconds < 0 { append("-") }
        append(nanoseconds.magnitude / 1_000_000_000)
        append(".")
        append(nanoseconds.magnitude / 1_000_000 % 1000, zeroPaddedTo: 3)
    }

    /// Appends `count` in a unit with three figures, rounded.
    private mutating func append(_ count: UInt64, in divisor: UInt64, _ unit: String) {
        let decimals: UInt64 = count < divisor * 10 ? 2 : count < divisor * 100 ? 1 : 0
        let scale: UInt64 = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
        // In floating point, for the greatest counts times a hundred have no place in 64 bits.
        let scaled = UInt64((Double(count) / Double(divisor) * Double(scale)).rounded())
        append(scaled / scale)
        if decimals > 0 {
            append(".")
            append(scaled % scale, zeroPaddedTo: Int(decimals))
        }
        append(unit)
    }
}
