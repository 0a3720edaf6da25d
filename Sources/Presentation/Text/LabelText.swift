public import FlowAnalysis
public import PacketDecode

extension OutputBuffer {
    /// Appends what a segment's labels say, in words: `⟲ retransmission: 1:501 was sent at 0.020331`. Nothing where it has
    /// none.
    ///
    /// - Parameter start: the moment that times are counted from.
    public mutating func appendLabels(_ segment: SegmentObservation, since start: Timestamp) {
        for index in segment.labels.indices {
            append(upTo: 256) { line in
                if index > 0 { line.put(UInt8(ascii: " ")) }
                line.put(segment.labels[index], since: start, showsFrame: false)
            }
        }
    }
}

extension OutputBuffer {
    /// Appends one label, with the frame that is its evidence.
    mutating func append(_ label: SegmentLabel) {
        append(upTo: 256) { $0.put(label, since: nil, showsFrame: true) }
    }
}

extension Line {
    /// One label.
    ///
    /// - Parameter start: the moment that the evidence's time is counted from; nil leaves the time away.
    mutating func put(_ label: SegmentLabel, since start: Timestamp?, showsFrame: Bool) {
        switch label.kind {
        case .retransmission: put("⟲ retransmission: ")
        }
        putRepeated(label)
        put(" was sent ")
        if let evidence = label.evidence {
            if let start {
                put("at ")
                put(secondsOf: start.distance(to: evidence.timestamp))
            }
            if showsFrame {
                put(start == nil ? "in frame " : " in frame ")
                put(number: evidence.frame)
            }
        } else {
            put("before")
        }
        if label.isSpurious == true { put(" and had been acknowledged") }
    }

    /// The octets that were sent again, `SYN` and `FIN` by these names.
    private mutating func putRepeated(_ label: SegmentLabel) {
        var isFirst = true
        if label.carries.contains(.syn) {
            put("SYN")
            isFirst = false
        }
        if label.carries.contains(.data) {
            if !isFirst { put(" and ") }
            isFirst = false
            put(number: label.firstRepeated + (label.carries.contains(.syn) ? 1 : 0))
            put(UInt8(ascii: ":"))
            put(number: label.repeatedEnd - (label.carries.contains(.fin) ? 1 : 0))
        }
        if label.carries.contains(.fin) {
            if !isFirst { put(" and ") }
            put("FIN")
        }
    }

    /// Seconds with six decimals.
    mutating func put(secondsOf nanoseconds: Int64) {
        let magnitude = nanoseconds.magnitude
        if nanoseconds < 0 { put(UInt8(ascii: "-")) }
        put(decimal: magnitude / 1_000_000_000)
        put(UInt8(ascii: "."))
        put(padded: magnitude % 1_000_000_000 / 1000, 6)
    }
}
