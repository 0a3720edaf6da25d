import ArgumentParser
import Glibc
import PacketCapture
import PacketDecode
import Presentation

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Show packets live, one line each, as they come.",
        discussion: """
            Without -i it captures on the loopback interface, where the traffic of this machine's own programs is. It needs \
            the right to capture: run it with sudo. Ctrl-C ends it. The filter is in the language of pcap-filter(7), as \
            tcpdump takes it; put -- before it where one of its words begins with a dash.
            """)

    @Argument(help: "Capture only frames that match, for instance: udp port 53")
    var filter: [String] = []

    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp("The interface; wirewatch interfaces lists them.", valueName: "name"))
    var interface: String?

    @Option(help: ArgumentHelp("End after this time: 500ms, 10s.", valueName: "time"))
    var duration: DurationArgument?

    @Option(
        name: [.customShort("s"), .customLong("snaplen")],
        help: ArgumentHelp("Keep at most this many octets of a frame.", valueName: "octets"))
    var snapshotLength = 262_144

    @Option(
        name: [.customShort("B"), .customLong("buffer-size")],
        help: ArgumentHelp("The kernel's buffer for frames, in KiB.", valueName: "KiB"))
    var bufferSize = 65_536

    @Flag(name: [.customShort("p"), .customLong("no-promiscuous")], help: "Leave the interface's mode as it is.")
    var isNotPromiscuous = false

    @OptionGroup var output: PacketOutputOptions

    func validate() throws {
        guard (1...262_144).contains(snapshotLength) else {
            throw ValidationError("--snaplen takes a number from 1 to 262144.")
        }
        guard (1...2_000_000).contains(bufferSize) else {
            throw ValidationError("--buffer-size takes a number from 1 to 2000000.")
        }
    }

    func run() throws {
        do {
            var capture = try LiveCapture(interface: try interface ?? Self.loopbackInterface(), options: options)
            let stopper = capture.stopper
            TerminationSignals.handle { _ in stopper.stop() }
            let deadline = duration.map { ContinuousClock.now + $0.duration }
            var packets = try PacketOutput(
                output, linkType: capture.linkType, snapshotLength: capture.snapshotLength)
            let linkName = capture.linkType.name.map { " (\($0))" } ?? ""
            StandardError.write(
                "capturing on \(capture.interface), link type \(capture.linkType.rawValue)\(linkName), "
                    + "up to \(capture.snapshotLength) octets a frame")
            do {
                try Self.show(&capture, until: deadline, &packets)
            } catch is PacketOutput.End {
            } catch is BlockOutput.End {
            } catch {
                try packets.close(capture.statistics())
                throw error
            }
            try packets.close(capture.statistics())
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
    }

    private static func show(
        _ capture: inout LiveCapture, until deadline: ContinuousClock.Instant?, _ packets: inout PacketOutput
    ) throws {
        while true {
            let outcome = try capture.receive(until: deadline) { info, bytes in try packets.take(info, bytes) }
            // What came together is shown together; what waits for more is shown before the wait.
            try packets.flush()
            guard case .frames = outcome else { return }
        }
    }

    private var options: LiveCaptureOptions {
        var options = LiveCaptureOptions()
        options.snapshotLength = snapshotLength
        options.bufferSize = bufferSize << 10
        options.isPromiscuous = !isNotPromiscuous
        options.filter = filter.isEmpty ? nil : filter.joined(separator: " ")
        return options
    }

    /// - Throws: `FailureReport` where the system has none, or `CaptureError`.
    private static func loopbackInterface() throws -> String {
        guard let interface = try NetworkInterface.all().first(where: \.isLoopback) else {
            throw FailureReport(
                what: "cannot choose an interface", reason: "there is no loopback interface",
                advice: "Name one of `wirewatch interfaces` with -i")
        }
        return interface.name
    }
}
