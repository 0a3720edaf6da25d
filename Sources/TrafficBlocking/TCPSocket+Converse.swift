public import SocketEvents
internal import Synchronization

extension TCPSocket {
    /// Sends each message that `next` gives, while a thread of its own receives what the peer says; then ends this half, waits
    /// for the end of the peer's, and closes.
    ///
    /// `next` returns nil when there is nothing more to send. It must return soon after the signal that it is given is said:
    /// that is done when the peer has reset the connection.
    ///
    /// - Throws: the first failure, of sending or of receiving; the socket is closed then too.
    public consuming func converse(sending next: (StopSignal) -> [UInt8]?) throws(SocketError) {
        let ended = try StopSignal()
        let receiving = Receiving(lend(), ended: ended)
        let thread: SystemThread
        do throws(ThreadError) {
            thread = try SystemThread { receiving.run() }
        } catch {
            receiving.abandon()
            throw SocketError(.socket, errno: error.errno, subject: "")
        }
        do throws(SocketError) {
            while let message = next(ended) { try send(message) }
            if !ended.isStopped { try shutdownSending() }
        } catch {
            receiving.note(error)
            // Wakes the receiving thread where the peer is silent.
            descriptor.shutdownBoth()
        }
        thread.join()
        close()
        if let failure = receiving.failure { throw failure }
    }

    /// The receiving half of a conversation, shared by its two threads.
    private final class Receiving: Sendable {
        private let lent: Handover<TCPSocket>
        private let firstFailure = Mutex<SocketError?>(nil)
        private let ended: StopSignal

        init(_ socket: consuming TCPSocket, ended: StopSignal) {
            lent = Handover(socket)
            self.ended = ended
        }

        /// Receives until the peer's half ends, or the connection does.
        func run() {
            guard let socket = lent.take() else { return }
            do throws(SocketError) {
                while let octets = try socket.receive(), !octets.isEmpty {}
            } catch {
                note(error)
                ended.stop()
            }
            socket.endLending()
        }

        /// Gives the lent socket back where no thread will.
        func abandon() { lent.take()?.endLending() }

        func note(_ error: SocketError) { firstFailure.withLock { $0 = $0 ?? error } }

        var failure: SocketError? { firstFailure.withLock { $0 } }
    }
}
