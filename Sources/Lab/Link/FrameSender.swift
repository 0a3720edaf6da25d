internal import CLinux
internal import Glibc
internal import PacketCapture

/// A packet socket that sends whole frames through one interface. It is closed when its life ends.
struct FrameSender: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens it in the calling thread's network namespace.
    init(interface: String) throws(CaptureError) {
        descriptor = unsafe wirewatch_packet_sender(interface)
        guard descriptor >= 0 else {
            throw .other(operation: "open a packet socket on \(interface)", message: "errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    /// Sends a frame; false where the kernel did not take it.
    func send(_ frame: [UInt8]) -> Bool {
        while true {
            let count = unsafe Glibc.send(descriptor, frame, frame.count, Int32(MSG_NOSIGNAL))
            if count == frame.count { return true }
            if count < 0, errno == EINTR { continue }
            return false
        }
    }
}
