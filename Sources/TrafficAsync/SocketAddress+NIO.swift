internal import Glibc
internal import NIOCore
internal import PacketDecode
internal import SocketEvents

extension SocketEvents.SocketAddress {
    /// The address as SwiftNIO takes it, with its zone.
    var forNIO: NIOCore.SocketAddress {
        unsafe withSocketAddress { pointer, length in
            let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: Int(length))
            return switch endpoint.address {
            case .v4: NIOCore.SocketAddress(unsafe bytes.loadUnaligned(as: sockaddr_in.self))
            case .v6: NIOCore.SocketAddress(unsafe bytes.loadUnaligned(as: sockaddr_in6.self))
            }
        }
    }
}

extension NIOCore.SocketAddress {
    /// The address as the frames carry it; nil for a family that has none.
    var endpoint: Endpoint? {
        unsafe withSockAddr { pointer, length in
            unsafe SocketEvents.SocketAddress(copying: pointer, length: length)?.endpoint
        }
    }
}
