public import Timeline

extension OutputBuffer {
    /// Appends an entry of a timeline as one JSON object on a line of its own.
    public mutating func appendJSON(_ entry: TimelineEntry) {
        switch entry.event {
        case .packet(let event):
            appendJSON(
                event.info, event.linkType, event.packet, event.bytes.span, flow: event.flow, http: event.http,
                host: event.host)
        case .socket(let event): appendJSON(event, host: entry.host)
        case .kernel(let event): appendJSON(event)
        case .link(let event): appendJSON(event)
        }
    }
}
