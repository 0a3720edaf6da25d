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
        discussion: "The frames before it are read too: they say what a segment is to its connection.")

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
        let explanation: Explanation
        do {
            guard let found = try find() else { return }
            explanation = found
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
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

    /// - Throws: `CaptureError`, or `FailureReport` where the capture has no such frame.
    private func find() throws -> Explanation? {
        var reader = try SavefileReader(path: file)
        let decoder = PacketDecoder(linkType: reader.linkType)
        var flows = FlowTable()
        while let info = try reader.next() {
            let found = reader.withFrameBytes { bytes -> Explanation? in
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info)
                guard info.number == frame else { return nil }
                let octets = bytes.indices.map { bytes[$0] }
                return Explanation(info, decoder.linkType, packet, octets, flow: flow)
            }
            if let found { return found }
        }
        throw FailureReport(
            what: "cannot explain frame \(frame)",
            reason: "\(file == "-" ? "standard input" : file) has \(reader.frameCount) frames")
    }
}
