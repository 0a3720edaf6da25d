internal import CLinux
internal import Glibc

/// A thread of its own for work that blocks. Whoever drops it without `join()` lets it run on by itself.
public struct SystemThread: ~Copyable, Sendable {
    private let identifier: pthread_t

    /// What a new thread is given: pthread_create(3) carries one pointer.
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that runs `body`.
    ///
    /// - Throws: the errno; EAGAIN where the process may not have more threads.
    public init(_ body: @escaping @Sendable () -> Void) throws(ThreadError) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var identifier = pthread_t()
        let code = unsafe pthread_create(
            &identifier, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw ThreadError(errno: code)
        }
        self.identifier = identifier
    }

    /// The kernel's number for the calling thread, whoever started it.
    public static var currentNumber: Int32 { wirewatch_thread_number() }

    /// Waits until the thread has ended.
    public consuming func join() {
        let identifier = self.identifier
        discard self
        pthread_join(identifier, nil)
    }

    deinit { pthread_detach(identifier) }
}

/// Why a thread was not started.
public struct ThreadError: Error, Sendable, Hashable {
    public let errno: Int32
}
