internal import PacketDecode
internal import Synchronization
internal import Timeline

/// Up to which moment all captures of a run have handed over what they saw: the least of their moments.
final class Completeness: Sendable {
    private let moments = Mutex<[HostName: Timestamp]>([:])
    private let feed: TimelineFeed

    init(_ feed: TimelineFeed) {
        self.feed = feed
        // Until both captures have said something, nothing is complete.
        feed.noteComplete(upTo: Timestamp(nanosecondsSinceEpoch: 0))
    }

    func note(_ host: HostName, upTo moment: Timestamp) {
        let least = moments.withLock { moments -> Timestamp? in
            moments[host] = moment
            return moments.count == HostName.allCases.count ? moments.values.min() : nil
        }
        if let least { feed.noteComplete(upTo: least) }
    }
}
