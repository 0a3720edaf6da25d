import ArgumentParser
import Timeline

/// A value for each direction of a link on the command line: `20ms` for both, `A:5ms` for frames from host A alone,
/// `A:5ms,B:80ms` for each its own.
struct DirectedArgument<Value: ExpressibleByArgument>: ExpressibleByArgument {
    private let values: [HostName: Value]

    /// Nil where a value is none of `Value`, or a direction has two.
    init?(argument: String) {
        var values: [HostName: Value] = [:]
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            var (sources, text) = (HostName.allCases, part)
            if let colon = part.firstIndex(of: ":") {
                guard let source = HostName(argument: String(part[..<colon])) else { return nil }
                (sources, text) = ([source], part[part.index(after: colon)...])
            }
            guard let value = Value(argument: String(text)) else { return nil }
            for source in sources {
                guard values.updateValue(value, forKey: source) == nil else { return nil }
            }
        }
        self.values = values
    }

    /// The value for frames that the host sends; nil where nothing is said of them.
    subscript(source: HostName) -> Value? { values[source] }
}
