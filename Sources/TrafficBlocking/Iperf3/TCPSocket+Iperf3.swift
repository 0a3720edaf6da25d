internal import SocketEvents

extension TCPSocket {
    /// Receives what the peer says on a control connection; none where it has ended.
    func receiveForIperf3() throws(Iperf3Failure) -> [UInt8] {
        do throws(SocketError) {
            return try receive() ?? []
        } catch {
            throw .socket(error)
        }
    }

    func sendForIperf3(_ octets: [UInt8]) throws(Iperf3Failure) {
        do throws(SocketError) {
            try send(octets)
        } catch {
            throw .socket(error)
        }
    }
}
