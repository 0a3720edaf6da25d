internal import CLinux
internal import Glibc

/// Settings of interfaces that rtnetlink has no message for.
enum NamespaceSetup {
    /// Turns an interface's offloads off, in the calling thread's namespace.
    static func disableOffloads(of interface: String) throws(PrivateNetworkError) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PrivateNetworkError(.controlSocket, errno: errno) }
        defer { close(descriptor) }
        guard unsafe wirewatch_interface_disable_offloads(descriptor, interface) == 0 else {
            throw PrivateNetworkError(.disableSegmentationOffload, errno: errno)
        }
    }
}
