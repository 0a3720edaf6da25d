/// A time span in the unit that suits its size: `31 µs`, `204 ms`, `1.25 s`.
struct DurationText: CustomStringConvertible {
    let nanoseconds: Int64

    var description: String {
        switch nanoseconds {
        case ..<1_000: "\(nanoseconds) ns"
        case ..<1_000_000: "\(nanoseconds / 1_000) µs"
        case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
        default:
            "\(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10)\(nanoseconds / 10_000_000 % 10) s"
        }
    }
}
