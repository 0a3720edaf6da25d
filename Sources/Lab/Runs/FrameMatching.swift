internal import PacketDecode

/// Tells which frame of a capture is which frame of the link.
///
/// Either may have frames that the other lacks (what the link made itself, what came before the capture was open), and where
/// two processors send at once the two need not agree on the order. So frames are told apart by a hash of their transport
/// octets; of equal ones the first is the first.
///
/// It does no I/O.
struct FrameMatching {
    private struct Sighting {
        let number: UInt64
        let time: Timestamp
    }

    /// By hash, the frames that the other side has not shown yet.
    private var onLink: [UInt64: [Sighting]] = [:]
    private var inCapture: [UInt64: [Sighting]] = [:]
    /// The capture's numbers by the link's.
    private var matches: [UInt64: [UInt64]] = [:]
    /// How many frames may wait for the other side before all that wait are given up.
    private static let limit = 65_536

    /// Takes a frame of the link's, by its number there.
    mutating func noteLink(_ number: UInt64, hash: UInt64, at time: Timestamp) {
        if let captured = Self.takeFirst(hash, of: &inCapture) {
            matches[number, default: []].append(captured.number)
        } else {
            if onLink.count >= Self.limit { onLink.removeAll() }
            onLink[hash, default: []].append(Sighting(number: number, time: time))
        }
    }

    /// Takes a frame of the capture's, by its number there.
    mutating func noteCapture(_ number: UInt64, hash: UInt64, at time: Timestamp) {
        if let linked = Self.takeFirst(hash, of: &onLink) {
            matches[linked.number, default: []].append(number)
        } else {
            if inCapture.count >= Self.limit { inCapture.removeAll() }
            inCapture[hash, default: []].append(Sighting(number: number, time: time))
        }
    }

    /// The capture's numbers of a frame of the link's, in order. They are then forgotten.
    mutating func take(_ number: UInt64) -> [UInt64] { (matches.removeValue(forKey: number) ?? []).sorted() }

    /// The time of the oldest captured frame, not older than `limit`, that the link has not shown yet.
    func oldestOnlyCaptured(since limit: Timestamp) -> Timestamp? {
        inCapture.values.lazy.flatMap { $0 }.map(\.time).filter { $0 >= limit }.min()
    }

    private static func takeFirst(_ hash: UInt64, of waiting: inout [UInt64: [Sighting]]) -> Sighting? {
        guard var sightings = waiting[hash], !sightings.isEmpty else { return nil }
        let first = sightings.removeFirst()
        waiting[hash] = sightings.isEmpty ? nil : sightings
        return first
    }
}
