import Presentation
import Timeline

/// What pictures of a run are drawn from, gathered while it goes on.
struct RunPictures {
    private let ladder: OutputFile?
    private let plot: OutputFile?
    private var entries: [TimelineEntry] = []
    private var kernelEvents: [KernelEvent] = []
    private var entryCount = 0

    /// A ladder is read from top to bottom: nobody reads a longer one.
    private static let mostEntries = 1000

    /// Opens the files.
    init(_ options: PictureOptions) throws(FailureReport) {
        ladder = try OutputFile.opened(options.svg)
        plot = try OutputFile.opened(options.plot)
    }

    mutating func note(_ entry: TimelineEntry) {
        entryCount += 1
        if entries.count < Self.mostEntries { entries.append(entry) }
        if case .kernel(let event) = entry.event { kernelEvents.append(event) }
    }

    /// Draws them.
    ///
    /// - Parameter title: what was run.
    /// - Returns: what they do not show, a line each.
    func draw(title: String) throws(FailureReport) -> [String] {
        var warnings: [String] = []
        try ladder?.write { LadderSVG(title: title, entries: entries).append(to: &$0) }
        if ladder != nil, entryCount > entries.count {
            warnings.append("the ladder shows the first \(entries.count) of \(entryCount) events")
        }
        let series = CongestionSeries(kernelEvents)
        try plot?.write { PlotSVG(title: title, series).append(to: &$0) }
        if plot != nil, !series.isPlottable {
            warnings.append("the plot is empty: the kernel told of no connection twice")
        }
        return warnings
    }
}
