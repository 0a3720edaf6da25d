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
    func noteCaptured(_ event: PacketEvent, at host: HostName, isOutgoing: Bool) {
        let hash = Self.hash(event.packet, event.bytes)
        let (number, time) = (event.info.number, event.info.timestamp)
        books.withLock {
            if isOutgoing {
                $0.sent[host, default: FrameMatching()].noteCapture(number, hash: hash, at: time)
            } else {
                $0.delivered[host.peer, default: FrameMatching()].noteCapture(number, hash: hash, at: time)
            }
        }
    }

    /// A frame that the link took in.
    func noteTaken(_ event: LinkEvent) {
        let (number, time) = (event.fate.number, event.fate.arrival)
        let hash = Self.hash(event.packet, event.bytes)
        books.withLock { $0.sent[event.source, default: FrameMatching()].noteLink(number, hash: hash, at: time) }
    }

    /// A frame from `host` that the link let out.
    func noteDeparted(
        _ number: UInt64, from host: HostName, _ packet: DecodedPacket, _ bytes: [UInt8], at time: Timestamp
    ) {
        let hash = Self.hash(packet, bytes)
        books.withLock { $0.delivered[host, default: FrameMatching()].noteLink(number, hash: hash, at: time) }
    }

    /// When the oldest frame was sent that the link has not told of yet. One that is a second older than `now` is none: the
    /// link has never seen it.
    func oldestUntold(now: Timestamp) -> Timestamp? {
        let limit = now.advanced(by: -1_000_000_000)
        return books.withLock { books in
            books.sent.values.compactMap { $0.oldestOnlyCaptured(since: limit) }.min()
        }
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

    /// FNV-1a over the length and the first octets of the transport header and what follows: a router changes what stands
    /// before it. With them goes the transport's checksum, which is over the rest.
    private static func hash(_ packet: DecodedPacket, _ bytes: [UInt8]) -> UInt64 {
        let start = packet.transportOffset > 0 ? packet.transportOffset : packet.payload.lowerBound
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)) &* 0x100_0000_01B3
        for byte in bytes.dropFirst(Int(start)).prefix(hashedOctets) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }

    private static let hashedOctets = 128
}
