/// Amounts and rates as iperf3 writes them: three figures in four columns, then the unit.
extension OutputBuffer {
    /// Appends octets in units of 1024: ` 128 KBytes`, `1.10 GBytes`.
    public mutating func append(transfer octets: UInt64) {
        append(inUnitsOf: 1024, Double(octets))
        append("Bytes")
    }

    /// Appends bits a second in units of 1000: `1.05 Mbits/sec`.
    public mutating func append(bitrate bitsPerSecond: Double) {
        append(inUnitsOf: 1000, bitsPerSecond)
        append("bits/sec")
    }

    /// Appends the amount in the greatest unit of which there is one at least, and the unit's letter.
    private mutating func append(inUnitsOf step: Double, _ amount: Double) {
        var amount = max(0, amount)
        var units = ["", "K", "M", "G", "T"][...]
        while amount >= step, units.count > 1 {
            amount /= step
            units.removeFirst()
        }
        let decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0
        append(amount, decimals: decimals, width: 4)
        append(" ")
        append(units[units.startIndex])
    }

    /// Appends a number that is not negative with so many decimals, from the right in `width` columns.
    public mutating func append(_ number: Double, decimals: Int, width: Int = 0) {
        var scale: UInt64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = UInt64(min((number * Double(scale)).rounded(), 1.8e19))
        append(scaled / scale, width: width - (decimals > 0 ? decimals + 1 : 0))
        if decimals > 0 {
            append(".")
            append(scaled % scale, zeroPaddedTo: decimals)
        }
    }
}
