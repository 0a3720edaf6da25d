/// Measurements in columns.
enum Table {
    static func print(
        _ measurements: [Measurement], frames: Int, against base: Measurement, withAllocations: Bool = true
    ) {
        let width = measurements.map(\.name.count).max() ?? 0
        let title = withAllocations ? "   allocations   a packet" : ""
        Swift.print(pad("", width), "ns a packet   ratio" + title)
        for measurement in measurements {
            let nanoseconds = decimal(measurement.medianNanoseconds / Double(frames))
            let ratio = decimal(measurement.medianNanoseconds / base.medianNanoseconds, digits: 3)
            var line = pad(measurement.name, width) + " " + left(nanoseconds, 11) + left(ratio, 8)
            if withAllocations {
                line += left(String(Int(measurement.medianAllocations)), 14)
                line += left(decimal(measurement.medianAllocations / Double(frames), digits: 4), 11)
            }
            Swift.print(line)
        }
    }

    static func decimal(_ value: Double, digits: Int = 1) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = Int((abs(value) * scale).rounded())
        let fraction = String(rounded % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(value < 0 ? "-" : "")\(rounded / Int(scale)).\(zeros)\(fraction)"
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
