internal import SocketEvents
internal import TrafficBlocking

extension TCPSocket {
    /// Receives, and drops what comes, until the other side has ended its half.
    func receiveToEnd() throws(SocketError) {
        while let octets = try receive(), !octets.isEmpty {}
    }
}
