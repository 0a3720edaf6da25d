import PacketDecode

/// The fragments of one datagram that came so far.
///
/// Invariants: no piece passes `dataLength`, so the datagram is complete where as many octets are there; frames are those of
/// the fragments that brought what is there.
struct PendingDatagram {
    enum Fate {
        case held
        case duplicate
        case complete
        case discarded(AbandonedDatagram.Reason)
    }

    /// What a datagram costs besides its octets.
    private static let overhead = 256

    let key: FragmentKey
    /// Its place in the order of first fragments.
    let serial: UInt64
    let firstTime: Timestamp
    private(set) var frames: [UInt64] = []
    private var frameOctets: UInt64 = 0
    private var repetitions = FragmentRepetitions()
    private var pieces = OctetPieces()
    /// Octets of data, once the last fragment told.
    private var dataLength: Int?
    /// The headers of the fragment at offset 0, which the whole packet begins with.
    private var headers: [UInt8] = []

    init(_ key: FragmentKey, serial: UInt64, firstTime: Timestamp) {
        self.key = key
        self.serial = serial
        self.firstTime = firstTime
    }

    /// Octets of memory that the datagram takes, about: its octets and what describes them.
    var memory: Int {
        Self.overhead + pieces.memory + frames.count * 8 + headers.count
    }

    func abandoned(_ reason: AbandonedDatagram.Reason) -> AbandonedDatagram {
        AbandonedDatagram(
            key: key, frames: frames, reason: reason, octetCount: pieces.octetCount, dataLength: dataLength,
            isFirstFragmentMissing: pieces.first.map { $0.start > 0 } ?? true, frameOctets: frameOctets,
            repetitions: repetitions, octets: beginning)
    }

    /// The headers and the data up to the first octet that is missing.
    private var beginning: [UInt8] {
        guard let first = pieces.first, first.start == 0 else { return [] }
        var octets = headers
        if key.isIPv6, octets.count >= IPv6Header.length {
            // Of the first fragment, whose fragment header is not among them.
            let length = octets.count - IPv6Header.length + first.octets.count
            octets.store(bigEndian: UInt16(truncatingIfNeeded: length), at: 4)
        }
        octets.append(contentsOf: first.octets)
        return octets
    }

    /// Takes a fragment of this datagram.
    mutating func add(
        _ fragment: Fragment, _ bytes: Span<UInt8>, _ info: FrameInfo, _ policy: FragmentOverlapPolicy
    ) -> (fate: Fate, overlap: FragmentOverlap?) {
        frameOctets += UInt64(info.originalLength)
        let answer = place(fragment, bytes, frame: info.number, policy)
        if let overlap = answer.overlap {
            if overlap.resolution == .ignoredDuplicate {
                repetitions.duplicates &+= 1
            } else {
                repetitions.overlapping &+= 1
            }
            repetitions.differingOctetCount += overlap.differingOctetCount
        }
        return answer
    }

    private mutating func place(
        _ fragment: Fragment, _ bytes: Span<UInt8>, frame: UInt64, _ policy: FragmentOverlapPolicy
    ) -> (fate: Fate, overlap: FragmentOverlap?) {
        let end = fragment.offset + fragment.length
        if let reason = fault(fragment, end: end) {
            frames.append(frame)
            return (.discarded(reason), nil)
        }
        if !fragment.moreFragments { dataLength = end }
        let new = OctetPieces.Piece(
            start: fragment.offset, end: end, octets: [UInt8](copying: bytes.extracting(fragment.data.indices)))
        let overlap = pieces.overlap(of: new)
        guard overlap.indices.isEmpty else {
            return resolve(new, overlap, fragment, bytes, frame: frame, policy)
        }
        frames.append(frame)
        pieces.insert(new, at: overlap.indices.lowerBound)
        if fragment.offset == 0 { keepHeaders(fragment, bytes) }
        return (isComplete ? .complete : .held, nil)
    }

    private var isComplete: Bool { pieces.octetCount == dataLength }

    /// Why the fragment makes an end of the datagram, whatever it overlaps; nil where it does not.
    private func fault(_ fragment: Fragment, end: Int) -> AbandonedDatagram.Reason? {
        let headerLength = key.isIPv6 ? fragment.headers.count - IPv6Header.length : fragment.headers.count
        if headerLength + end > 65_535 { return .beyondMaximumLength }
        if fragment.moreFragments {
            if let dataLength, end > dataLength { return .conflictingLength }
        } else if end < pieces.end || dataLength.map({ $0 != end }) ?? false {
            return .conflictingLength
        }
        return fragment.length == 0 ? .emptyFragment : nil
    }

    private mutating func keepHeaders(_ fragment: Fragment, _ bytes: Span<UInt8>) {
        headers.removeAll()
        for index in fragment.headers.indices { headers.append(bytes[index]) }
        if let position = fragment.nextHeaderPosition { headers[position] = fragment.nextHeader }
    }

    private mutating func resolve(
        _ new: OctetPieces.Piece, _ found: OctetPieces.Overlap, _ fragment: Fragment, _ bytes: Span<UInt8>,
        frame: UInt64, _ policy: FragmentOverlapPolicy
    ) -> (fate: Fate, overlap: FragmentOverlap?) {
        var overlap = FragmentOverlap(
            start: found.start, end: found.end, octetCount: found.octetCount,
            differingOctetCount: found.differences.count, resolution: .ignoredDuplicate)
        let isCovered = found.octetCount == new.end - new.start
        let isRepetition: Bool
        switch policy {
        case .linux: isRepetition = isCovered && found.indices.count == 1
        case .first: isRepetition = isCovered
        case .last: isRepetition = isCovered && found.differences.count == 0
        }
        if isRepetition {
            // A repetition that is the first to say where the datagram ends may complete it; Linux drops it unlooked at.
            guard policy != .linux, isComplete else { return (.duplicate, overlap) }
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
            pieces.insertBetween(new, found.indices)
        case .last:
            overlap.resolution = .keptLast
            pieces.replace(new, found.indices)
        }
        if fragment.offset == 0, headers.isEmpty || policy == .last { keepHeaders(fragment, bytes) }
        return (isComplete ? .complete : .held, overlap)
    }

    // MARK: The whole packet

    /// The whole packet; to be called when all is there.
    func reassembled() -> ReassembledDatagram {
        let dataLength = dataLength ?? pieces.octetCount
        var octets = headers
        octets.reserveCapacity(headers.count + pieces.capturedCount)
        for piece in pieces.pieces {
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
        return ReassembledDatagram(
            key: key, frames: frames, octets: octets, originalLength: originalLength, frameOctets: frameOctets,
            repetitions: repetitions)
    }
}

extension [UInt8] {
    /// Overwrites two octets in network order.
    fileprivate mutating func store(bigEndian value: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
