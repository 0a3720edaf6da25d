/// The columns of a timeline of two hosts and the link between them.
///
/// Side by side:
///
///     time      program       A │ wire at A       link       wire at B │ B    kernel
///
/// with a rail for each host, that frames leave and reach. Folded, the lanes share the width, each indented more than the
/// one before.
struct HostLanes: Sendable, Hashable {
    /// Where a lane starts, and how wide it is.
    typealias Lane = Lanes.Lane

    let program: Lane
    let kernel: Lane
    /// The wire at each host, and what the link says. Side by side all three are the columns between the rails.
    let wireA: Lane
    let link: Lane
    let wireB: Lane
    /// The columns of the rails; nil where the lanes are folded.
    let rails: Rails?

    struct Rails: Sendable, Hashable {
        let a: Int
        let b: Int
    }

    /// Lanes for a line of `columns`.
    init(columns: Int) {
        let start = 10
        guard columns >= 110 else {
            func indented(_ indent: Int) -> Lane {
                Lane(start: start + indent, width: max(20, columns - start - indent))
            }
            program = indented(0)
            wireA = indented(2)
            link = indented(4)
            wireB = indented(6)
            kernel = indented(8)
            rails = nil
            return
        }
        // A call with an IPv4 endpoint takes 24 columns, a congestion window with its threshold 20; a segment with an
        // acknowledgment and a length 50, and its arrow 3.
        program = Lane(start: start, width: 25)
        kernel = Lane(start: columns - 22, width: 22)
        let rails = Rails(a: start + 26, b: columns - 24)
        let between = Lane(start: rails.a + 1, width: rails.b - rails.a - 1)
        (wireA, link, wireB) = (between, between, between)
        self.rails = rails
    }
}
