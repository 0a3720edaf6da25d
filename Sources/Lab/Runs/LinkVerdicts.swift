internal import PacketDecode
internal import Synchronization
internal import Timeline

/// Makes the link's events of what its relays tell: a frame that is dropped is one at once, any other when it has left, with
/// the moments at which it did.
final class LinkVerdicts: Sendable {
    /// A frame on the link, and when it has left so far.
    private struct Passage {
        let event: LinkEvent
        var departures: [Timestamp] = []
    }

    private struct Frame: Hashable {
        let source: HostName
        let number: UInt64
    }

    private let feed: TimelineFeed
    private let ledger: FrameLedger
    private let underWay = Mutex<[Frame: Passage]>([:])

    init(_ feed: TimelineFeed, _ ledger: FrameLedger) {
        self.feed = feed
        self.ledger = ledger
    }

    var observer: LinkObserver {
        LinkObserver(
            taken: { [self] in take($0, $1, $2, $3) },
            departed: { [self] in depart($0, $1, $2, at: $3) })
    }

    private static let decoder = PacketDecoder(linkType: .ethernet)

    private func take(_ source: HostName, _ fate: FrameFate, _ packet: DecodedPacket, _ bytes: [UInt8]) {
        let event = LinkEvent(source: source, fate: fate, packet: packet, bytes: bytes)
        defer { ledger.noteTaken(event) }
        if fate.isDropped {
            feed.push(TimelineEntry(event))
        } else {
            underWay.withLock { $0[Frame(source: source, number: fate.number)] = Passage(event: event) }
        }
    }

    private func depart(_ source: HostName, _ number: UInt64, _ bytes: [UInt8], at moment: Timestamp) {
        ledger.noteDeparted(number, from: source, Self.decoder.decode(bytes.span), bytes, at: moment)
        let frame = Frame(source: source, number: number)
        let event = underWay.withLock { underWay -> LinkEvent? in
            guard var passage = underWay[frame] else { return nil }
            passage.departures.append(moment)
            let isLast = passage.departures.count == passage.event.fate.departureCount
            underWay[frame] = isLast ? nil : passage
            guard isLast else { return nil }
            var event = passage.event
            event.fate = event.fate.departed(passage.departures)
            return event
        }
        if let event { feed.push(TimelineEntry(event)) }
    }

    /// A moment before which every verdict was told, as far as the relays are heard of: a frame under way is told of when it
    /// has left, which is not before it is due.
    func oldestUntold(now: Timestamp) -> Timestamp? {
        let due = underWay.withLock { $0.values.map(\.event.fate.end).min() }
        return [due, ledger.oldestUntold(now: now)].compactMap(\.self).min()
    }

    /// Tells of the frames that the link still held when it ended: they never left.
    func finish() {
        let left = underWay.withLock { underWay in
            defer { underWay = [:] }
            return underWay.values.map(\.event)
        }
        for event in left { feed.push(TimelineEntry(event)) }
    }
}
