import Presentation
import SocketEvents

extension FailureReport {
    /// A failure to serve at `address`: binding a socket is a step that its user did not ask for by that name.
    init(_ error: SocketError, listeningOn address: HostAndPort) {
        var error = error
        if error.operation == .bind { error.operation = .listen }
        self.init(error)
    }
}
