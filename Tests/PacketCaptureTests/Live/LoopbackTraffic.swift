import Glibc
import PacketCapture

/// Two UDP sockets on 127.0.0.1: one that receives on a free port, one that sends to it.
final class LoopbackTraffic {
    let port: UInt16
    private let receiver: Int32
    private let sender: Int32

    /// A filter that no other traffic of the machine passes.
    var filter: String { "udp and dst host 127.0.0.1 and dst port \(port)" }

    struct Failure: Error { let errno: Int32 }

    init() throws {
        receiver = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (receiver, sender) = (receiver, sender)
        let isReady = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return unsafe bind(receiver, address, length) == 0
                && getsockname(receiver, address, &length) == 0
                && connect(sender, address, length) == 0
        }
        // A lost datagram ends a test instead of hanging it.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        let isLimited =
            unsafe setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size)) == 0
        guard isReady, isLimited else { throw Failure(errno: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(receiver)
        close(sender)
    }

    /// Sends each payload as one datagram and waits until all were received: then the capture has seen them too, for
    /// the kernel shows a frame to captures before it hands it up.
    func exchange(_ payloads: [[UInt8]]) throws {
        for payload in payloads {
            guard unsafe send(sender, payload, payload.count, 0) == payload.count else { throw Failure(errno: errno) }
            var buffer = [UInt8](repeating: 0, count: payload.count + 1)
            guard unsafe recv(receiver, &buffer, buffer.count, 0) == payload.count else {
                throw Failure(errno: errno)
            }
        }
    }

    /// Whether this process may capture on `lo`.
    static let isCaptureAllowed: Bool = {
        do throws(CaptureError) {
            var options = LiveCaptureOptions()
            options.bufferSize = 1 << 20
            _ = try LiveCapture(interface: "lo", options: options)
            return true
        } catch {
            return false
        }
    }()
}
