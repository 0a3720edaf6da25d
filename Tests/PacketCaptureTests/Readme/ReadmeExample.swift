import FlowAnalysis
import PacketCapture
import PacketDecode

func retransmissions(in path: String) throws(CaptureError) -> Int {
    var reader = try SavefileReader(path: path)
    let decoder = PacketDecoder(linkType: reader.linkType)
    var flows = FlowTable()
    var count = 0
    while let info = try reader.next() {
        let packet = reader.withFrameBytes { decoder.decode($0, originalLength: info.originalLength) }
        let labels = flows.observe(packet, info)?.tcp?.labels
        if labels?.first?.kind == .retransmission { count += 1 }
    }
    return count
}
