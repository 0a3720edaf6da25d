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
            revise that.
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
    /// may revise that.
    private func read(_ reader: inout SavefileReader, into explanation: inout Explanation?) throws(CaptureError) {
        let decoder = PacketDecoder(linkType: reader.linkType)
        var flows = FlowTable()
        var mayBeRevised = false
        while let info = try reader.next() {
            let found = reader.withFrameBytes { bytes -> (Explanation?, FlowObservation?) in
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info)
                guard info.number == frame else { return (nil, flow) }
                let octets = bytes.indices.map { bytes[$0] }
                return (Explanation(info, decoder.linkType, packet, octets, flow: flow), flow)
            }
            if let new = found.0 {
                explanation = new
                // Only a label can be revised.
                mayBeRevised = found.1?.tcp?.labels.isEmpty == false
                guard mayBeRevised else { return }
            } else if mayBeRevised, let revisions = found.1?.tcp?.revisions {
                for index in revisions.indices where revisions[index].frame == frame {
                    explanation?.add(revisions[index])
                }
            }
        }
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
