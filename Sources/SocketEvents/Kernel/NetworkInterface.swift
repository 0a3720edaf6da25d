internal import CLinux
internal import Glibc

/// Network interfaces of the calling thread's namespace, as socket options name them.
public enum NetworkInterface {
    /// The index of the interface `name` (if_nametoindex(3)).
    ///
    /// - Throws: `SocketError` with the operation `setOption`, where there is none.
    public static func index(of name: String) throws(SocketError) -> UInt32 {
        let index = unsafe wirewatch_interface_index(name)
        guard index != 0 else { throw SocketError(.setOption, errno: errno, subject: "the interface \(name)") }
        return index
    }
}
