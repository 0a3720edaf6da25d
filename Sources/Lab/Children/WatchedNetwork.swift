internal import Timeline

/// The network under a run of programs, and what watches it.
protocol WatchedNetwork: Sendable {
    var feed: TimelineFeed { get }
    var addresses: HostAddresses { get }
    /// Where a host's programs run; nil for the process's own network namespace.
    func namespace(of host: HostName) -> NetworkNamespace?
    /// The entry with what became known of it while it waited for its place.
    func complete(_ entry: TimelineEntry) -> TimelineEntry
    /// Ends the watch once all that came before was handed over.
    func stop() throws -> NetworkRecord
}
