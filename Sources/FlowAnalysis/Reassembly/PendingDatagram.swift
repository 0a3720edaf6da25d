import PacketDecode

/// The fragments of one datagram that came so far.
///
/// Invariants: pieces are not empty, ascend and do not overlap; none passes `dataLength`; `octetCount` is the sum of their
/// lengths, so the datagram is complete where it equals `dataLength`. Neighbours may touch: a piece is a run of what came
/// in order, which the policy `linux` needs to know.
struct PendingDatagram {
    struct Piece {
        var start: Int
        var end: Int
        /// From `start` on; fewer than `end - start` where the snapshot length cut the fragment.
        var octets: [UInt8]

        var isCut: Bool { octets.count < end - start }

        /// A copy of its own, so that no piece holds the memory of octets that are not in it.
        func part(from first: Int, to last: Int) -> Piece {
            Piece(start: first, end: last, octets: Array(octets.dropFirst(first - start).prefix(last - first)))
        }
    }

    enum Fate {
        case held
        case duplicate
        case complete
        case discarded(AbandonedDatagram.Reason)
    }

    /// What a piece and a datagram cost besides their octets.
    private static let pieceOverhead = 64
    private static let overhead = 256

    let key: FragmentKey
    /// Its place in the order of first fragments.
    let serial: UInt64
    let firstTime: Timestamp
    private(set) var frames: [UInt64] = []
    private var pieces: [Piece] = []
    private(set) var octetCount = 0
    private(set) var dataLength: Int?
    private var capturedCount = 0
    /// The headers of the fragment at offset 0, which the whole packet begins with.
    private var headers: [UInt8] = []

    init(_ key: FragmentKey, serial: UInt64, firstTime: Timestamp) {
        self.key = key
        self.serial = serial
        self.firstTime = firstTime
    }

    /// Octets of memory that the datagram takes, about: its octets and what describes them.
    var memory: Int {
        Self.overhead + capturedCount + pieces.count * Self.pieceOverhead + frames.count * 8 + headers.count
    }

    func abandoned(_ reason: AbandonedDatagram.Reason) -> AbandonedDatagram {
        AbandonedDatagram(
            key: key, frames: frames, reason: reason, octetCount: octetCount, dataLength: dataLength,
            isFirstFragmentMissing: pieces.first.map { $0.start > 0 } ?? true)
    }

    /// Takes a fragment of this datagram.
    mutating func add(
        _ fragment: Fragment, _ bytes: Span<UInt8>, frame: UInt64, _ policy: FragmentOverlapPolicy
    ) -> (fate: Fate, overlap: FragmentOverlap?) {
        let end = fragment.offset + fragment.length
        if let reason = fault(fragment, end: end) {
            frames.append(frame)
            return (.discarded(reason), nil)
        }
        if !fragment.moreFragments { dataLength = end }
        let new = Piece(
            start: fragment.offset, end: end,
            octets: [UInt8](copying: bytes.extracting(fragment.data.indices)))
        let touched = overlapped(new)
        guard touched.isEmpty else {
            return resolve(new, touched, fragment, bytes, frame: frame, policy)
        }
        frames.append(frame)
        if let last = pieces.indices.last, touched.lowerBound == pieces.count, pieces[last].end == new.start,
            !pieces[last].isCut
        {
            pieces[last].octets.append(contentsOf: new.octets)
            pieces[last].end = new.end
        } else {
            pieces.insert(new, at: touched.lowerBound)
        }
        count(new, 1)
        if fragment.offset == 0 { keepHeaders(fragment, bytes) }
        return (octetCount == dataLength ? .complete : .held, nil)
    }

    /// Why the fragment makes an end of the datagram, whatever it overlaps; nil where it does not.
    private func fault(_ fragment: Fragment, end: Int) -> AbandonedDatagram.Reason? {
        let headerLength = key.isIPv6 ? fragment.headers.count - IPv6Header.length : fragment.headers.count
        if headerLength + end > 65_535 { return .beyondMaximumLength }
        let highest = pieces.last?.end ?? 0
        if fragment.moreFragments {
            if let dataLength, end > dataLength { return .conflictingLength }
        } else if end < highest || dataLength.map({ $0 != end }) ?? false {
            return .conflictingLength
        }
        return fragment.length == 0 ? .emptyFragment : nil
    }

    private mutating func count(_ piece: Piece, _ sign: Int) {
        octetCount += sign * (piece.end - piece.start)
        capturedCount += sign * piece.octets.count
    }

    private mutating func keepHeaders(_ fragment: Fragment, _ bytes: Span<UInt8>) {
        headers.removeAll()
        for index in fragment.headers.indices { headers.append(bytes[index]) }
        if let position = fragment.nextHeaderPosition { headers[position] = fragment.nextHeader }
    }

    // MARK: Overlaps

    /// The pieces that a new one overlaps; where it overlaps none, the empty range at its place.
    private func overlapped(_ new: Piece) -> Range<Int> {
        var (low, high) = (0, pieces.count)
        // What comes in order belongs behind all others.
        if let last = pieces.last, last.end <= new.start { low = high }
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= new.start { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < pieces.count, pieces[end].start < new.end { end += 1 }
        return low..<end
    }

    private mutating func resolve(
        _ new: Piece, _ touched: Range<Int>, _ fragment: Fragment, _ bytes: Span<UInt8>, frame: UInt64,
        _ policy: FragmentOverlapPolicy
    ) -> (fate: Fate, overlap: FragmentOverlap?) {
        var overlap = compare(new, touched)
        let isCovered = overlap.octetCount == new.end - new.start
        let isRepetition: Bool
        switch policy {
        case .linux: isRepetition = isCovered && touched.count == 1
        case .first: isRepetition = isCovered
        case .last: isRepetition = isCovered && overlap.differingOctetCount == 0
        }
        if isRepetition {
            overlap.resolution = .ignoredDuplicate
            // A repetition that is the first to say where the datagram ends may complete it; Linux drops it unlooked at.
            guard policy != .linux, octetCount == dataLength else { return (.duplicate, overlap) }
            frames.append(frame)
            return (.complete, overlap)
        }
        frames.append(frame)
        switch policy {
        case .linux:
            overlap.resolution = .discardedDatagram
            return (.discarded(.overlap), overlap)
        case .first:
            overlap.resolution = .keptFirst
            insertBetween(new, touched)
        case .last:
            overlap.resolution = .keptLast
            replace(new, touched)
        }
        if fragment.offset == 0, headers.isEmpty || policy == .last { keepHeaders(fragment, bytes) }
        return (octetCount == dataLength ? .complete : .held, overlap)
    }

    private func compare(_ new: Piece, _ touched: Range<Int>) -> FragmentOverlap {
        var overlap = FragmentOverlap(
            start: new.end, end: new.start, octetCount: 0, differingOctetCount: 0, resolution: .discardedDatagram)
        for piece in pieces[touched] {
            let (first, last) = (max(piece.start, new.start), min(piece.end, new.end))
            overlap.start = min(overlap.start, first)
            overlap.end = max(overlap.end, last)
            overlap.octetCount += last - first
            let comparable = min(last, piece.start + piece.octets.count, new.start + new.octets.count)
            for position in first..<max(first, comparable)
            where piece.octets[position - piece.start] != new.octets[position - new.start] {
                overlap.differingOctetCount += 1
            }
        }
        return overlap
    }

    /// Keeps what is there, and puts the rest of `new` into the holes.
    private mutating func insertBetween(_ new: Piece, _ touched: Range<Int>) {
        var merged: [Piece] = []
        var position = new.start
        for piece in pieces[touched] {
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
        pieces.replaceSubrange(touched, with: merged)
    }

    /// Puts `new` in place of what is there.
    private mutating func replace(_ new: Piece, _ touched: Range<Int>) {
        var merged: [Piece] = []
        for piece in pieces[touched] { count(piece, -1) }
        if let lowest = pieces[touched].first, lowest.start < new.start {
            merged.append(lowest.part(from: lowest.start, to: new.start))
        }
        merged.append(new)
        if let highest = pieces[touched].last, highest.end > new.end {
            merged.append(highest.part(from: new.end, to: highest.end))
        }
        for piece in merged { count(piece, 1) }
        pieces.replaceSubrange(touched, with: merged)
    }

    // MARK: The whole packet

    /// The whole packet; to be called when all is there.
    func reassembled() -> ReassembledDatagram {
        let dataLength = dataLength ?? octetCount
        var octets = headers
        octets.reserveCapacity(headers.count + capturedCount)
        for piece in pieces {
            octets.append(contentsOf: piece.octets)
            if piece.isCut { break }
        }
        let originalLength = headers.count + dataLength
        if key.isIPv6 {
            octets.store(bigEndian: UInt16(truncatingIfNeeded: originalLength - IPv6Header.length), at: 4)
        } else {
            octets.store(bigEndian: UInt16(truncatingIfNeeded: originalLength), at: 2)
            // MF and the offset go; DF and the reserved bit stand as the first fragment had them.
            octets.store(bigEndian: UInt16(octets[6] & 0xC0) << 8, at: 6)
            octets.store(bigEndian: 0, at: 10)
            var sum = InternetChecksum()
            sum.add(octets.span.extracting(0..<headers.count))
            octets.store(bigEndian: sum.checksum, at: 10)
        }
        return ReassembledDatagram(key: key, frames: frames, octets: octets, originalLength: originalLength)
    }
}

extension [UInt8] {
    /// A copy of lent octets.
    init(copying octets: Span<UInt8>) {
        self.init()
        reserveCapacity(octets.count)
        for index in octets.indices { append(octets[index]) }
    }

    /// Overwrites two octets in network order.
    fileprivate mutating func store(bigEndian value: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
