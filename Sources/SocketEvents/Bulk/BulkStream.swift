package import PacketDecode
internal import Synchronization

/// One TCP connection of a bulk test: its socket, and the octets that it has moved, counted by whoever moves them and read by
/// whoever reports.
package final class BulkStream: Sendable {
    /// From 1.
    package let number: Int
    /// A descriptor of its own, so that the kernel can be asked whatever became of others.
    package let descriptor: SocketDescriptor
    package let local: Endpoint
    package let peer: Endpoint
    private let moved = Atomic(0)

    package init(_ number: Int, _ descriptor: consuming SocketDescriptor, local: Endpoint, peer: Endpoint) {
        self.number = number
        self.descriptor = descriptor
        self.local = local
        self.peer = peer
    }

    package func count(_ octets: Int) { moved.wrappingAdd(octets, ordering: .relaxed) }

    package var octets: Int { moved.load(ordering: .relaxed) }

    /// What it moved so far, and what the kernel says of the connection; nil for the latter where it does not.
    package var sample: StreamMeter.Sample {
        StreamMeter.Sample(octets: octets, info: try? TCPInfo(of: descriptor.rawValue))
    }
}
