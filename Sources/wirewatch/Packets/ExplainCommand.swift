import ArgumentParser
import FlowAnalysis
import Glibc
import PacketCapture
import PacketDecode
import Presentation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show every field of one frame: its octets, its value, and what it means.",
        discussion: """
            The whole capture is read: the frames before this one say what it is to its connection, and a later one may \
            revise that, or complete the datagram that it is a fragment of.
            """)

    @Argument(help: "The capture; - is standard input.")
    var file: String

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("The frame's number, as read shows it.", valueName: "number"))
    var frame: UInt64

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Columns of the text where standard output is no terminal.
    private static let columnsOfFile = 100

    func validate() throws {
        if frame == 0 { throw ValidationError("Frames are numbered from 1 on.") }
    }

    func run() throws {
        do {
            var reader = try SavefileReader(path: file)
            var explanation: Explanation?
            do {
                try read(&reader, into: &explanation)
            } catch {
                // What was found before the file broke off is worth showing.
                if let explanation { try show(explanation) }
                throw error
            }
            guard let explanation else { throw notFound(reader.frameCount) }
            try show(explanation)
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
    }

    /// Reads the whole capture: the frames before the one that is asked for say what it is to its connection, those after it
    /// may revise that, or complete the datagram that it is a fragment of.
    private func read(_ reader: inout SavefileReader, into explanation: inout Explanation?) throws(CaptureError) {
        let decoder = PacketDecoder(linkType: reader.linkType)
        var flows = FlowTable()
        var awaited = Awaited()
        while let info = try reader.next() {
            let found = reader.withFrameBytes { bytes -> (Explanation?, FlowObservation?, isFragment: Bool) in
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info, bytes)
                guard info.number == frame else { return (nil, flow, packet.isFragment) }
                let octets = bytes.indices.map { bytes[$0] }
                return (Explanation(info, decoder.linkType, packet, octets, flow: flow), flow, packet.isFragment)
            }
            let fragment = found.isFragment ? flows.latestFragment : nil
            if var new = found.0 {
                // Only a label can be revised.
                awaited.revisions = found.1?.tcp?.labels.isEmpty == false
                if let fragment {
                    new.add(fragment)
                    if case .held = fragment.outcome { awaited.datagram = true }
                }
                explanation = new
            } else if explanation != nil {
                if awaited.revisions, let revisions = found.1?.tcp?.revisions {
                    for index in revisions.indices where revisions[index].frame == frame {
                        explanation?.add(revisions[index])
                    }
                }
                if awaited.datagram, let fragment { awaited.datagram = !end(of: fragment, into: &explanation) }
            }
            if explanation != nil, !awaited.revisions, !awaited.datagram { return }
        }
        if awaited.datagram {
            for datagram in flows.finish() where datagram.frames.contains(frame) { explanation?.add(datagram) }
        }
    }

    /// What frames after the one that is asked for may still tell.
    private struct Awaited {
        var revisions = false
        var datagram = false
    }

    /// Adds the datagram that the frame is a fragment of, where `fragment` made an end of its reassembly.
    private func end(of fragment: FragmentObservation, into explanation: inout Explanation?) -> Bool {
        if case .complete(let datagram) = fragment.outcome, datagram.frames.contains(frame) {
            explanation?.add(datagram)
            return true
        }
        var abandoned = fragment.abandoned
        if case .discarded(let datagram) = fragment.outcome { abandoned.append(datagram) }
        guard let datagram = abandoned.first(where: { $0.frames.contains(frame) }) else { return false }
        explanation?.add(datagram)
        return true
    }

    private func show(_ explanation: Explanation) throws {
        var buffer = OutputBuffer()
        if json {
            buffer.appendJSON(explanation)
        } else {
            let columns = max(60, Terminal.columns(STDOUT_FILENO) ?? Self.columnsOfFile)
            buffer.append(explanation, columns: columns, isColoured: Terminal.isColoured(STDOUT_FILENO))
        }
        let failure = StandardOutput.write(buffer.bytes, to: STDOUT_FILENO)
        guard failure == 0 || failure == EPIPE else {
            throw FailureReport(what: "cannot write to standard output", reason: StandardError.words(for: failure))
        }
    }

    private func notFound(_ count: UInt64) -> FailureReport {
        FailureReport(
            what: "cannot explain frame \(frame)",
            reason: "\(file == "-" ? "standard input" : file) has \(count) frame\(count == 1 ? "" : "s")")
    }
}
