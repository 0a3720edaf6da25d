public import PacketDecode

/// A date and a time of day in UTC, by the proleptic Gregorian calendar.
struct CivilTime: Sendable, Hashable {
    let year: Int64
    /// 1...12
    let month: Int64
    /// 1...31
    let day: Int64
    /// 0..<86,400
    let secondOfDay: Int64

    /// The calendar runs in eras of 400 years, 146,097 days each; counting years from March puts the leap day last.
    init(secondsSinceEpoch seconds: Int64) {
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        secondOfDay = seconds - days * 86_400
        let fromMarchOfYear0 = days + 719_468
        let era = (fromMarchOfYear0 >= 0 ? fromMarchOfYear0 : fromMarchOfYear0 - 146_096) / 146_097
        let dayOfEra = fromMarchOfYear0 - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension OutputBuffer {
    /// Appends a moment as date and time of day in UTC, with nine decimals: `2025-11-24T16:00:00.123456789Z`.
    public mutating func append(utc time: Timestamp) {
        append(upTo: 48) { line in
            line.put(CivilTime(secondsSinceEpoch: time.seconds))
            line.put(UInt8(ascii: "."))
            line.put(padded: UInt64(time.subsecondNanoseconds), 9)
            line.put(UInt8(ascii: "Z"))
        }
    }
}

extension Line {
    /// `2025-11-24T16:00:00`.
    mutating func put(_ time: CivilTime) {
        if time.year < 0 { put(UInt8(ascii: "-")) }
        put(padded: UInt64(time.year.magnitude), 4)
        put(UInt8(ascii: "-"))
        put(padded: UInt64(time.month), 2)
        put(UInt8(ascii: "-"))
        put(padded: UInt64(time.day), 2)
        put(UInt8(ascii: "T"))
        put(padded: UInt64(time.secondOfDay / 3600), 2)
        put(UInt8(ascii: ":"))
        put(padded: UInt64(time.secondOfDay / 60 % 60), 2)
        put(UInt8(ascii: ":"))
        put(padded: UInt64(time.secondOfDay % 60), 2)
    }

    mutating func put(padded value: UInt64, _ width: Int) {
        put(decimal: value, width: width, padding: UInt8(ascii: "0"))
    }
}
