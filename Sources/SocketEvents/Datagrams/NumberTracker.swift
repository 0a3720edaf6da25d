/// Tells lost, doubled and late numbers of one stream apart, in memory that does not grow: a state machine without I/O.
///
/// Numbers count from 1. One is *lost* while a higher one has come and it has not; *doubled* where it came before; *out of order*
/// where it comes after a higher one, and then is lost no more. A window of the last `windowLength` numbers remembers which have come.
///
/// A number beyond what the window or a leap allows is not believed at once: it is kept as a suspect, and only where the
/// next datagram goes on from it has the sender begun anew (RFC 3550 appendix A.1). Otherwise it is *unplaced*.
///
/// Invariant: bit n mod `windowLength` of `window` tells whether n has come, for each n of the window that ends with `highest`.
public struct NumberTracker: Sendable, Hashable {
    /// What one number was.
    public enum Verdict: Sendable, Hashable {
        /// The next, or beyond numbers that are missing now.
        case new
        case doubled
        case outOfOrder
        /// Fits nothing that was seen: too old to be judged, or a leap that nothing has borne out.
        case unplaced
    }

    /// Numbers that are remembered: more than 0.6 s of 100,000 a second.
    public static let windowLength: UInt64 = 65536
    /// The farthest leap forward that is believed at once: 160 s of 100,000 a second.
    public static let longestLeap: UInt64 = 1 << 24

    /// Datagrams whose numbers came for the first time.
    public private(set) var distinct: UInt64 = 0
    public private(set) var doubled: UInt64 = 0
    public private(set) var outOfOrder: UInt64 = 0
    public private(set) var unplaced: UInt64 = 0
    /// How often the sender began anew.
    public private(set) var restarts: UInt64 = 0

    /// The highest number of the present run; zero before the first.
    public private(set) var highest: UInt64 = 0
    /// Where the present run starts: the number before its first.
    private var base: UInt64 = 0
    /// Numbers of earlier runs, and of them those that came.
    private var earlier: UInt64 = 0
    private var suspect: UInt64?
    private var window: [UInt64]

    public init() { window = Array(repeating: 0, count: Int(Self.windowLength / 64)) }

    /// Numbers that the sender is known to have used, lost ones included.
    public var total: UInt64 { earlier + (highest - base) }

    /// Numbers that have not come so far.
    public var lost: UInt64 { total - distinct }

    /// The full form of a number of which only the low 32 bits came: the one nearest to the highest.
    public func unwrapped(_ low: UInt32) -> UInt64 {
        let difference = Int32(bitPattern: low &- UInt32(truncatingIfNeeded: highest))
        let (sum, underflow) = Int64(bitPattern: highest).addingReportingOverflow(Int64(difference))
        return underflow || sum < 0 ? UInt64(low) : UInt64(sum)
    }

    /// Takes in the number of a datagram that has just come.
    public mutating func observe(_ number: UInt64) -> Verdict {
        if number > highest, number - highest <= Self.longestLeap {
            suspect = nil
            advance(to: number)
            return .new
        }
        if number > base, number <= highest, highest - number < Self.windowLength {
            suspect = nil
            guard !isMarked(number) else {
                doubled += 1
                return .doubled
            }
            mark(number)
            distinct += 1
            outOfOrder += 1
            return .outOfOrder
        }
        if let suspect, number == suspect &+ 1, number > 0 {
            // Two in a row: the sender began anew. The first of them is placed after all.
            unplaced -= 1
            startRun(after: suspect - 1)
            advance(to: suspect)
            advance(to: number)
            return .new
        }
        suspect = number == 0 ? nil : number
        unplaced += 1
        return .unplaced
    }

    /// The sender says that it has used all numbers up to `last`: those that have not come are lost.
    public mutating func end(at last: UInt64) {
        guard last > highest, last - highest <= Self.longestLeap else { return }
        clear(from: highest + 1, through: last)
        highest = last
    }

    private mutating func startRun(after number: UInt64) {
        if highest > base { restarts += 1 }
        earlier += highest - base
        base = number
        highest = number
        suspect = nil
        for index in window.indices { window[index] = 0 }
    }

    private mutating func advance(to number: UInt64) {
        clear(from: highest + 1, through: number)
        highest = number
        mark(number)
        distinct += 1
    }

    /// Forgets the numbers that leave the window, whose places those from `first` to `last` take.
    private mutating func clear(from first: UInt64, through last: UInt64) {
        guard last - first < Self.windowLength else {
            for index in window.indices { window[index] = 0 }
            return
        }
        for number in first...last {
            let place = number % Self.windowLength
            window[Int(place / 64)] &= ~(1 << (place % 64))
        }
    }

    private func isMarked(_ number: UInt64) -> Bool {
        let place = number % Self.windowLength
        return window[Int(place / 64)] & 1 << (place % 64) != 0
    }

    private mutating func mark(_ number: UInt64) {
        let place = number % Self.windowLength
        window[Int(place / 64)] |= 1 << (place % 64)
    }
}
