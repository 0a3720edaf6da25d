internal import FlowAnalysis
internal import PacketDecode

extension SegmentNumbers {
    init(_ header: TCPHeader, _ flow: FlowObservation?) {
        self.init(unrelated: header)
    }
}
