import FlowAnalysis
import Glibc
import Lab
import PacketDecode
import Presentation
import Timeline

extension ProgramEnding {
    /// `exit code 0`, `killed by signal 9`.
    var words: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "killed by signal \(signal)"
        }
    }
}

extension ProgramRunRecord {
    /// What makes the run less than the whole story, a line each.
    var warnings: [String] {
        var lines: [String] = []
        if isServerSilent { lines.append("the server did not listen within 2 s; the client was started all the same") }
        if lateCount > 0 { lines.append("\(lateCount) events came too late for their place on the timeline") }
        for host in HostName.allCases {
            let dropped = network.hosts[host]?.droppedByKernel ?? 0
            if dropped > 0 { lines.append("the kernel dropped \(dropped) frames of the capture at \(host.rawValue)") }
            let lost = network.link[host]?.lostUnmeant ?? 0
            guard lost > 0 else { continue }
            lines.append("the link lost \(lost) frames from \(host.rawValue) that it was not told to lose")
        }
        return lines
    }

    /// How the programs ended: `client: exit code 0; server: exit code 0`.
    fileprivate func endings(client: String) -> String {
        var parts: [String] = []
        if interruption != nil { parts.append("interrupted") }
        if let clientEnding { parts.append("\(client): \(clientEnding.words)") }
        if let serverEnding {
            parts.append("server: \(serverEnding.words)" + (hasServerEndedByItself ? "" : ", after it was told to end"))
        }
        return parts.joined(separator: "; ")
    }
}

extension OutputBuffer {
    /// Appends what a run came to: the flows, the link, the resends, the exit codes. `client` is what the client is called.
    mutating func append(
        _ record: ProgramRunRecord, client: String = "client", columns: Int, isColoured: Bool
    ) {
        endLine()
        append(flows: record.network.flows, columns: columns, isColoured: isColoured)
        for host in HostName.allCases {
            guard let tally = record.network.link[host] else { continue }
            let line = "- link \(host.rawValue) → \(host.peer.rawValue): \(tally.words)"
            append(folding: line, columns: columns, indent: 2)
        }
        for host in HostName.allCases {
            guard let counts = record.network.hosts[host] else { continue }
            let line = "- \(counts.words(of: host, isAlone: record.network.link.isEmpty))"
            append(folding: line, columns: columns, indent: 2)
        }
        append(folding: "- \(record.endings(client: client))", columns: columns, indent: 2)
    }

    private mutating func append(flows: [FlowSummary], columns: Int, isColoured: Bool) {
        guard let first = flows.first else { return }
        var table = FlowsTable(
            columns: columns, isColoured: isColoured, hasFullAddresses: false, origin: first.start)
        for flow in flows { table.measure(FlowOutline(flow)) }
        table.appendHeadings(to: &self)
        for flow in flows { table.append(FlowOutline(flow), to: &self) }
        endLine()
    }

    /// Appends it as JSON: an event `flow` for each flow, and an event `summary`.
    mutating func appendJSON(_ record: ProgramRunRecord) {
        for flow in record.network.flows { appendJSON(flow) }
        beginObject()
        key("event")
        value("summary")
        key("exitCode")
        value(record.exitCode)
        if let signal = record.interruption {
            key("interruption")
            value(signal)
        }
        for (name, ending) in [("client", record.clientEnding), ("server", record.serverEnding)] {
            guard let ending else { continue }
            key(name)
            beginObject()
            switch ending {
            case .exited(let code):
                key("exitCode")
                value(code)
            case .signalled(let signal):
                key("signal")
                value(signal)
            }
            if name == "server" {
                key("hasEndedByItself")
                value(record.hasServerEndedByItself)
            }
            endObject()
        }
        key("hosts")
        beginObject()
        for host in HostName.allCases {
            guard let counts = record.network.hosts[host] else { continue }
            key(host.rawValue)
            appendJSON(counts, record.network.link[host])
        }
        endObject()
        key("lateCount")
        value(record.lateCount)
        endObject()
        endLine()
    }

    private mutating func appendJSON(_ counts: NetworkRecord.HostRecord, _ tally: LinkTally?) {
        beginObject()
        key("frameCount")
        value(counts.frames)
        key("droppedByKernel")
        value(counts.droppedByKernel)
        key("labelledRetransmissions")
        value(counts.labelledRetransmissions)
        if let count = counts.kernelRetransmissions {
            key("kernelRetransmissions")
            value(count)
        }
        if let tally {
            key("link")
            beginObject()
            for (name, count) in [
                ("frames", tally.frames), ("dropped", tally.dropped), ("doubled", tally.doubled),
                ("overtaken", tally.overtaken), ("corrupted", tally.corrupted), ("held", tally.held),
                ("lostUnmeant", tally.lostUnmeant),
            ] {
                key(name)
                value(count)
            }
            endObject()
        }
        endObject()
    }
}

extension LinkTally {
    /// `1204 frames, 12 dropped as told (by chance 10, by rule 2: 2), 0 lost unmeant`.
    fileprivate var words: String {
        var parts = ["\(frames) frames"]
        let causes = dropCauses.map { "\($0.key.words) \($0.value)" }.sorted().joined(separator: ", ")
        parts.append("\(dropped) dropped as told" + (causes.isEmpty ? "" : " (\(causes))"))
        if doubled > 0 { parts.append("\(doubled) doubled") }
        if overtaken > 0 { parts.append("\(overtaken) overtaken") }
        if corrupted > 0 { parts.append("\(corrupted) corrupted") }
        if held > 0 { parts.append("\(held) still on their way at the end") }
        parts.append("\(lostUnmeant) lost unmeant")
        return parts.joined(separator: ", ")
    }
}

extension FrameFate.DropCause {
    fileprivate var words: String {
        switch self {
        case .loss: "by chance"
        case .burst: "in bursts"
        case .rule(let number): "by rule \(number):"
        case .queueFull: "queue full"
        case .tooBig: "too big"
        case .expired: "out of hops"
        }
    }
}

extension NetworkRecord.HostRecord {
    fileprivate func words(of host: HostName, isAlone: Bool) -> String {
        var words = isAlone ? "lo" : "host \(host.rawValue)"
        words += ": \(frames) frames captured; of what it sent, wirewatch labels \(labelledRetransmissions) "
        words += labelledRetransmissions == 1 ? "retransmission" : "retransmissions"
        if let kernelRetransmissions { words += ", its kernel counted \(kernelRetransmissions)" }
        return words
    }
}
