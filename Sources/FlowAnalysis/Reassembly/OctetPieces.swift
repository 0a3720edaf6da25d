/// Octets that came out of their order, and are kept until what is missing before them comes.
///
/// Positions count octets of a datagram or of a stream. Invariants: pieces are not empty, ascend and do not overlap;
/// `octetCount` is the sum of their lengths, `capturedCount` that of the octets that are there. Neighbours may touch: a
/// piece is a run of what came in order behind all others. Finding a place takes O(log n) for n pieces, a place that is not
/// the last one O(n).
struct OctetPieces {
    struct Piece {
        var start: Int
        var end: Int
        /// From `start` on; fewer than `end - start` where the snapshot length cut the frame.
        var octets: [UInt8]

        var isCut: Bool { octets.count < end - start }

        /// A copy of its own, so that no piece holds the memory of octets that are not in it.
        func part(from first: Int, to last: Int) -> Piece {
            Piece(start: first, end: last, octets: Array(octets.dropFirst(first - start).prefix(last - first)))
        }
    }

    /// What a new piece has in common with those that are there.
    struct Overlap {
        /// The pieces that it overlaps; where there are none, the empty range at its place.
        var indices: Range<Int>
        /// The first octet that was there.
        var start: Int
        /// Behind the last octet that was there.
        var end: Int
        /// Octets that were there.
        var octetCount = 0
        /// Of those, octets that were captured both times.
        var comparedCount = 0
        /// Of those, octets that differ.
        var differences = OctetDifferences()
    }

    /// What a piece costs besides its octets.
    private static let overhead = 64

    private(set) var pieces: [Piece] = []
    private(set) var octetCount = 0
    private(set) var capturedCount = 0

    var isEmpty: Bool { pieces.isEmpty }
    var count: Int { pieces.count }
    var first: Piece? { pieces.first }
    /// Behind the highest octet; 0 where there is none.
    var end: Int { pieces.last?.end ?? 0 }
    /// Octets of memory, about; the arrays' room for growth may double it.
    var memory: Int { capturedCount + pieces.count * Self.overhead }

    /// What `new`, which is not empty, overlaps.
    func overlap(of new: Piece) -> Overlap {
        var (low, high) = (0, pieces.count)
        // What comes in order belongs behind all others.
        if end <= new.start { low = high }
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= new.start { low = middle + 1 } else { high = middle }
        }
        var overlap = Overlap(indices: low..<low, start: new.end, end: new.start)
        var index = low
        while index < pieces.count, pieces[index].start < new.end {
            let piece = pieces[index]
            let (first, last) = (max(piece.start, new.start), min(piece.end, new.end))
            overlap.start = min(overlap.start, first)
            overlap.end = max(overlap.end, last)
            overlap.octetCount += last - first
            let comparable = min(last, piece.start + piece.octets.count, new.start + new.octets.count)
            overlap.comparedCount += max(0, comparable - first)
            for position in first..<max(first, comparable)
            where piece.octets[position - piece.start] != new.octets[position - new.start] {
                overlap.differences.note(position)
            }
            index += 1
        }
        overlap.indices = low..<index
        return overlap
    }

    /// Inserts `new`, which overlaps nothing, at its place.
    mutating func insert(_ new: Piece, at place: Int) {
        if place == pieces.count, let last = pieces.indices.last, pieces[last].end == new.start, !pieces[last].isCut {
            pieces[last].octets.append(contentsOf: new.octets)
            pieces[last].end = new.end
        } else {
            pieces.insert(new, at: place)
        }
        count(new, 1)
    }

    /// Keeps what is at `indices`, which `new` overlaps, and puts the rest of `new` into the holes.
    mutating func insertBetween(_ new: Piece, _ indices: Range<Int>) {
        var merged: [Piece] = []
        var position = new.start
        for piece in pieces[indices] {
            if position < piece.start {
                let part = new.part(from: position, to: piece.start)
                merged.append(part)
                count(part, 1)
            }
            merged.append(piece)
            position = piece.end
        }
        if position < new.end {
            let part = new.part(from: position, to: new.end)
            merged.append(part)
            count(part, 1)
        }
        pieces.replaceSubrange(indices, with: merged)
    }

    /// Puts `new` in place of what it overlaps of the pieces at `indices`.
    mutating func replace(_ new: Piece, _ indices: Range<Int>) {
        var merged: [Piece] = []
        for piece in pieces[indices] { count(piece, -1) }
        if let lowest = pieces[indices].first, lowest.start < new.start {
            merged.append(lowest.part(from: lowest.start, to: new.start))
        }
        merged.append(new)
        if let highest = pieces[indices].last, highest.end > new.end {
            merged.append(highest.part(from: new.end, to: highest.end))
        }
        for piece in merged { count(piece, 1) }
        pieces.replaceSubrange(indices, with: merged)
    }

    /// Removes the lowest `count` pieces.
    mutating func removeFirst(_ removed: Int) {
        for piece in pieces.prefix(removed) { count(piece, -1) }
        pieces.removeFirst(min(removed, pieces.count))
    }

    private mutating func count(_ piece: Piece, _ sign: Int) {
        octetCount += sign * (piece.end - piece.start)
        capturedCount += sign * piece.octets.count
    }
}

/// Where octets that came twice differ.
struct OctetDifferences {
    private(set) var count = 0
    private(set) var first = 0
    /// Behind the last one.
    private(set) var end = 0

    /// Takes notice of a difference; positions ascend.
    mutating func note(_ position: Int) {
        if count == 0 { first = position }
        count += 1
        end = position + 1
    }
}

extension [UInt8] {
    /// A copy of lent octets.
    init(copying octets: Span<UInt8>) {
        self.init()
        reserveCapacity(octets.count)
        for index in octets.indices { append(octets[index]) }
    }
}
