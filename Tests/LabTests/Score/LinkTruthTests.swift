import FlowAnalysis
import PacketDecode
import Testing
import Timeline

@testable import Lab

struct LinkTruthTests {
    /// A segment of `octets` from `sequence` on, as the `number`-th frame of its direction.
    private func event(_ number: UInt64, sequence: UInt32, octets: Int, flags: TCPFlags = [.ack]) -> LinkEvent {
        let bytes = FrameBuilder(
            link: .ethernet(
                EthernetHeader(
                    destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
                    typeOrLength: 0)),
            network: .ipv4(IPv4Header(source: IPv4Address(10, 7, 0, 1), destination: IPv4Address(10, 7, 0, 2))),
            transport: .tcp(
                TCPHeader(
                    sourcePort: 40000, destinationPort: 7000, sequenceNumber: SequenceNumber(rawValue: sequence),
                    flags: flags)),
            payload: [UInt8](repeating: 0x61, count: octets)
        ).encode()
        let at = Timestamp(nanosecondsSinceEpoch: Int64(number))
        return LinkEvent(
            source: .a,
            fate: FrameFate(
                number: number, kind: .dataSegment, arrival: at, verdict: .delivered(first: at, second: nil)),
            packet: PacketDecoder(linkType: .ethernet).decode(bytes.span), bytes: bytes)
    }

    /// What each frame should be called, sent in the order given, and on arrival in the order of `arrivals`, by number.
    private func judge(
        _ events: [LinkEvent], arrivals: [UInt64]
    ) -> (sent: [SegmentLabel.Kind?], arrived: [SegmentLabel.Kind?]) {
        var truth = LinkTruth()
        let sent = events.map { truth.send($0) }
        let arrived = arrivals.map { number in
            events.first { $0.fate.number == number }.flatMap { truth.arrive($0) }
        }
        return (sent, arrived)
    }

    /// 1000, 1100, 1200, then 1000 again.
    private var resentFirst: [LinkEvent] {
        [
            event(1, sequence: 1000, octets: 100), event(2, sequence: 1100, octets: 100),
            event(3, sequence: 1200, octets: 100), event(4, sequence: 1000, octets: 100),
        ]
    }

    @Test func resendOfALostSegment() {
        let head = event(0, sequence: 999, octets: 0, flags: .syn)
        let (sent, arrived) = judge([head] + resentFirst, arrivals: [0, 2, 3, 4])
        #expect(sent == [nil, nil, nil, nil, .retransmission])
        #expect(arrived == [nil, .gap, nil, .retransmissionOriginalUnseen])
    }

    @Test func resendOfWhatHadArrived() {
        let (_, arrived) = judge(resentFirst, arrivals: [1, 2, 3, 4])
        #expect(arrived == [nil, nil, nil, .retransmission])
    }

    @Test func originalThatItsResendOvertook() {
        let head = event(0, sequence: 999, octets: 0, flags: .syn)
        let (_, arrived) = judge([head] + resentFirst, arrivals: [0, 2, 4, 1])
        #expect(arrived == [nil, .gap, .retransmissionOriginalUnseen, .outOfOrder])
    }

    @Test func overtakenAndDoubled() {
        let (_, arrived) = judge(resentFirst, arrivals: [1, 3, 2, 2])
        #expect(arrived == [nil, .gap, .outOfOrder, .networkDuplicate])
    }

    /// A segment without octets may be the first to show that something is missing; what follows it is in its place.
    @Test func anACKTellsOfAHole() {
        let events = [
            event(0, sequence: 999, octets: 0, flags: .syn), event(1, sequence: 1000, octets: 100),
            event(2, sequence: 1200, octets: 0), event(3, sequence: 1200, octets: 100),
            event(4, sequence: 1100, octets: 100), event(5, sequence: 1000, octets: 100),
        ]
        let (sent, arrived) = judge(events, arrivals: [0, 2, 3, 4, 5])
        #expect(sent == [nil, nil, nil, nil, nil, .retransmission])
        #expect(arrived == [nil, .gap, nil, .outOfOrder, .retransmissionOriginalUnseen])
    }

    /// The last segment is lost and sent again, and new data overtakes the resend: nothing that was sent between the two has
    /// arrived, so that nothing tells the resend from an original.
    @Test func aResendThatIsOvertaken() {
        let events = [
            event(0, sequence: 999, octets: 0, flags: .syn), event(1, sequence: 1000, octets: 100),
            event(2, sequence: 1000, octets: 100), event(3, sequence: 1100, octets: 100),
        ]
        let (sent, arrived) = judge(events, arrivals: [0, 3, 2])
        #expect(sent == [nil, nil, .retransmission, nil])
        #expect(arrived == [nil, .gap, .outOfOrder])
    }

    @Test func sequenceNumbersMayWrap() {
        let events = [
            event(1, sequence: 0xFFFF_FFF0, octets: 32), event(2, sequence: 16, octets: 32),
            event(3, sequence: 0xFFFF_FFF0, octets: 32),
        ]
        let (sent, arrived) = judge(events, arrivals: [1, 2, 3])
        #expect(sent == [nil, nil, .retransmission])
        #expect(arrived == [nil, nil, .retransmission])
    }

    @Test func octetsAreKeptApart() {
        var octets = SequenceOctets()
        octets.insert(10..<20)
        octets.insert(30..<40)
        #expect(!octets.contains(anyOf: 20..<30))
        octets.insert(20..<30)
        #expect(octets.contains(anyOf: 25..<26) && octets.end == 40)
        #expect(!octets.contains(anyOf: 40..<50) && !octets.contains(anyOf: 0..<10))
    }
}
