internal import Glibc
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Two hosts, the link between them, a capture at each, and the books that say which frame of one is which of the others.
final class LinkWatch: Sendable {
    let hosts: LinkedHosts
    private let ledger = FrameLedger()
    /// Nil where nothing is shown.
    private let verdicts: LinkVerdicts?
    private let captures: [HostName: InterfaceCapture]
    /// Nanoseconds after which a frame that was sent has arrived.
    private let longestWay: Int64

    /// What was counted, by host: what its capture counted, and what the link did to the frames that it sent.
    struct Report: Sendable {
        var statistics: [HostName: CaptureStatistics] = [:]
        var link: [HostName: LinkTally] = [:]
    }

    /// Nanoseconds between the moment at which a relay sends a frame and the one that the capture gives it, at most.
    private static let crossing: Int64 = 2_000_000
    /// Frames that a host's capture can be behind.
    private static let captureRing = 16_384

    /// Makes the hosts and the link, and returns once no frame can be missed.
    ///
    /// - Parameters:
    ///   - savefile: where the captures are kept: see `LessonRun.savefile`.
    ///   - feed: where the frames and the link's verdicts go, and how far they are complete; nil for nowhere.
    ///   - observe: takes each frame of both captures, on the capture's thread.
    init(
        _ conditions: LinkConditions, savefile: String?, feed: TimelineFeed?,
        observe: @escaping @Sendable (PacketEvent) -> Void
    ) throws {
        let ledger = ledger
        let verdicts = feed.map { LinkVerdicts($0, ledger) }
        self.verdicts = verdicts
        hosts = try LinkedHosts(
            fromA: conditions.fromA, fromB: conditions.fromB, rules: conditions.rules, seed: conditions.seed,
            maximumTransmissionUnit: conditions.maximumTransmissionUnit, linkMTU: conditions.linkMTU,
            observer: verdicts?.observer)
        var captures: [HostName: InterfaceCapture] = [:]
        for name in HostName.allCases {
            let host = hosts.host(name)
            let plan = InterfaceCapture.Plan(
                interface: Host.interface, namespace: host.namespace, host: name,
                options: .ring(
                    frames: Self.captureRing, maximumTransmissionUnit: conditions.maximumTransmissionUnit),
                savefile: savefile.map { LessonRun.savefile($0, of: name) })
            let source = feed?.addSource()
            captures[name] = try InterfaceCapture(
                plan,
                observe: { event in
                    observe(event)
                    guard let feed else { return }
                    ledger.noteCaptured(event, at: name, isOutgoing: event.packet.isSent(by: host))
                    feed.push(TimelineEntry(event))
                },
                isCompleteUpTo: { moment in
                    guard let source, let verdicts else { return }
                    let moment = moment.advanced(by: -Self.crossing)
                    source.noteComplete(upTo: min(moment, verdicts.oldestUntold(now: moment) ?? moment))
                })
        }
        self.captures = captures
        longestWay = conditions.longestWay
    }

    /// The entry with what became known of it while it waited for its place.
    func complete(_ entry: TimelineEntry) -> TimelineEntry {
        guard case .link(let event) = entry.event else { return entry }
        return TimelineEntry(ledger.numbered(event))
    }

    /// Waits until what still travels has arrived and was answered.
    func settle() { usleep(UInt32(clamping: (longestWay / 1000 + 5_000) * 2)) }

    /// Ends the captures and the link, once all that came before was handed over.
    ///
    /// - Throws: what ended a capture before, if something did.
    func stop() throws -> Report {
        var report = Report()
        for (name, capture) in captures { report.statistics[name] = try capture.stop() }
        let tallies = hosts.stop()
        verdicts?.finish()
        report.link = [.a: tallies.fromA, .b: tallies.fromB]
        return report
    }
}

extension DecodedPacket {
    /// Whether the frame left that host, by its link address.
    fileprivate func isSent(by host: Host) -> Bool {
        if case .ethernet(let header) = link { header.source == host.linkAddress } else { false }
    }
}
