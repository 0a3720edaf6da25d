internal import Glibc
public import SocketEvents

extension FailureReport {
    /// A socket error in words, with what helps against it.
    public init(_ error: SocketError) {
        self.init(what: Self.what(error), reason: error.reason, advice: Self.advice(error))
    }

    private static func what(_ error: SocketError) -> String {
        let subject = error.subject.isEmpty ? "" : " \(error.subject)"
        if case .unanswered = error.cause { return "lost\(subject)" }
        return switch error.operation {
        case .resolve: "cannot find\(subject)"
        case .socket: "cannot open a socket"
        case .bind: "cannot bind to\(subject)"
        case .listen: "cannot listen on\(subject)"
        case .connect: "cannot connect to\(subject)"
        case .accept: "cannot accept a connection on\(subject)"
        case .send: "cannot send to\(subject)"
        case .receive: "cannot receive from\(subject)"
        case .shutdown: "cannot end the stream to\(subject)"
        case .close: "cannot close\(subject)"
        case .attachFilter: "cannot put a filter on the socket"
        case .detachFilter: "cannot take the filter off the socket"
        case .setOption: "cannot set\(subject)"
        case .readOption: "cannot read\(subject)"
        case .joinGroup: "cannot join the multicast group\(subject)"
        case .poll: "cannot wait for\(subject)"
        }
    }

    private static func advice(_ error: SocketError) -> String {
        if error.operation == .resolve { return "Check the spelling, or give a numeric address" }
        switch (error.operation, error.errno) {
        case (.bind, EADDRINUSE), (.listen, EADDRINUSE):
            return "Choose another port, or see who holds it with: ss -lntup"
        case (.bind, EADDRNOTAVAIL), (.listen, EADDRNOTAVAIL):
            return "See this machine's addresses with: wirewatch interfaces"
        case (.bind, EACCES), (.listen, EACCES):
            return "Ports below 1024 need rights: choose one above, or run with sudo"
        case (.connect, ECONNREFUSED): return "Nothing listens there: start a listener first"
        case (.send, ECONNREFUSED): return "Nothing receives there: start a receiver first"
        case (.connect, EHOSTUNREACH), (.connect, ENETUNREACH), (.send, ENETUNREACH), (.send, EHOSTUNREACH):
            return "See the routes with: ip route"
        case (.connect, EACCES), (.send, EACCES):
            return "A broadcast address needs --broadcast; else a firewall may be the cause"
        case (.send, EMSGSIZE): return "A datagram holds at most 65507 octets over IPv4"
        case (.joinGroup, ENODEV): return "No interface takes multicasts by the routes: name one with --interface"
        case (.setOption, ENOENT) where error.subject.hasPrefix("TCP_CONGESTION"):
            return "See what there is with: sysctl net.ipv4.tcp_available_congestion_control"
        case (.setOption, ENODEV): return "See this machine's interfaces with: wirewatch interfaces"
        case (.joinGroup, EINVAL): return "IPv4 groups are 224.0.0.0 to 239.255.255.255, those of IPv6 begin with ff"
        case (_, EMFILE): return "Raise the limit with: ulimit -n"
        default: return ""
        }
    }
}
