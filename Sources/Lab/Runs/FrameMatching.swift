/// Tells which frame of a capture is which frame of the link: two lists of the same frames in the same order, where either
/// may have some that the other lacks.
///
/// It does no I/O. Frames are told apart by a hash of their transport octets.
struct FrameMatching {
    private struct Sighting {
        let number: UInt64
        /// Nil for a frame that the link changed: it may be any.
        let hash: UInt64?
    }

    private var onLink: [Sighting] = []
    private var inCapture: [Sighting] = []
    private var matches: [UInt64: [UInt64]] = [:]
    /// How far ahead a frame is looked for before it is given up.
    private static let reach = 256

    /// Takes a frame of the link's, by its number there.
    mutating func noteLink(_ number: UInt64, hash: UInt64?) {
        onLink.append(Sighting(number: number, hash: hash))
        match()
    }

    /// Takes a frame of the capture's, by its number there.
    mutating func noteCapture(_ number: UInt64, hash: UInt64) {
        inCapture.append(Sighting(number: number, hash: hash))
        match()
    }

    /// The capture's numbers of a frame of the link's, which is then forgotten.
    mutating func take(_ number: UInt64) -> [UInt64] { matches.removeValue(forKey: number) ?? [] }

    private mutating func match() {
        while let link = onLink.first, let captured = inCapture.first {
            if link.hash == nil || link.hash == captured.hash {
                matches[link.number, default: []].append(captured.number)
                onLink.removeFirst()
                inCapture.removeFirst()
            } else if let place = onLink.prefix(Self.reach).firstIndex(where: { $0.hash == captured.hash }) {
                // The capture missed those before: it was not open yet.
                onLink.removeFirst(place)
            } else if inCapture.prefix(Self.reach).contains(where: { $0.hash == link.hash })
                || onLink.count > Self.reach
            {
                // The link has never seen this one: it made it itself, or its relay was not open yet.
                inCapture.removeFirst()
            } else {
                // One of the two lists is behind.
                return
            }
        }
    }
}
