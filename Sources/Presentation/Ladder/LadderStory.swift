internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// What a ladder picture shows, before anything is placed: the frames' ways between two hosts, and what stands beside.
struct LadderStory {
    /// One frame's way.
    struct Way {
        let source: HostName
        let departure: Timestamp
        /// Where it ends at the other host; nil for a frame that was dropped, or of which nothing more is known.
        let arrival: Timestamp?
        /// What the link did, where that is not plain delivery.
        let fate: FrameFate?
        /// The frame in words, as the sender's capture shows it; empty for the second way of a frame that was doubled.
        let text: [UInt8]
        /// Whether the analysis at the sender's end calls it a retransmission.
        let isRetransmission: Bool

        /// Whether it crosses the ways of later frames.
        var isOvertaken: Bool { if case .overtaken = fate?.verdict { true } else { false } }
        /// What stands below its arrow. Of one that crosses others it would stand among their words.
        var wordsOfLink: String? { isOvertaken ? nil : fate?.words }
    }

    /// What stands beside a host.
    struct Note {
        enum Kind { case call, failure, label, link, kernel }

        let host: HostName
        let time: Timestamp
        let kind: Kind
        let text: [UInt8]
    }

    private(set) var ways: [Way] = []
    private(set) var notes: [Note] = []
    private(set) var droppedCount = 0
    /// Frames that were sent.
    private(set) var sentCount = 0
    /// When the story begins: the hosts' housekeeping before is no part of it.
    let start: Timestamp

    private struct Sighting: Hashable {
        let host: HostName
        let number: UInt64
    }

    init(_ entries: [TimelineEntry]) {
        start = (entries.first { !$0.isHousekeeping } ?? entries.first)?.time ?? Timestamp(nanosecondsSinceEpoch: 0)
        var origins = FrameOrigins()
        var captured: [Sighting: PacketEvent] = [:]
        var verdicts: [LinkEvent] = []
        for entry in entries {
            switch entry.event {
            case .link(let event):
                origins.note(event)
                verdicts.append(event)
            case .packet(let event):
                if let host = event.host { captured[Sighting(host: host, number: event.info.number)] = event }
            case .socket, .kernel: break
            }
        }
        var judged: Set<Sighting> = []
        for event in verdicts {
            let sent = event.sentFrame.flatMap { captured[Sighting(host: event.source, number: $0)] }
            if let sent { judged.insert(Sighting(host: event.source, number: sent.info.number)) }
            let arrived = event.deliveredFrames.compactMap { captured[Sighting(host: event.source.peer, number: $0)] }
            for packet in arrived { judged.insert(Sighting(host: event.source.peer, number: packet.info.number)) }
            // Address resolution is no part of the story, unless something befell it.
            if event.fate.kind == .neighborDiscovery, event.fate.isPlainDelivery { continue }
            add(event, sent: sent, arrivals: arrived.map(\.info.timestamp))
        }
        // Frames on which the link gave no verdict: where they are seen, and no way between.
        for (sighting, event) in captured
        where !judged.contains(sighting) && FrameKind(event.packet) != .neighborDiscovery {
            if origins.isSent(event, by: sighting.host) { add(unjudged: event, sighting.host) }
        }
        ways.sort { $0.departure < $1.departure }
        addNotes(entries)
        notes.sort { $0.time < $1.time }
    }

    private mutating func add(_ event: LinkEvent, sent: PacketEvent?, arrivals: [Timestamp]) {
        sentCount += 1
        if event.fate.isDropped { droppedCount += 1 }
        let told = event.fate.isPlainDelivery ? nil : event.fate
        let departure = sent?.info.timestamp ?? event.fate.arrival
        var ends = arrivals
        if ends.isEmpty { ends = event.fate.departures }
        var text = OutputBuffer(capacity: 128)
        if let sent {
            text.appendSummary(sent.packet, sent.bytes.span, flow: sent.flow)
        } else {
            text.appendSummary(event.packet, event.bytes.span, flow: nil)
        }
        let first = Way(
            source: event.source, departure: departure, arrival: event.fate.isDropped ? nil : ends.first, fate: told,
            text: text.bytes, isRetransmission: sent?.retransmission != nil)
        ways.append(first)
        if first.isOvertaken, let arrival = first.arrival {
            notes.append(
                Note(host: event.source.peer, time: arrival, kind: .link, text: Array(event.fate.words.utf8)))
        }
        for second in ends.dropFirst() where !event.fate.isDropped {
            ways.append(
                Way(
                    source: event.source, departure: departure, arrival: second, fate: told, text: [],
                    isRetransmission: false))
        }
    }

    private mutating func add(unjudged event: PacketEvent, _ host: HostName) {
        sentCount += 1
        var text = OutputBuffer(capacity: 128)
        text.appendSummary(event.packet, event.bytes.span, flow: event.flow)
        ways.append(
            Way(
                source: host, departure: event.info.timestamp, arrival: nil, fate: nil, text: text.bytes,
                isRetransmission: event.retransmission != nil))
    }

    private mutating func addNotes(_ entries: [TimelineEntry]) {
        var samples = ShownSamples()
        for entry in entries {
            var text = OutputBuffer(capacity: 128)
            func note(_ host: HostName, _ kind: Note.Kind) -> Note {
                Note(host: host, time: entry.time, kind: kind, text: text.bytes)
            }
            switch entry.event {
            case .socket(let event) where event.hasTimelineLine:
                text.appendTimelineText(event, at: entry.time, by: event.role.rawValue)
                notes.append(note(entry.placedHost(event.role), event.failure == nil ? .call : .failure))
            case .kernel(let event) where samples.isNews(event):
                text.append("kernel: ")
                text.appendHostText(event)
                notes.append(note(entry.placedHost(event.role), .kernel))
            case .packet(let event):
                guard let host = event.host else { continue }
                for label in event.flow?.tcp?.labels.elements ?? [] {
                    text.removeAll()
                    text.append(label, since: start)
                    text = text.withoutRareSign
                    notes.append(note(host, .label))
                }
            case .socket, .kernel, .link: break
            }
        }
    }
}

extension TimelineEntry {
    /// Whether it tells of address resolution or the like, which nothing is drawn of.
    fileprivate var isHousekeeping: Bool {
        switch event {
        case .packet(let event): FrameKind(event.packet) == .neighborDiscovery
        case .link(let event): event.fate.kind == .neighborDiscovery
        case .socket(let event): !event.hasTimelineLine
        case .kernel: false
        }
    }
}

extension FrameFate {
    /// When the link lets the frame out: never, once, or twice.
    var departures: [Timestamp] {
        switch verdict {
        case .dropped: []
        case .delivered(let first, let second): [first] + (second.map { [$0] } ?? [])
        case .overtaken(let departure), .corrupted(let departure): [departure]
        }
    }
}

extension OutputBuffer {
    /// The text without the sign `⧉` before it, which the fonts of pictures lack.
    fileprivate var withoutRareSign: OutputBuffer {
        let sign = Array("⧉ ".utf8)
        guard bytes.starts(with: sign) else { return self }
        var rest = OutputBuffer(capacity: 128)
        rest.append(octets: bytes.dropFirst(sign.count))
        return rest
    }
}
