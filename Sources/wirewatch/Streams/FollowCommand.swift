public import ArgumentParser
public import FlowAnalysis
import Glibc
import PacketCapture
import PacketDecode
import Presentation

extension StreamOverlapPolicy: ExpressibleByArgument {}

struct FollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Show what was said on one connection or datagram flow.",
        discussion: """
            Octets stand in the order of the stream, each side behind its mark: a TCP stream in lines of text, UDP a \
            datagram a line. Control characters and what is not UTF-8 are escaped. Octets that are missing, and octets that \
            came again and differ, are said in their place.
            """)

    @Argument(help: "The capture; - is standard input.")
    var file: String

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp(
            "The flow's number: TCP connections and UDP flows count together, from 1, in the order of their first packets.",
            valueName: "number"))
    var connection: UInt64

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Option(help: "Which octets to keep where two segments that wait differ: first or last.")
    var policy: StreamOverlapPolicy = .first

    @Option(
        help: ArgumentHelp(
            "Write the octets of one side to this file, as they are; - is standard output, in place of the text.",
            valueName: "file"))
    var writeRaw: String?

    @Option(help: "The side of --write-raw: initiator or responder.")
    var direction: Direction?

    enum Direction: String, ExpressibleByArgument, CaseIterable {
        case initiator, responder

        var flowDirection: FlowDirection { self == .initiator ? .fromInitiator : .fromResponder }
    }

    func validate() throws {
        if connection == 0 { throw ValidationError("Connections are numbered from 1 on.") }
        if (writeRaw == nil) != (direction == nil) {
            throw ValidationError("--write-raw and --direction go together.")
        }
    }

    func run() throws {
        do {
            var reader = try SavefileReader(path: file)
            // What comes down a pipe may come slowly, and is to be seen when it comes.
            let isSlow = file == "-" && !ReadCommand.isRegularFile(STDIN_FILENO)
            let decoder = PacketDecoder(linkType: reader.linkType)
            var flows = FlowTable()
            var web = HTTPWatch(limit: 1)
            try ReadCommand.refuseToOverwrite(file, by: writeRaw)
            var follower = FlowFollower(flow: connection, policy: policy)
            var output = try ConversationOutput(
                flow: connection, format: writeRaw == "-" ? .none : json ? .json : .text, rawPath: writeRaw,
                rawDirection: direction?.flowDirection)
            do {
                try reader.forEachFrame { info, bytes in
                    output.noteFrame(info)
                    let packet = decoder.decode(bytes, originalLength: info.originalLength)
                    let observation = flows.observe(packet, info, bytes)
                    let fragment = packet.isFragment ? flows.latestFragment : nil
                    if let observation, observation.flow == connection {
                        let said =
                            if let fragment { web.observe(fragment, observation) } else {
                                web.observe(packet, bytes, observation)
                            }
                        for event in said { try output.take(event, observation.direction, info) }
                    }
                    try follower.take(packet, info, bytes, observation, fragment) { event, octets in
                        try output.take(event, octets)
                    }
                    if isSlow { try output.flush() }
                }
            } catch is ConversationOutput.ReaderGone {
                return
            } catch {
                // What was read up to the fault is shown.
                if follower.isFound { try Self.end(&follower, flows.finish(), &output) }
                throw error
            }
            guard follower.isFound else { throw notFound(count: flows.numberedFlowCount) }
            try Self.end(&follower, flows.finish(), &output)
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
    }

    private static func end(
        _ follower: inout FlowFollower, _ incomplete: [AbandonedDatagram], _ output: inout ConversationOutput
    ) throws {
        do {
            try follower.finish(incomplete) { event, octets in try output.take(event, octets) }
            let totals = ConversationTotals(
                flow: follower.flow, initiator: follower.counts(.fromInitiator),
                responder: follower.counts(.fromResponder))
            try output.close(totals)
        } catch is ConversationOutput.ReaderGone {}
    }

    private func notFound(count: UInt64) -> FailureReport {
        let name = file == "-" ? "standard input" : file
        let reason =
            switch count {
            case 0: "\(name) has no TCP connection and no UDP flow"
            case 1: "\(name) has 1 connection or datagram flow"
            default: "\(name) has \(count) connections and datagram flows"
            }
        return FailureReport(what: "cannot follow connection \(connection)", reason: reason)
    }
}
