/// How someone who watches a running lab wants its timeline: what `wirewatch lab watch` tells the lab.
public struct WatchRequest: Sendable, Hashable {
    /// How long a line may be.
    public var columns: Int
    public var isColoured: Bool
    /// Whether each entry is wanted as a JSON object instead of text.
    public var isJSON: Bool
    /// Whether what is still to come is wanted, too.
    public var follows: Bool

    public init(columns: Int, isColoured: Bool, isJSON: Bool, follows: Bool) {
        (self.columns, self.isColoured, self.isJSON, self.follows) = (columns, isColoured, isJSON, follows)
    }

    /// The longest line that a request is.
    static let longestLine = 64

    /// `120 coloured follow` and a line feed.
    var line: String {
        let words = [isColoured ? "coloured" : nil, isJSON ? "json" : nil, follows ? "follow" : nil]
        return (["\(columns)"] + words.compactMap(\.self)).joined(separator: " ") + "\n"
    }

    /// Nil where the line is no request.
    init?(line: some Sequence<UInt8>) {
        let text = String(decoding: Array(line), as: UTF8.self)
        guard text.hasSuffix("\n") else { return nil }
        let words = text.dropLast().split(separator: " ")
        guard let columns = words.first.flatMap({ Int($0) }), (1...10_000).contains(columns),
            words.dropFirst().allSatisfy({ ["coloured", "json", "follow"].contains($0) })
        else { return nil }
        self.init(
            columns: columns, isColoured: words.contains("coloured"), isJSON: words.contains("json"),
            follows: words.contains("follow"))
    }
}
