public import Timeline

extension OutputBuffer {
    /// Appends an entry of a timeline as one JSON object on a line of its own.
    public mutating func appendJSON(_ entry: TimelineEntry) {
        switch entry.event {
        case .packet: break
        case .socket(let event): appendJSON(event)
        case .kernel(let event): appendJSON(event)
        }
    }
}
