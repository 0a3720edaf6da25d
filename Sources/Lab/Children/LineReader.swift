internal import CLinux
internal import Dispatch
internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import TrafficBlocking

/// Reads what a program writes to a pipe, on a thread of its own, and hands it on in lines.
final class LineReader: Sendable {
    /// For the program; whoever made the reader closes it.
    let writeEnd: Int32
    private let hasEnded = DispatchSemaphore(value: 0)

    init(
        role: SocketRole, _ stream: ProgramLine.Stream, _ onLine: @escaping @Sendable (ProgramLine) -> Void
    ) throws(ProgramError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe wirewatch_pipe(&ends) == 0 else { throw ProgramError(.channel, errno: errno) }
        let readEnd = ends[0]
        writeEnd = ends[1]
        let hasEnded = hasEnded
        do throws(ThreadError) {
            _ = try SystemThread {
                var splitter = LineSplitter()
                var buffer = [UInt8](repeating: 0, count: 65536)
                func hand(on octets: [UInt8]) {
                    onLine(ProgramLine(role: role, stream: stream, timestamp: .now, octets: octets))
                }
                while true {
                    let count = unsafe read(readEnd, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    splitter.take(buffer.prefix(count), hand)
                }
                splitter.finish(hand)
                close(readEnd)
                hasEnded.signal()
            }
        } catch {
            close(readEnd)
            close(writeEnd)
            throw ProgramError(.thread, errno: error.errno)
        }
    }

    /// Waits until all that was written has been handed on.
    func waitForEnd() { hasEnded.wait() }
}
