/// What became of the frames that reached a live capture, as libpcap counts them. The counters start at the opening.
public struct CaptureStatistics: Sendable, BitwiseCopyable, Hashable {
    /// Frames that passed the filter, those that the kernel then dropped included. Wraps at 2^32.
    ///
    /// The kernel counts from the opening on, so frames that came before the filter stood are among them.
    public let received: UInt64
    /// Frames that the kernel dropped because the capture's buffer was full. Wraps at 2^32.
    public let droppedByKernel: UInt64
    /// Frames that the interface or its driver dropped, where they say so. Wraps at 2^32.
    public let droppedByInterface: UInt64

    /// Three counts of frames since the capture's start.
    public init(received: UInt64, droppedByKernel: UInt64, droppedByInterface: UInt64) {
        self.received = received
        self.droppedByKernel = droppedByKernel
        self.droppedByInterface = droppedByInterface
    }
}
