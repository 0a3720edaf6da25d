internal import Glibc
public import SocketEvents

extension SocketError {
    /// Why the operation failed, in words, in lower case and without a full stop; with the ICMP message that told of it, where the
    /// kernel kept that.
    public var reason: String {
        let words =
            switch cause {
            case .system(let number): Self.words(forErrno: number)
            case .resolution(let code): Self.words(forResolution: code)
            case .unanswered(let silence): Self.words(for: silence)
            case .other(let text): text
            }
        guard let icmp else { return words }
        return "\(words) (\(icmp.words))"
    }

    private static func words(forErrno number: Int32) -> String {
        switch number {
        case EADDRINUSE: "address already in use"
        case EADDRNOTAVAIL: "this machine has no such address"
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "the peer reset the connection"
        case EPIPE: "broken pipe: the peer has closed the connection"
        case EHOSTUNREACH: "no route to the host"
        case ENETUNREACH: "network unreachable"
        case ETIMEDOUT: "timed out: the peer did not answer"
        case EACCES, EPERM: "permission denied"
        case EMFILE: "this process has too many open files"
        case ENFILE: "the system has too many open files"
        case EMSGSIZE: "message too long for one datagram"
        case EAFNOSUPPORT: "address family not supported"
        default: systemWords(number)
        }
    }

    private static func words(for silence: PingMachine.Silence) -> String {
        var buffer = OutputBuffer(capacity: 128)
        buffer.append("ping ")
        buffer.append(silence.ping)
        buffer.append(" had no answer in ")
        buffer.append(span: silence.nanoseconds)
        let kernel =
            switch silence.peerKernel {
            case .acknowledgedAll: ", though its kernel acknowledged it: its program hangs, or has stopped"
            case .acknowledges: "; its kernel acknowledges, but takes no more: its program does not read"
            case .silent: ", and its kernel acknowledged nothing: the host, or the way to it, is gone"
            }
        buffer.append(kernel)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    // EAI_NODATA and EAI_ADDRFAMILY of <netdb.h>, which shows them only with _GNU_SOURCE.
    private static let noData: Int32 = -5
    private static let noAddressOfFamily: Int32 = -9

    private static func words(forResolution code: Int32) -> String {
        switch code {
        case EAI_NONAME, noData: "name not found"
        case EAI_AGAIN: "the name server did not answer"
        case EAI_FAMILY, noAddressOfFamily: "the name has no address of this family"
        default: unsafe String(cString: gai_strerror(code))
        }
    }

    /// strerror(3)'s words, which differ from system to system.
    private static func systemWords(_ number: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
        let words = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let sentence = String(decoding: words, as: UTF8.self)
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
