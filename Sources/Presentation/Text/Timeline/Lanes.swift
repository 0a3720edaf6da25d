/// The columns of a timeline: where each lane starts, and how wide it is.
struct Lanes: Sendable, Hashable {
    struct Lane: Sendable, Hashable {
        let start: Int
        let width: Int
    }

    /// What the programs did.
    let program: Lane
    /// What the wire carried.
    let wire: Lane
    /// What the kernel said.
    let kernel: Lane
    /// Whether the lanes stand side by side, under headings. In a narrow terminal they share the line's width, each
    /// indented more than the one before.
    let isSideBySide: Bool

    /// Columns that the time takes, with the space behind it.
    private static let timeWidth = 10
    /// The least width at which three lanes side by side can be read.
    private static let leastSideBySide = 110

    /// Lanes for a line of `columns`.
    init(columns: Int) {
        let start = Self.timeWidth
        isSideBySide = columns >= Self.leastSideBySide
        guard isSideBySide else {
            func indented(_ indent: Int) -> Lane {
                Lane(start: start + indent, width: max(20, columns - start - indent))
            }
            program = indented(0)
            wire = indented(4)
            kernel = indented(8)
            return
        }
        // A call with an IPv4 endpoint takes 30 columns, a timeout and a window 20; the rest is the wire's.
        program = Lane(start: start, width: 30)
        kernel = Lane(start: columns - 21, width: 21)
        wire = Lane(start: start + 31, width: columns - 22 - start - 31)
    }
}
