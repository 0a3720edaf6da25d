import FlowAnalysis
import PacketDecode
import TestSupport

extension Conversation {
    /// Sends a segment and returns its labels by their JSON names, with the cause of a resend: `retransmission/fast`.
    func labels(
        _ side: Side, _ flags: TCPFlags, _ sequence: Int64, ack: Int64? = nil, data: Int = 0, window: UInt16 = 1_000,
        _ options: TCPOption...
    ) throws -> [String] {
        let observation = try send(
            side, flags, sequence, ack: ack, data: data, window: window, options: options)
        return observation.labelNames
    }

    func sack(_ side: Side, _ blocks: (Int64, Int64)...) -> TCPOption {
        frames.sack(side.end, blocks)
    }

    /// A handshake that agrees on SACK.
    func shakeHandsWithSACK() throws {
        _ = try send(.client, .syn, 0, options: [.sackPermitted])
        _ = try send(.server, .syn, 0, ack: 1, options: [.sackPermitted])
        _ = try send(.client, [], 1, ack: 1)
    }

    static func stamp(_ value: UInt32, echo: UInt32 = 1) -> TCPOption { ConversationFrames.stamp(value, echo: echo) }
}

extension FlowObservation {
    var labelNames: [String] {
        (tcp?.labels.elements ?? []).map { label in
            label.kind.isResend ? "\(label.kind.rawValue)/\(label.cause.rawValue)" : label.kind.rawValue
        }
    }
}
