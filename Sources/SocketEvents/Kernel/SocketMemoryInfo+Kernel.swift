internal import CLinux
internal import Glibc

extension SocketMemoryInfo {
    /// Asks the kernel about the socket `descriptor` (getsockopt(2), SO_MEMINFO).
    ///
    /// - Throws: `SocketError` with the operation `readOption`.
    public init(of descriptor: Int32) throws(SocketError) {
        // SK_MEMINFO_… of <linux/sock_diag.h>: rcvbuf is the second of nine numbers, drops the ninth.
        var numbers = InlineArray<9, UInt32>(repeating: 0)
        var length = socklen_t(MemoryLayout<InlineArray<9, UInt32>>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, &numbers, &length) == 0 else {
            throw SocketError(.readOption, errno: errno, subject: "SO_MEMINFO")
        }
        guard Int(length) == MemoryLayout<InlineArray<9, UInt32>>.size else {
            throw SocketError(.readOption, errno: EOPNOTSUPP, subject: "SO_MEMINFO")
        }
        self.init(drops: numbers[8], receiveBufferSize: numbers[1])
    }
}
