/// Why a test was not held, or was cut short. Wording for people is made in Presentation.
public enum Iperf3Failure: Error, Sendable, Hashable {
    case socket(SocketError)
    /// The server is at another test.
    case serverIsBusy
    /// The server refuses; with iperf3's number for the reason, and an errno or zero.
    case refused(code: Int, errno: Int32)
    /// The client asks for something that is not served: what, by iperf3's option.
    case unsupported(String)
    /// This end was told to stop.
    case interrupted
    /// The peer ended the test.
    case ended
    /// The peer says what the protocol has no place for: what was expected.
    case malformed(expected: String)
    /// The peer is silent where it has to speak.
    case silent
}
