import FlowAnalysis

/// A stream assembler that tests feed, and what it said.
/// A class, for the assembler has one owner, and `#expect` copies what it is called on.
final class StreamFeed {
    /// What was said, with the octets as text; runs of data that follow each other are one.
    enum Said: Equatable, CustomStringConvertible {
        case data(Int64, String)
        case gap(Range<Int64>, StreamEvent.GapReason)
        case conflict(Range<Int64>, Int, kept: StreamOverlapPolicy)

        var description: String {
            switch self {
            case .data(let start, let text): "\(start): \(text)"
            case .gap(let range, let reason): "gap \(range) \(reason)"
            case .conflict(let range, let count, let kept): "conflict \(range) \(count) \(kept)"
            }
        }
    }

    var assembler: StreamAssembler
    private(set) var said: [Said] = []
    /// How often octets were lent.
    private(set) var lendCount = 0

    init(
        _ policy: StreamOverlapPolicy = .first, limits: StreamAssembler.Limits = .init(), historyLimit: Int = 1024,
        startingAt start: Int64 = 1
    ) {
        assembler = StreamAssembler(policy: policy, limits: limits, historyLimit: historyLimit, startingAt: start)
    }

    func take(_ text: String, at start: Int64, length: Int? = nil) {
        take(Array(text.utf8), at: start, length: length)
    }

    func take(_ octets: [UInt8], at start: Int64, length: Int? = nil) {
        assembler.take(octets.span, at: start, length: length ?? octets.count) { event, octets in note(event, octets) }
    }

    func acknowledge(_ position: Int64) {
        assembler.acknowledge(upTo: position) { event, octets in note(event, octets) }
    }

    func finish() {
        assembler.finish { event, octets in note(event, octets) }
    }

    private func note(_ event: StreamEvent, _ octets: Span<UInt8>) {
        switch event {
        case .data(let start):
            lendCount += 1
            let text = String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
            if case .data(let before, let text0) = said.last, before + Int64(text0.utf8.count) == start {
                said[said.count - 1] = .data(before, text0 + text)
            } else {
                said.append(.data(start, text))
            }
        case .gap(let start, let end, let reason): said.append(.gap(start..<end, reason))
        case .conflict(let conflict):
            said.append(.conflict(conflict.start..<conflict.end, conflict.octetCount, kept: conflict.kept))
        }
    }
}
