import PacketDecode

extension SyntheticCase {
    /// What loopback cannot make, or not at will, and what tools are known to take for something else.
    public static let all: [SyntheticCase] = [
        reorderingWithTimestamps, reorderingWithoutTimestamps, lossAtTheReceiver, earlyFastResend, secondHole,
        spuriousResend, tailLossProbe, wrapInRecovery, zeroWindowProbe, keepAliveAgainstOneOctet, windowUpdate,
        networkDuplicate, gap, pathMTU, portReuse,
    ]

    private static func stamp(_ value: UInt32) -> [TCPOption] { [ConversationFrames.stamp(value)] }

    private static let reorderingWithTimestamps: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "reordering-timestamps", "Reordering, with timestamps",
            "TSval of the late segment is less than its overtaker's (RFC 7323 §3): it left before it, and nothing was sent "
                + "again, however long it took.")
        talk.shakeHands(stamp: 100)
        talk.send(.client, .psh, 1, ack: 1, data: 100, options: stamp(110), "data 1:101")
        talk.send(.client, .psh, 201, ack: 1, data: 100, options: stamp(112), "data 201:301, the overtaker", ["gap"])
        talk.wait(30)
        talk.send(.client, .psh, 101, ack: 1, data: 100, options: stamp(111), "data 101:201, late", ["outOfOrder"])
        return talk.finished
    }()

    private static let reorderingWithoutTimestamps: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "reordering-nothing-tells", "Reordering or resend, without timestamps",
            "Identifications are 0 and there is no TSval: a resend would look the same. So it is not guessed.")
        talk.shakeHands()
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101")
        talk.send(.client, .psh, 201, ack: 1, data: 100, "data 201:301", ["gap"])
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201, late", ["undetermined"])
        return talk.finished
    }()

    private static let lossAtTheReceiver: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "loss-seen-by-receiver", "A loss, captured at the receiver",
            "The first sending of 101:201 never came. TSval of what fills the hole is later than its overtakers': it was sent "
                + "again, though it comes within a round trip of them.")
        talk.shakeHands(stamp: 100, roundTrip: 40)
        talk.send(.client, .psh, 1, ack: 1, data: 100, options: stamp(110), "data 1:101")
        talk.send(.client, .psh, 201, ack: 1, data: 100, options: stamp(110), "data 201:301", ["gap"])
        talk.send(
            .server, [], 1, ack: 101, options: stamp(200) + [talk.frames.sack(.server, [(201, 301)])],
            "ACK, SACK 201:301")
        talk.send(.client, .psh, 301, ack: 1, data: 100, options: stamp(111), "data 301:401")
        talk.send(
            .server, [], 1, ack: 101, options: stamp(201) + [talk.frames.sack(.server, [(201, 401)])],
            "ACK, SACK 201:401",
            ["duplicateACK"])
        talk.send(
            .client, .psh, 101, ack: 1, data: 100, options: stamp(120), "data 101:201",
            ["retransmissionOriginalUnseen/fast"])
        return talk.finished
    }()

    private static let earlyFastResend: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "fast-resend-late", "A fast resend 30 ms after three duplicate ACKs",
            "Three duplicate ACKs (RFC 5681 §3.2) are its cause, however long the sender took to act on them.")
        talk.shakeHands(sack: false)
        for index in Int64(0)..<5 {
            talk.send(.client, .psh, 1 + index * 100, ack: 1, data: 100, "data \(1 + index * 100):\(101 + index * 100)")
        }
        talk.wait(8)
        talk.send(.server, [], 1, ack: 101, "ACK")
        for _ in 0..<3 { talk.send(.server, [], 1, ack: 101, "the same ACK", ["duplicateACK"]) }
        talk.wait(30)
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201 again", ["retransmission/fast"])
        return talk.finished
    }()

    private static let secondHole: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "sack-second-hole", "The second hole of a SACK recovery",
            "What was sent after 301:401 has arrived (RFC 6675 §4, RFC 8985 §6.2), as SACK says: both holes are fast resends."
        )
        talk.shakeHands()
        for index in Int64(0)..<8 {
            talk.send(.client, .psh, 1 + index * 100, ack: 1, data: 100, "data \(1 + index * 100):\(101 + index * 100)")
        }
        talk.wait(5)
        talk.send(.server, [], 1, ack: 101, "ACK")
        let report = talk.frames
        for (blocks, text) in [
            ([(Int64(201), Int64(301))], "201:301"), ([(401, 501), (201, 301)], "401:501, 201:301"),
            ([(401, 801), (201, 301)], "401:801, 201:301"),
        ] {
            talk.send(
                .server, [], 1, ack: 101, options: [report.sack(.server, blocks)], "SACK \(text)", ["duplicateACK"])
        }
        talk.wait(20)
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201 again", ["retransmission/fast"])
        talk.send(.client, .psh, 301, ack: 1, data: 100, "data 301:401 again", ["retransmission/fast"])
        talk.send(.server, [], 1, ack: 801, "ACK of all")
        return talk.finished
    }()

    private static let spuriousResend: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "spurious-resend", "A needless resend, and the D-SACK that tells",
            "Nobody knows it when the resend is sent. The D-SACK reports the octets as arrived twice (RFC 2883 §4, RFC 3708): the "
                + "earlier label is revised.")
        talk.shakeHands()
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101")
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201")
        talk.wait(300)
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101 again", ["retransmission/timeout"])
        talk.send(.server, [], 1, ack: 201, "ACK of both, which was slow")
        talk.send(
            .server, [], 1, ack: 201, options: [talk.frames.sack(.server, [(1, 101)])], "ACK, D-SACK 1:101", ["dSACK"],
            revises: 6)
        return talk.finished
    }()

    private static let tailLossProbe: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "tail-loss-probe", "A tail loss probe, then the timer",
            "The last segment goes first, while older ones are outstanding: a timer would send the oldest (RFC 6298 §5.4), so it "
                + "is a probe (RFC 8985 §7.3). Then the timer does, and what follows in its recovery.")
        talk.shakeHands()
        for index in Int64(0)..<3 {
            talk.send(.client, .psh, 1 + index * 100, ack: 1, data: 100, "data \(1 + index * 100):\(101 + index * 100)")
        }
        talk.wait(40)
        talk.send(.client, .psh, 201, ack: 1, data: 100, "data 201:301 again", ["retransmission/tailLossProbe"])
        talk.wait(300)
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101 again", ["retransmission/timeout"])
        talk.wait(8)
        talk.send(.server, [], 1, ack: 101, "ACK")
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201 again", ["retransmission/timeoutRecovery"])
        return talk.finished
    }()

    private static let wrapInRecovery: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "wrap-in-recovery", "Sequence numbers wrap in the middle of a recovery",
            "Numbers are unwrapped to 64 bits: SACK blocks on both sides of the wrap are of one stream.")
        talk.frames.clientInitial = .max - 250
        talk.shakeHands()
        for index in Int64(0)..<6 {
            talk.send(.client, .psh, 1 + index * 100, ack: 1, data: 100, "data \(1 + index * 100):\(101 + index * 100)")
        }
        talk.wait(5)
        talk.send(
            .server, [], 1, ack: 101, options: [talk.frames.sack(.server, [(201, 301)])],
            "ACK, SACK 201:301, over the wrap")
        for end in [Int64(401), 501] {
            talk.send(
                .server, [], 1, ack: 101, options: [talk.frames.sack(.server, [(201, end)])], "SACK 201:\(end)",
                ["duplicateACK"])
        }
        talk.wait(9)
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201 again", ["retransmission/fast"])
        talk.wait(8)
        talk.send(.server, [], 1, ack: 601, "ACK of all")
        talk.send(.client, .psh, 601, ack: 1, data: 100, "data 601:701")
        return talk.finished
    }()

    private static let zeroWindowProbe: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "zero-window-probe", "A closed window, and probes of it",
            "At UNA-1, or one octet beyond the edge, while the window is 0 (RFC 9293 §3.8.6.1): no data is sent again.")
        talk.shakeHands(scale: 0)
        talk.send(.client, .psh, 1, ack: 1, data: 1_000, "data that fills the window", ["windowFull"])
        talk.send(.server, [], 1, ack: 1_001, window: 0, "ACK, window 0", ["zeroWindow"])
        talk.wait(200)
        talk.send(.client, [], 1_000, ack: 1, "nothing at UNA-1", ["zeroWindowProbe"])
        talk.send(.server, [], 1, ack: 1_001, window: 0, "ACK, window 0", ["zeroWindowProbeACK", "zeroWindow"])
        talk.wait(400)
        talk.send(.client, [], 1_001, ack: 1, data: 1, "one octet beyond the edge", ["zeroWindowProbe"])
        talk.send(.server, [], 1, ack: 1_001, window: 0, "ACK, window 0", ["zeroWindowProbeACK", "zeroWindow"])
        talk.wait(100)
        talk.send(.server, [], 1, ack: 1_001, window: 1_000, "ACK, window 1000", ["windowUpdate"])
        talk.send(.client, .psh, 1_001, ack: 1, data: 100, "data, that octet first")
        return talk.finished
    }()

    private static let keepAliveAgainstOneOctet: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "keep-alive-or-one-octet", "A keep-alive, and one octet sent again",
            "A keep-alive stands at NXT-1 where all is acknowledged (RFC 9293 §3.8.4). An octet that is not acknowledged, sent "
                + "again, is a resend.")
        talk.shakeHands()
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101")
        talk.send(.server, [], 1, ack: 101, "ACK")
        talk.wait(10_000)
        talk.send(.client, [], 100, ack: 1, data: 1, "octet 100, acknowledged", ["keepAlive"])
        talk.send(.server, [], 1, ack: 101, "ACK", ["keepAliveACK"])
        talk.send(.client, .psh, 101, ack: 1, data: 1, "octet 101, new")
        talk.wait(250)
        talk.send(.client, .psh, 101, ack: 1, data: 1, "octet 101 again", ["retransmission/undetermined"])
        talk.send(.server, [], 1, ack: 102, "ACK")
        return talk.finished
    }()

    private static let windowUpdate: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "window-update-or-duplicate", "A window update, and duplicate ACKs with a moving window",
            "With new SACK information an ACK counts towards loss detection, the window moved or not (RFC 6675 §2). Without it a "
                + "moved window is an update, and no duplicate (RFC 5681 §2).")
        talk.shakeHands()
        for index in Int64(0)..<4 {
            talk.send(.client, .psh, 1 + index * 100, ack: 1, data: 100, "data \(1 + index * 100):\(101 + index * 100)")
        }
        talk.send(.server, [], 1, ack: 101, window: 900, "ACK")
        talk.send(.server, [], 1, ack: 101, window: 950, "the same ACK, another window", ["windowUpdate"])
        for (end, window) in [(Int64(301), UInt16(960)), (401, 970)] {
            talk.send(
                .server, [], 1, ack: 101, window: window, options: [talk.frames.sack(.server, [(201, end)])],
                "SACK 201:\(end), another window", ["duplicateACK"])
        }
        talk.send(
            .server, [], 1, ack: 101, window: 970, options: [talk.frames.sack(.server, [(201, 401)])],
            "the same SACK and window", ["duplicateACK"])
        return talk.finished
    }()

    private static let networkDuplicate: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "network-duplicate", "A frame that the link doubled, and a resend",
            "The first has the identification of the frame that it repeats: the same packet (RFC 6864 §4). A resend draws a new one."
        )
        talk.frames.countsIdentifications = true
        talk.shakeHands()
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101")
        talk.frames.nextIdentification = talk.frames.identifications.client
        talk.send(.client, .psh, 1, ack: 1, data: 100, "the same frame", ["networkDuplicate"])
        talk.send(.server, [], 1, ack: 101, "ACK")
        talk.frames.nextIdentification = talk.frames.identifications.server
        talk.send(.server, [], 1, ack: 101, "the same frame", ["networkDuplicate"])
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201")
        talk.wait(250)
        talk.send(.client, .psh, 101, ack: 1, data: 100, "data 101:201 again", ["retransmission/undetermined"])
        return talk.finished
    }()

    private static let gap: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "gap", "A gap in the capture",
            "The hole is acknowledged and was never filled: the capture missed the frame. The hole is said once, and the ACK covers "
                + "nothing beyond the highest octet seen.")
        talk.shakeHands()
        talk.send(.client, .psh, 1, ack: 1, data: 100, "data 1:101")
        talk.send(.client, .psh, 201, ack: 1, data: 100, "data 201:301", ["gap"])
        talk.send(.client, .psh, 301, ack: 1, data: 100, "data 301:401")
        talk.wait(8)
        talk.send(.server, [], 1, ack: 401, "ACK of all")
        talk.send(.server, [], 1, ack: 501, "ACK of what was not captured", ["ackOfUnseen"])
        return talk.finished
    }()

    private static let pathMTU: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "path-mtu", "Too big for the path, and sent again in smaller segments",
            "ICMP names the segment that was dropped (RFC 1191 §6.4): that, and no timer and no probe, is why it is sent again."
        )
        talk.shakeHands()
        let segment = talk.frames.segment(.client, .psh, 1, ack: 1, data: 1_460)
        talk.add(segment, "data 1:1461, too big")
        talk.add(
            talk.frames.packet(
                .server, .icmp(ICMPHeader(type: 3, code: 4, restOfHeader: 1_000)), payload: Array(segment.prefix(28))),
            "ICMP: fragmentation needed")
        talk.send(.client, [], 1, ack: 1, data: 948, "data 1:949 again", ["retransmission/pathMTU"])
        talk.send(.client, .psh, 949, ack: 1, data: 512, "data 949:1461 again", ["retransmission/pathMTU"])
        talk.send(.server, [], 1, ack: 1_461, "ACK of all")
        return talk.finished
    }()

    private static let portReuse: SyntheticCase = {
        var talk = SyntheticCaseWriter(
            "port-reuse", "The same SYN after a reset, answered with another number",
            "The SYN alone may be the old one. The server's initial number tells that it holds it for another connection."
        )
        talk.shakeHands()
        talk.send(.server, .rst, 1, "RST", ["reset"])
        talk.wait(20_000)
        talk.send(
            .client, .syn, 0, options: [.maximumSegmentSize(1_460), .sackPermitted], "the same SYN",
            ["retransmission/timeout"])
        talk.frames.serverInitial = 900_000
        talk.send(
            .server, .syn, 0, ack: 1, options: [.maximumSegmentSize(1_460), .sackPermitted], "SYN ACK, another number",
            ["portReuse"])
        talk.send(.client, [], 1, ack: 1, "ACK")
        return talk.finished
    }()
}
