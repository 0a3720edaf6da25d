internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

extension LessonRecord {
    /// The frames of one host's capture that go to or come from a port.
    func packets(at host: HostName, port: UInt16) -> [PacketEvent] {
        packets(at: host).filter { $0.packet.ports.map { $0.source == port || $0.destination == port } ?? false }
    }

    /// The calls of that kind by that role on a socket one end of which is a port.
    func calls(_ call: SocketCall, by role: SocketRole, port: UInt16) -> [SocketEvent] {
        calls(call, by: role).filter { $0.local?.port == port || $0.peer?.port == port }
    }
}

extension PacketEvent {
    /// Whether the analysis gave the frame that label.
    func has(_ kind: SegmentLabel.Kind) -> Bool {
        flow?.tcp?.labels.elements.contains { $0.kind == kind } ?? false
    }

    /// Whether the frame is a TCP segment with that flag.
    func has(_ flag: TCPFlags) -> Bool { packet.tcp?.flags.contains(flag) ?? false }

    /// Whether the frame goes to that port.
    func isTo(_ port: UInt16) -> Bool { packet.ports?.destination == port }
}

extension [SocketEvent] {
    /// Octets that the calls moved.
    var octetCount: Int { reduce(0) { $0 + ($1.octets ?? 0) } }

    /// The errno of each call that failed, in order.
    var errnos: [Int32] { compactMap { $0.failure?.errno } }
}
