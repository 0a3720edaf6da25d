internal import Synchronization

/// Hands a value that cannot be copied to another thread: a closure that escapes may not consume what it captures.
package final class Handover<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>

    package init(_ value: consuming sending Value) { self.value = Mutex(value) }

    /// The value, once; nil from then on.
    package func take() -> Value? { value.withLock { $0.take() } }
}
