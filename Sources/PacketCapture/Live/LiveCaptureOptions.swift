/// How to open an interface for capture. The defaults keep every octet and lose no frame of a loopback burst.
public struct LiveCaptureOptions: Sendable, Hashable {
    /// The most octets that are kept of a frame, 1...`maximumSnapshotLength`. What lies outside is clamped.
    public var snapshotLength: Int = LiveCaptureOptions.maximumSnapshotLength
    /// Octets of the kernel's ring buffer. libpcap's own default of 2 MiB holds a few tens of loopback frames.
    public var bufferSize: Int = 64 << 20
    /// Whether each frame is handed over at once. Without, the kernel gathers frames for up to 50 ms, which costs less.
    public var isImmediate: Bool = true
    /// Whether the interface is asked for frames that are not addressed to it. As tcpdump's default.
    public var isPromiscuous: Bool = true
    /// Text in the language of pcap-filter(7), which the kernel applies. Nil or empty: every frame.
    public var filter: String?
    /// Whether frames that this machine sends are passed over. Nil: on loopback interfaces alone, where each frame is
    /// sent and received, and would take two places in the ring.
    public var ignoresOutgoing: Bool?

    /// The longest snapshot that libpcap takes: no frame is longer.
    public static let maximumSnapshotLength = 262_144

    /// The defaults.
    public init() {}
}
