public import PacketDecode

/// A conversation made of bytes that shows one thing, and what wirewatch says of each of its frames.
public struct SyntheticCase: Sendable {
    /// A frame, what it is in words, and the labels that it must bear.
    public struct Step: Sendable {
        public let frame: SampleCapture.Frame
        public let words: String
        /// The labels by their JSON names, in their order; that of a resend with its cause: `retransmission/fast`.
        public let labels: [String]
        /// An earlier frame whose resend this one must tell to be spurious.
        public let revises: Int?
    }

    /// A name for a file.
    public let name: String
    public let title: String
    /// Why the labels are right, in a sentence or two.
    public let reason: String
    public fileprivate(set) var steps: [Step] = []

    /// Raw IP packets (LINKTYPE_RAW) as a pcap file.
    public var pcap: [UInt8] { SampleCapture.pcap(steps.map(\.frame), linkType: 101) }
}

/// What writes a case: a clock, two ends, and the frames so far.
public struct SyntheticCaseWriter {
    public var frames = ConversationFrames()
    private var written: SyntheticCase
    /// Milliseconds.
    private var clock: Int64 = 0

    public init(_ name: String, _ title: String, _ reason: String) {
        written = SyntheticCase(name: name, title: title, reason: reason)
    }

    public var finished: SyntheticCase { written }

    /// Lets time pass, in milliseconds; each frame takes one besides.
    public mutating func wait(_ milliseconds: Int64) { clock += milliseconds }

    public mutating func send(
        _ side: ConversationFrames.Side, _ flags: TCPFlags, _ sequence: Int64, ack: Int64? = nil, data: Int = 0,
        window: UInt16 = 1_000, options: [TCPOption] = [], _ words: String, _ labels: [String] = [],
        revises: Int? = nil
    ) {
        let bytes = frames.segment(side, flags, sequence, ack: ack, data: data, window: window, options: options)
        add(bytes, words, labels, revises: revises)
    }

    /// Adds a packet as it stands.
    public mutating func add(_ bytes: [UInt8], _ words: String, _ labels: [String] = [], revises: Int? = nil) {
        clock += 1
        let frame = SampleCapture.Frame(SampleCapture.start + clock * 1_000_000, bytes)
        written.steps.append(.init(frame: frame, words: words, labels: labels, revises: revises))
    }

    /// SYN, SYN ACK and ACK, half of `roundTrip` milliseconds apart.
    public mutating func shakeHands(
        sack: Bool = true, scale: UInt8? = nil, stamp: UInt32? = nil, roundTrip: Int64 = 10
    ) {
        var options: [TCPOption] = [.maximumSegmentSize(1_460)]
        if sack { options.append(.sackPermitted) }
        if let scale { options.append(.windowScale(scale)) }
        if let stamp { options.append(ConversationFrames.stamp(stamp)) }
        let stamped = stamp.map { [ConversationFrames.stamp($0)] } ?? []
        send(.client, .syn, 0, options: options, "SYN")
        wait(roundTrip - 1)
        send(.server, .syn, 0, ack: 1, options: options, "SYN ACK")
        send(.client, [], 1, ack: 1, options: stamped, "ACK")
    }
}
