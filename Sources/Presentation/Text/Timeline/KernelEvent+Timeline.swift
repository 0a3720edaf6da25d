internal import SocketEvents
internal import Timeline

extension OutputBuffer {
    /// Appends an answer of the kernel's as its lane has it: `rto 204 ms, total_retrans 1`.
    mutating func appendTimelineText(_ event: KernelEvent) {
        switch event.answer {
        case .connection(let sample):
            let info = sample.info
            var isFirst = true
            func separate(_ buffer: inout OutputBuffer) {
                if !isFirst { buffer.append(", ") }
                isFirst = false
            }
            if event.occasion != .end, let timeout = info.retransmissionTimeout {
                separate(&self)
                append("rto ")
                append(timeout / 1000)
                append(" ms")
            }
            if event.occasion != .end, let window = info.congestionWindow {
                separate(&self)
                append("cwnd ")
                append(window)
            }
            if let total = info.totalRetransmissions {
                separate(&self)
                append("total_retrans ")
                append(total)
            }
        case .datagramSocket(_, let memory):
            append(event.role.rawValue)
            append(" drops ")
            append(memory.drops)
        }
    }
}
