import FlowAnalysis
import PacketDecode
import Presentation
import TestSupport

/// The lines that `frames` become, decoded and followed in their flows as `read` does it.
func lines(
    _ frames: [SampleCapture.Frame], _ options: PacketLine.Options = PacketLine.Options(),
    verifyingChecksums: Bool = false
) -> [String] {
    var line = PacketLine(options)
    var buffer = OutputBuffer()
    forEachPacket(frames) { info, packet, bytes, flow in
        let checksums = verifyingChecksums ? PacketDecoder.verifyChecksums(of: packet, bytes) : nil
        line.append(info, packet, bytes, flow: flow, checksums: checksums, to: &buffer)
    }
    return text(buffer)
}

/// The JSON lines that `frames` become.
func jsonLines(_ frames: [SampleCapture.Frame]) -> [String] {
    var buffer = OutputBuffer()
    forEachPacket(frames) { info, packet, bytes, flow in
        buffer.appendJSON(info, .ethernet, packet, bytes, flow: flow)
    }
    return text(buffer)
}

func forEachPacket(
    _ frames: [SampleCapture.Frame], _ body: (FrameInfo, DecodedPacket, Span<UInt8>, FlowObservation?) -> Void
) {
    let decoder = PacketDecoder(linkType: .ethernet)
    var flows = FlowTable()
    for (index, frame) in frames.enumerated() {
        let info = FrameInfo(
            number: UInt64(index + 1), timestamp: frame.timestamp, capturedLength: frame.bytes.count,
            originalLength: frame.originalLength)
        let packet = decoder.decode(frame.bytes.span, originalLength: frame.originalLength)
        body(info, packet, frame.bytes.span, flows.observe(packet, info))
    }
}

func text(_ buffer: OutputBuffer) -> [String] {
    String(decoding: buffer.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
}
