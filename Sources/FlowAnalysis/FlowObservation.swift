/// What a flow says of one packet. (Its place is taken by the flow table's own, which is being built.)
public struct FlowObservation: Sendable, BitwiseCopyable {}
