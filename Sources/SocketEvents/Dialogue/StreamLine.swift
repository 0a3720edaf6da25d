/// A line of a stream, or a part of one that is longer than its reader holds.
public struct StreamLine: Sendable, Hashable {
    /// Which of its sender's lines this is, from 1.
    public var number: Int
    /// Which part of the line this is, from 1; nil for a line that is whole.
    public var part: Int?
    /// The octets, without the line feed.
    public var octets: [UInt8]
    /// Whether a line feed ended the line here: false for every part but the last, and for a line that the stream's end cut.
    public var isTerminated: Bool

    public init(number: Int, part: Int? = nil, octets: [UInt8], isTerminated: Bool) {
        self.number = number
        self.part = part
        self.octets = octets
        self.isTerminated = isTerminated
    }
}
