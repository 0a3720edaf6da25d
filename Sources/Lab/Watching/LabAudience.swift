internal import Dispatch
internal import Glibc
internal import Timeline
internal import TrafficBlocking

/// Those who watch a running lab from other terminals, or from its own hosts, and the timeline that they are told.
final class LabAudience: Sendable {
    /// Shows someone the timeline as he wants it, on a thread of his own, by `write`, which returns false once he has gone.
    typealias Show =
        @Sendable (
            _ request: WatchRequest, _ timeline: TimelineLog.Reader, _ write: ([UInt8]) -> Bool
        ) -> Void

    /// Someone who comes late is told so much of what was before.
    private let log = TimelineLog(limit: 4096)
    private let show: Show
    /// The door to those who are where the process came from.
    private let outerDoor: Int32
    private let present = DispatchGroup()

    /// Opens a door in the network namespace that the process is in before it moves into one of its own. It starts no
    /// thread.
    init(_ show: @escaping Show) throws(PrivateNetworkError) {
        self.show = show
        outerDoor = try LabDoor.open()
    }

    /// Lets people in, from there and from these namespaces.
    ///
    /// - Throws: `PrivateNetworkError` or `ThreadError`.
    func admit(from namespaces: [NetworkNamespace]) throws {
        let doors = try [outerDoor] + namespaces.map { try $0.run { try LabDoor.open() } }
        for door in doors {
            try LabDoor.serve(door) { [self] request, write in
                present.enter()
                show(request, TimelineLog.Reader(log), write)
                present.leave()
            }
        }
    }

    func tell(_ entry: TimelineEntry) { log.append(entry) }

    /// Says that the lab is over, and waits until all have been told the rest, or for a second.
    func dismiss() {
        log.close()
        _ = present.wait(timeout: .now() + .seconds(1))
    }
}
