public import Timeline

/// What the link did to the frames of one direction.
public struct LinkTally: Sendable, Hashable {
    /// Frames that entered, neighbor discovery not counted.
    public private(set) var frames: UInt64 = 0
    /// Frames that the link dropped as it was told to.
    public var dropped: UInt64 { dropCauses.values.reduce(0, +) }
    /// The same by cause.
    public private(set) var dropCauses: [FrameFate.DropCause: UInt64] = [:]
    public private(set) var doubled: UInt64 = 0
    public private(set) var overtaken: UInt64 = 0
    public private(set) var corrupted: UInt64 = 0
    /// Frames that the link lost without meaning to. Not zero: the run proves nothing.
    public private(set) var lostUnmeant: UInt64 = 0
    /// Frames that it still held when the run was over.
    public var held: UInt64 { due > departed ? due - departed : 0 }

    /// Departures that were decided, and those that happened.
    private var due: UInt64 = 0
    private var departed: UInt64 = 0

    init() {}

    /// Counts a frame that entered.
    mutating func note(_ fate: FrameFate) {
        if fate.kind != .neighborDiscovery { frames += 1 }
        due += UInt64(fate.departureCount)
        switch fate.verdict {
        case .dropped(let cause): dropCauses[cause, default: 0] += 1
        case .delivered(_, let second): if second != nil { doubled += 1 }
        case .overtaken: overtaken += 1
        case .corrupted: corrupted += 1
        }
    }

    /// Counts frames that left.
    mutating func noteDeparted(_ count: Int) { departed += UInt64(count) }

    /// Counts frames that should have gone on and did not.
    mutating func noteLostUnmeant(_ count: UInt64) { lostUnmeant += count }
}
