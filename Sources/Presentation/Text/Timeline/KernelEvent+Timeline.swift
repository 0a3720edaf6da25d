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
            if let role = event.role {
                append(role.rawValue)
                append(" ")
            }
            append("drops ")
            append(memory.drops)
        }
    }

    /// Appends an answer of the kernel's for the timeline of two hosts: `cwnd 10 ssthresh 7 rto 204 ms resent 1`.
    mutating func appendHostText(_ event: KernelEvent) {
        switch event.answer {
        case .datagramSocket(_, let memory):
            append("drops ")
            append(memory.drops)
        case .connection(let sample):
            let info = sample.info
            if event.occasion != .end {
                appendFigure("cwnd ", info.congestionWindow)
                if let threshold = info.setSlowStartThreshold { appendFigure("ssthresh ", threshold) }
                if let timeout = info.retransmissionTimeout {
                    appendFigure("rto ", timeout / 1000, unit: " ms")
                }
            }
            appendFigure("resent ", info.totalRetransmissions)
        }
    }

    /// A name and its figure, apart from what stands before.
    private mutating func appendFigure(_ name: String, _ figure: UInt32?, unit: String = "") {
        guard let figure else { return }
        if let lastByte, lastByte != UInt8(ascii: " ") { append(" ") }
        append(name)
        append(figure)
        append(unit)
    }
}

extension TCPInfo {
    /// The slow-start threshold, in segments; nil where none has been set.
    var setSlowStartThreshold: UInt32? { slowStartThreshold.flatMap { $0 < 0x7FFF_FFFF ? $0 : nil } }
}
