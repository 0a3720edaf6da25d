internal import Glibc

/// A setting of the calling thread's network namespace (sysctl(8)).
enum KernelSetting {
    /// Sets it by its path below /proc/sys, such as `net/ipv4/tcp_sack`; false where this kernel has none of that name, or does
    /// not let it be changed.
    static func set(_ path: String, to value: String) -> Bool {
        let descriptor = unsafe open("/proc/sys/" + path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let octets = Array(value.utf8)
        return unsafe write(descriptor, octets, octets.count) == octets.count
    }
}
