import ArgumentParser

/// The pictures that a run of programs may be drawn as.
struct PictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Draw the frames between the hosts as a ladder into this file (SVG): the first 1000 events.",
            valueName: "file"))
    var svg: String?

    @Option(
        help: ArgumentHelp(
            "Plot a congestion window over time into this file (SVG): of the connection that changes most.",
            valueName: "file"))
    var plot: String?

    /// Whether there is anything to draw.
    var areWanted: Bool { svg != nil || plot != nil }
}
