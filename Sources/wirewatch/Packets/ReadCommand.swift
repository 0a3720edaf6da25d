import ArgumentParser
import Glibc
import PacketCapture
import PacketDecode
import Presentation

struct ReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Show the packets of a capture file, one line each.",
        discussion: """
            Reads pcap and pcapng. The filter is in the language of pcap-filter(7), as tcpdump takes it; put -- before it \
            where one of its words begins with a dash.
            """)

    @Argument(help: "The capture; - is standard input.")
    var file: String

    @Argument(help: "Show only frames that match, for instance: tcp port 80 and not host 10.0.0.1")
    var filter: [String] = []

    @OptionGroup var output: PacketOutputOptions

    func run() throws {
        do {
            var reader = try SavefileReader(path: file)
            try Self.refuseToOverwrite(file, by: output.writePath)
            // Applied here and not by the reader: what is hidden still belongs to its flow, whose relative numbers, window
            // scale and labels would be wrong without it.
            let filter =
                self.filter.isEmpty
                ? nil
                : try CaptureFilter(
                    self.filter.joined(separator: " "), linkType: reader.linkType,
                    snapshotLength: reader.snapshotLength)
            // What comes down a pipe may come slowly, and is to be seen when it comes.
            let isSlow = file == "-" && !Self.isRegularFile(STDIN_FILENO)
            var packets = try PacketOutput(
                output, linkType: reader.linkType, snapshotLength: reader.snapshotLength)
            do {
                try reader.forEachFrame { info, bytes in
                    if let filter, !filter.matches(bytes, originalLength: info.originalLength) {
                        packets.passOver(info, bytes)
                        return
                    }
                    try packets.take(info, bytes)
                    if isSlow { try packets.flush() }
                }
            } catch is PacketOutput.End {
            } catch is BlockOutput.End {
            } catch {
                try packets.close()
                throw error
            }
            try packets.close()
        } catch let error as CaptureError {
            throw FailureReport(error)
        }
    }

    /// Opening a file to write empties it: it must not be the one that is read, by whatever name.
    ///
    /// - Throws: `FailureReport` where it is.
    static func refuseToOverwrite(_ file: String, by path: String?) throws {
        guard let path, path != "-" else { return }
        var (source, target) = (stat(), stat())
        let isSourceKnown = unsafe file == "-" ? fstat(STDIN_FILENO, &source) == 0 : stat(file, &source) == 0
        guard isSourceKnown, unsafe stat(path, &target) == 0, target.st_mode & S_IFMT == S_IFREG else { return }
        guard source.st_dev == target.st_dev, source.st_ino == target.st_ino else { return }
        throw FailureReport(
            what: "cannot write \(path)", reason: "it is the file that is read", advice: "Choose another name")
    }

    static func isRegularFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
