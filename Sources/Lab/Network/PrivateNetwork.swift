internal import CLinux
internal import Glibc

/// A network namespace of the process's own, with nothing in it but a loopback interface.
///
/// In it the process holds capture rights and sees nobody else's traffic. With rights (CAP_SYS_ADMIN) it is a plain
/// network namespace; without, a user namespace comes first (user_namespaces(7)). The kernel takes it down with the
/// process, however that ends.
public enum PrivateNetwork {
    /// How the namespace's loopback interface is set up.
    public struct Loopback: Sendable, Hashable {
        /// The largest packet, in octets.
        public var maximumTransmissionUnit: Int
        /// Whether the kernel may hand over TCP segments larger than that, to be cut later: frames are then no segments.
        public var offloadsSegmentation: Bool

        public init(maximumTransmissionUnit: Int, offloadsSegmentation: Bool) {
            self.maximumTransmissionUnit = maximumTransmissionUnit
            self.offloadsSegmentation = offloadsSegmentation
        }

        /// As Ethernet has it: 1500 octets, and each frame is one TCP segment.
        public static let ethernetLike = Loopback(maximumTransmissionUnit: 1500, offloadsSegmentation: false)
        /// As Linux has it: 65,536 octets, so that any UDP datagram is one frame.
        public static let wide = Loopback(maximumTransmissionUnit: 65536, offloadsSegmentation: true)
    }

    /// Moves the process into a new namespace and raises its loopback interface.
    ///
    /// It must come before the process starts a thread: unshare(2) of a user namespace is refused afterwards, and of a
    /// network namespace would move the calling thread alone.
    ///
    /// - Throws: `PrivateNetworkError`, which names the step that the system refused.
    public static func enter(_ loopback: Loopback) throws(PrivateNetworkError) {
        if wirewatch_unshare(Int32(WIREWATCH_CLONE_NEWNET)) != 0 {
            guard errno == EPERM else { throw PrivateNetworkError(.networkNamespace, errno: errno) }
            try enterUserNamespace()
        }
        try raise(loopback)
    }

    /// Makes a user namespace in which the caller's user and group are root, and a network namespace that it owns.
    private static func enterUserNamespace() throws(PrivateNetworkError) {
        let user = geteuid()
        let group = getegid()
        let both = WIREWATCH_CLONE_NEWUSER | WIREWATCH_CLONE_NEWNET
        guard wirewatch_unshare(Int32(both)) == 0 else { throw PrivateNetworkError(.userNamespace, errno: errno) }
        // Without this the kernel takes no group map from a process without rights (user_namespaces(7)).
        try write("deny", to: "/proc/self/setgroups", step: .denySetgroups)
        try write("0 \(user) 1", to: "/proc/self/uid_map", step: .mapUser)
        try write("0 \(group) 1", to: "/proc/self/gid_map", step: .mapGroup)
    }

    private static func raise(_ loopback: Loopback) throws(PrivateNetworkError) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PrivateNetworkError(.controlSocket, errno: errno) }
        defer { close(descriptor) }
        let mtu = Int32(clamping: loopback.maximumTransmissionUnit)
        guard unsafe wirewatch_interface_set_mtu(descriptor, "lo", mtu) == 0 else {
            throw PrivateNetworkError(.setMTU, errno: errno)
        }
        if !loopback.offloadsSegmentation {
            guard unsafe wirewatch_interface_disable_segmentation_offload(descriptor, "lo") == 0 else {
                throw PrivateNetworkError(.disableSegmentationOffload, errno: errno)
            }
        }
        guard unsafe wirewatch_interface_up(descriptor, "lo") == 0 else {
            throw PrivateNetworkError(.raiseLoopback, errno: errno)
        }
    }

    private static func write(
        _ text: String, to path: String, step: PrivateNetworkError.Step
    ) throws(PrivateNetworkError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PrivateNetworkError(step, errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        // These files take their text in a single write(2) or not at all.
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw PrivateNetworkError(step, errno: errno)
        }
    }
}
