internal import Dispatch
internal import Synchronization
internal import Timeline

/// Lets a lesson's script wait until the capture has seen a certain frame.
///
/// The script says what it waits for before it causes it: so the frame cannot pass unseen in between.
final class WireWatch: Sendable {
    /// One frame that is waited for.
    final class Sighting: Sendable {
        fileprivate let isWanted: @Sendable (PacketEvent) -> Bool
        private let seen = Mutex<PacketEvent?>(nil)
        private let arrival = DispatchSemaphore(value: 0)

        fileprivate init(_ isWanted: @escaping @Sendable (PacketEvent) -> Bool) { self.isWanted = isWanted }

        fileprivate func fulfil(_ event: PacketEvent) {
            seen.withLock { $0 = event }
            arrival.signal()
        }

        /// Waits for the frame; nil where it did not come within `seconds`.
        func wait(seconds: Int) -> PacketEvent? {
            guard arrival.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
            return seen.withLock { $0 }
        }
    }

    private let pending = Mutex<[Sighting]>([])

    init() {}

    /// Waits from now on for the first frame that `isWanted` says yes to.
    func expect(_ isWanted: @escaping @Sendable (PacketEvent) -> Bool) -> Sighting {
        let sighting = Sighting(isWanted)
        pending.withLock { $0.append(sighting) }
        return sighting
    }

    /// Takes a frame that the capture saw: each sighting that it fulfils ends.
    func observe(_ event: PacketEvent) {
        let fulfilled = pending.withLock { pending in
            let fulfilled = pending.filter { $0.isWanted(event) }
            pending.removeAll { sighting in fulfilled.contains { $0 === sighting } }
            return fulfilled
        }
        for sighting in fulfilled { sighting.fulfil(event) }
    }
}
