internal import PacketDecode

/// Where each moment of a ladder picture stands: time runs downward, and idle time is cut short.
///
/// Moments are as far apart as their times say, but text beside each must find room, and no gap is taller than
/// `tallestGap`. So the scale is not even; it never runs backward, and what happened at one time stands on one height.
struct LadderScale {
    /// What is to stand at a moment, and the room that it needs.
    struct Item {
        let time: Timestamp
        /// The columns that must be free where it stands.
        var waitsFor: [Int] = []
        /// The columns that it takes from there on, and how much of each.
        var takes: [(column: Int, height: Double)] = []
    }

    /// Idle time that was cut short.
    struct Cut {
        let top: Double
        let bottom: Double
        /// Nanoseconds that pass in it.
        let duration: Int64
    }

    private(set) var cuts: [Cut] = []
    private(set) var bottom: Double
    private var heights: [Timestamp: Double] = [:]
    /// Moments in order, for the marks of the time axis.
    private(set) var moments: [Timestamp] = []

    static let tallestGap = 64.0

    /// - Parameter unit: points that a nanosecond takes, where there is room and no need for more.
    init(_ items: [Item], top: Double, unit: Double) {
        var free: [Int: Double] = [:]
        var y = top
        var previous: Timestamp?
        bottom = top
        let sorted = items.sorted { $0.time < $1.time }
        var index = 0
        while index < sorted.count {
            let time = sorted[index].time
            var cut: Int64?
            if let previous {
                let duration = previous.distance(to: time)
                let natural = Double(duration) * unit
                if natural > Self.tallestGap * 1.5 {
                    cut = duration
                    // The mark of the cut stands below all that came before.
                    y = max(y + Self.tallestGap, (free.values.max() ?? top) + 46)
                } else {
                    y += min(max(natural, 3), Self.tallestGap)
                }
            }
            // All that stands at this moment, then the room that it takes.
            let first = index
            while index < sorted.count, sorted[index].time == time {
                for column in sorted[index].waitsFor { y = max(y, free[column] ?? top) }
                index += 1
            }
            var offset: [Int: Double] = [:]
            for item in sorted[first..<index] {
                for (column, height) in item.takes {
                    offset[column, default: 0] += height
                    free[column] = y + (offset[column] ?? 0)
                    bottom = max(bottom, free[column] ?? 0)
                }
            }
            if let cut { cuts.append(Cut(top: y - 42, bottom: y - 20, duration: cut)) }
            heights[time] = y
            moments.append(time)
            previous = time
            bottom = max(bottom, y)
        }
    }

    /// The height of a moment that an item stands at.
    func y(_ time: Timestamp) -> Double { heights[time] ?? bottom }
}
