/// A part of a whole, from none to all of it: how much a lossy receiver drops.
public struct Share: Sendable, Hashable {
    /// From 0 to 1.
    public let fraction: Double

    public static let none = Share(unchecked: 0)
    public static let all = Share(unchecked: 1)

    private init(unchecked fraction: Double) { self.fraction = fraction }

    /// Nil where `fraction` is not a number from 0 to 1.
    public init?(fraction: Double) {
        guard fraction >= 0, fraction <= 1 else { return nil }
        self.init(unchecked: fraction)
    }

    /// Reads `30%` or `0.3`. Nil where the text is neither, or is less than none or more than all.
    public init?(parsing text: String) {
        let isPercentage = text.last == "%"
        let number = isPercentage ? text.dropLast() : Substring(text)
        // Double takes "nan", "inf" and "0x1p3" too, which nobody means here.
        let isPlain = number.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        guard isPlain, let value = Double(number) else { return nil }
        self.init(fraction: isPercentage ? value / 100 : value)
    }
}
