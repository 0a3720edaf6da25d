import Presentation
import SocketEvents

extension FailureReport {
    /// A failure to serve at `address`: binding a socket is a step that its user did not ask for by that name.
    init(_ error: SocketError, listeningOn address: HostAndPort) {
        var error = error
        if error.operation == .bind { error.operation = .listen }
        // The wildcard that was tried last is not what the user wrote.
        if address.host.isEmpty, error.operation == .listen { error.subject = "\(address)" }
        self.init(error)
    }
}
