internal import SocketEvents
internal import Timeline

extension SocketRole {
    /// The host that a script plays the role on: who begins is at A.
    var home: HostName {
        switch self {
        case .client, .sender: .a
        case .server, .receiver: .b
        }
    }
}
