internal import PacketDecode
internal import Synchronization
internal import Timeline

/// Which frame of which capture each frame of the link is. Captures and relays tell it from their threads.
final class FrameLedger: Sendable {
    private struct Books {
        /// By the host that sends.
        var sent: [HostName: FrameMatching] = [:]
        var delivered: [HostName: FrameMatching] = [:]
    }

    private let books = Mutex(Books())

    /// A frame in the capture of `host`; `isOutgoing` where the host sent it.
    func noteCaptured(_ number: UInt64, at host: HostName, isOutgoing: Bool, _ packet: DecodedPacket, _ bytes: [UInt8])
    {
        let hash = Self.hash(packet, bytes)
        books.withLock {
            if isOutgoing {
                $0.sent[host, default: FrameMatching()].noteCapture(number, hash: hash)
            } else {
                $0.delivered[host.peer, default: FrameMatching()].noteCapture(number, hash: hash)
            }
        }
    }

    /// A frame that the link took in from `host`.
    func noteTaken(_ number: UInt64, from host: HostName, _ packet: DecodedPacket, _ bytes: [UInt8]) {
        let hash = Self.hash(packet, bytes)
        books.withLock { $0.sent[host, default: FrameMatching()].noteLink(number, hash: hash) }
    }

    /// A frame from `host` that the link let out.
    func noteDeparted(_ number: UInt64, from host: HostName, _ packet: DecodedPacket, _ bytes: [UInt8]) {
        let hash = Self.hash(packet, bytes)
        books.withLock { $0.delivered[host, default: FrameMatching()].noteLink(number, hash: hash) }
    }

    /// The event with its frame's numbers at both ends, as far as they are known by now.
    func numbered(_ event: LinkEvent) -> LinkEvent {
        var event = event
        let number = event.fate.number
        let source = event.source
        let (sent, delivered) = books.withLock {
            ($0.sent[source]?.take(number) ?? [], $0.delivered[source]?.take(number) ?? [])
        }
        event.sentFrame = sent.first
        event.deliveredFrames = delivered
        return event
    }

    /// FNV-1a over the transport header and what follows: a router changes what stands before it.
    private static func hash(_ packet: DecodedPacket, _ bytes: [UInt8]) -> UInt64 {
        let start = packet.transportOffset > 0 ? packet.transportOffset : packet.payload.lowerBound
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes.dropFirst(Int(start)) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
