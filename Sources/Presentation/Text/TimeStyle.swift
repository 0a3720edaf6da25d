/// How a frame's time is shown.
public enum TimeStyle: String, Sendable, CaseIterable {
    /// Seconds since the first frame that is shown.
    case relative
    /// Seconds since 1970-01-01T00:00:00Z.
    case epoch
    /// Date and time of day, UTC.
    case utc
    /// Seconds since the frame before, among those that are shown.
    case delta
}
