public import SocketEvents

extension FailureReport {
    /// A bulk test that was not held, or not to its end, in words. `peer`: the other end, as the user or the kernel names it.
    public init(_ failure: Iperf3Failure, with peer: String) {
        let what = "cannot test with \(peer)"
        switch failure {
        case .socket(let error): self.init(error)
        case .serverIsBusy:
            self.init(what: what, reason: "the server is at another test", advice: "Try again when that is over")
        case .refused(code: 13, errno: _):
            self.init(what: what, reason: "the server does not serve what was asked for")
        case .refused(let code, let errno):
            let system = errno == 0 ? "" : ", \(SocketError(.setOption, errno: errno, subject: "").reason)"
            self.init(what: what, reason: "the server refuses, with iperf3's error \(code)\(system)")
        case .unsupported(let option): self.init(what: what, reason: "\(option) is not served here")
        case .interrupted: self.init(what: what, reason: "interrupted")
        case .ended: self.init(what: "the test with \(peer) was cut short", reason: "the other end left it")
        case .malformed(let expected):
            self.init(what: what, reason: "it does not speak iperf3's protocol: expected \(expected)")
        case .silent: self.init(what: what, reason: "it says nothing", advice: "Is it an iperf3 server?")
        }
    }
}
