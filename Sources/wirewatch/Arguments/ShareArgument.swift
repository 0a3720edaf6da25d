import ArgumentParser
import SocketEvents

/// A share on the command line: `30%` or `0.3`.
struct ShareArgument: ExpressibleByArgument {
    let value: Share

    init?(argument: String) {
        guard let value = Share(parsing: argument) else { return nil }
        self.value = value
    }
}
