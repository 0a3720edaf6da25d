internal import CLinux
internal import Glibc
internal import Synchronization
internal import TrafficBlocking

/// A network namespace, held open by a descriptor. The kernel takes it down when nothing refers to it any more.
///
/// A thread that has entered one stays there: give it work of that namespace alone.
public final class NetworkNamespace: Sendable {
    /// The descriptor of /proc/thread-self/ns/net.
    public let descriptor: Int32

    private init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The namespace of the calling thread.
    public static func current() throws(PrivateNetworkError) -> NetworkNamespace {
        let descriptor = unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PrivateNetworkError(.openNamespace, errno: errno) }
        return NetworkNamespace(adopting: descriptor)
    }

    /// A new, empty namespace. The calling thread stays where it is.
    public static func make() throws(PrivateNetworkError) -> NetworkNamespace {
        let made = try onItsOwnThread { () throws(PrivateNetworkError) -> NetworkNamespace in
            guard wirewatch_unshare(Int32(WIREWATCH_CLONE_NEWNET)) == 0 else {
                throw PrivateNetworkError(.networkNamespace, errno: errno)
            }
            return try current()
        }
        return made
    }

    /// Moves the calling thread here.
    public func enter() throws(PrivateNetworkError) {
        guard wirewatch_setns(descriptor, Int32(WIREWATCH_CLONE_NEWNET)) == 0 else {
            throw PrivateNetworkError(.enterNamespace, errno: errno)
        }
    }

    /// Runs `body` on a thread of its own in this namespace, and waits for it.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let result = try Self.onItsOwnThread { [self] () throws(PrivateNetworkError) -> Result<Value, any Error> in
            try enter()
            return Result { try body() }
        }
        return try result.get()
    }

    private static func onItsOwnThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PrivateNetworkError) -> Value
    ) throws(PrivateNetworkError) -> Value {
        let outcome = Box<Value>()
        do throws(ThreadError) {
            let thread = try SystemThread {
                outcome.value.withLock { outcome in
                    do throws(PrivateNetworkError) {
                        outcome = .success(try body())
                    } catch {
                        outcome = .failure(error)
                    }
                }
            }
            thread.join()
        } catch {
            throw PrivateNetworkError(.thread, errno: error.errno)
        }
        guard let result = outcome.value.withLock({ $0 }) else {
            throw PrivateNetworkError(.thread, errno: ECANCELED)
        }
        return try result.get()
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, PrivateNetworkError>?>(nil)
    }
}
