import CFuzzer
import FlowAnalysis
import PacketDecode

@main
enum FuzzDecode {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        _ = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
            if let start = unsafe start { unsafe decode(UnsafeBufferPointer(start: start, count: count)) }
            return 0
        }
    }
}

/// The first octet chooses the link type, the second how many octets the snapshot length cut off, the rest is a frame. What
/// the decoder makes of it goes to a flow table, which lives for one input.
///
/// Nothing is expected but that nothing traps, and that what was decoded points into the frame.
func decode(_ input: UnsafeBufferPointer<UInt8>) {
    guard input.count >= 2 else { return }
    let count = input.count
    let linkTypes: [LinkType] = [.ethernet, .linuxSLL, .linuxSLL2, .null, .loop, .raw, .ipv4, .ipv6]
    let all = unsafe input.span
    let decoder = PacketDecoder(linkType: linkTypes[Int(all[0]) % linkTypes.count])
    let cut = Int(all[1])
    var table = FlowTable(limit: 8)
    // A table sees some frames of one length, one behind the other.
    let frameLength = count > 600 ? 200 : count - 2
    var offset = 2
    var number: UInt64 = 0
    while offset < count {
        let end = min(count, offset + max(1, frameLength))
        let bytes = all.extracting(offset..<end)
        let originalLength = bytes.count + cut
        let packet = decoder.decode(bytes, originalLength: originalLength)
        precondition(packet.payload.end <= bytes.count)
        if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes) {
            precondition(quoted.payload.end <= bytes.count)
        }
        if let tcp = packet.tcp {
            precondition(tcp.options.range.end <= bytes.count)
            var walk = TCPOptionWalk(range: tcp.options.range)
            while let (_, range) = walk.next(in: bytes) { precondition(range.end <= bytes.count) }
        }
        number += 1
        let info = FrameInfo(
            number: number, timestamp: Timestamp(nanosecondsSinceEpoch: 0), capturedLength: bytes.count,
            originalLength: originalLength)
        if let tcp = table.observe(packet, info, bytes)?.tcp {
            precondition(tcp.relativeSequenceEnd >= tcp.relativeSequenceNumber)
        }
        offset = end
    }
}
