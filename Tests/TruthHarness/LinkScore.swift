import FlowAnalysis
import Lab
import PacketCapture
import PacketDecode
import Timeline

/// What the receiver's capture says of each frame, against what is known of it: whether its sender had sent its octets
/// before, and what the link did.
struct LinkScore {
    /// How often a truth met a label: truth, then label.
    private(set) var matrix: [String: [String: Int]] = [:]
    /// The same frame by frame: the receiver's capture, the frame's number in it, truth and label.
    private(set) var frames: [[String]] = []

    /// One segment of a capture: its octets, and the label that the analysis shows first.
    private struct Segment {
        let frame: UInt64
        let label: String
        let isResend: Bool
        let takesSequenceSpace: Bool
    }

    /// Adds the frames of one direction.
    ///
    /// - Parameters:
    ///   - source: the address of the host that sends in this direction.
    ///   - name: what the receiver's capture is called.
    /// - Returns: why the captures and the link's report do not match, frame for frame; then nothing is added.
    mutating func add(
        sender: FrameRecorder.Recording, receiver: FrameRecorder.Recording, source: IPAddress,
        named name: String, _ link: LinkedHosts.DirectionReport
    ) -> [String] {
        let sent = Self.segments(sender.packets, from: source)
        let received = Self.segments(receiver.packets, from: source)
        // Hosts say other things than TCP, some of it before the captures began.
        let fates = link.fates.filter { $0.kind == .dataSegment || $0.kind == .emptySegment }
        let place = Dictionary(uniqueKeysWithValues: zip(fates.map(\.number), fates.indices))
        let departures = link.departures.compactMap { place[$0] }
        guard sent.count == fates.count else {
            return ["\(sent.count) segments left \(source), \(fates.count) entered the link"]
        }
        guard received.count == departures.count else {
            return ["\(departures.count) segments left the link, \(received.count) arrived"]
        }
        var seen: Set<Int> = []
        for (index, segment) in zip(departures, received) where segment.takesSequenceSpace {
            let isSecond = !seen.insert(index).inserted
            let original = sent[index]
            let fate = fates[index].verdict
            let truth: String
            if isSecond {
                truth = "doubled by the link"
            } else if original.isResend {
                truth = "sent again"
            } else if case .overtaken = fate {
                truth = "sent once, overtaken"
            } else {
                truth = "sent once, in order"
            }
            matrix[truth, default: [:]][segment.label, default: 0] += 1
            frames.append([name, "\(segment.frame)", truth, segment.label])
        }
        return []
    }

    /// The segments from `source`, each with its label.
    private static func segments(_ packets: [CapturedPacket], from source: IPAddress) -> [Segment] {
        var flows = FlowTable()
        var segments: [Segment] = []
        for captured in packets {
            let decoder = PacketDecoder(linkType: captured.linkType)
            let packet = decoder.decode(captured.bytes.span, originalLength: captured.info.originalLength)
            let flow = flows.observe(packet, captured.info)
            guard packet.addresses?.source == source, let tcp = flow?.tcp else { continue }
            let labels = tcp.labels.elements
            segments.append(
                Segment(
                    frame: captured.info.number,
                    label: labels.first?.kind.rawValue ?? "none",
                    isResend: labels.contains { $0.kind == .retransmission },
                    takesSequenceSpace: packet.segmentLength > 0))
        }
        return segments
    }
}
