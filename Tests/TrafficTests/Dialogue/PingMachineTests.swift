import SocketEvents
import Testing

@Suite("Pinging a peer") struct PingMachineTests {
    /// A ping each 10, gone after 25 of silence.
    private let rules = PingRules(interval: 10, timeout: 25)

    @Test("A ping is due each interval, and not before")
    func turns() {
        var machine = PingMachine(rules, startingAt: 100)
        #expect(machine.nextWake == 110)
        #expect(machine.advance(to: 109) == .nothing)
        #expect(machine.advance(to: 110) == .ask(1))
        #expect(machine.answered(1, at: 112) == 2)
        #expect(machine.nextWake == 120)
        // Late by three: the turns stay where they were.
        #expect(machine.advance(to: 123) == .ask(2))
        #expect(machine.answered(2, at: 124) == 1)
        #expect(machine.nextWake == 130)
        // Turns that were slept through are left out.
        #expect(machine.advance(to: 155) == .ask(3))
        #expect(machine.nextWake == 160)
    }

    @Test("While a ping is open no other is sent, and an answer to another number is none")
    func open() {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        #expect(machine.answered(2, at: 11) == nil)
        #expect(machine.advance(to: 20) == .nothing)
        #expect(machine.nextWake == 30)
        #expect(machine.advance(to: 30) == .nothing)
        #expect(machine.nextWake == 35)
        #expect(machine.answered(1, at: 31) == 21)
        #expect(machine.answered(1, at: 32) == nil)
        #expect(machine.advance(to: 40) == .ask(2))
    }

    @Test(
        "A peer that answered once and falls silent is gone, whatever its kernel says",
        arguments: [
            (true, 0, PingMachine.PeerKernel.acknowledgedAll), (true, nil, .acknowledgedAll), (false, 3, .acknowledges),
            (false, 22, .acknowledges), (false, 23, .silent), (false, 90, .silent), (false, nil, .silent),
        ] as [(Bool, Int64?, PingMachine.PeerKernel)])
    func gone(areComplete: Bool, sinceLast: Int64?, peerKernel: PingMachine.PeerKernel) {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        _ = machine.answered(1, at: 11)
        machine.heard(at: 11)
        #expect(machine.advance(to: 20) == .ask(2))
        #expect(machine.advance(to: 44) == .nothing)
        #expect(machine.advance(to: 45) == .judge)
        #expect(
            machine.judge(at: 46, PingMachine.Acknowledgments(areComplete: areComplete, sinceLast: sinceLast))
                == .gone(PingMachine.Silence(ping: 2, nanoseconds: 26, peerKernel: peerKernel)))
    }

    @Test("A peer that never answered is left in peace where its kernel is there")
    func knowsNoPings() {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        #expect(machine.advance(to: 35) == .judge)
        #expect(machine.judge(at: 35, PingMachine.Acknowledgments(areComplete: true, sinceLast: 0)) == .knowsNoPings(1))
        #expect(machine.nextWake == nil)
        #expect(machine.advance(to: 1000) == .nothing)
    }

    @Test("A peer that never answered is gone where its kernel acknowledges nothing")
    func neverThere() {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        #expect(machine.advance(to: 35) == .judge)
        #expect(
            machine.judge(at: 35, .unknown)
                == .gone(PingMachine.Silence(ping: 1, nanoseconds: 25, peerKernel: .silent)))
    }

    @Test("Every octet is a sign of life, also one that comes while the kernel is asked")
    func heard() {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        machine.heard(at: 30)
        #expect(machine.advance(to: 54) == .nothing)
        #expect(machine.advance(to: 55) == .judge)
        machine.heard(at: 56)
        #expect(machine.judge(at: 57, .unknown) == .alive)
        #expect(machine.advance(to: 81) == .judge)
    }

    @Test("At rest nothing is asked")
    func rest() {
        var machine = PingMachine(rules, startingAt: 0)
        #expect(machine.advance(to: 10) == .ask(1))
        machine.rest()
        #expect(machine.nextWake == nil)
        #expect(machine.advance(to: 500) == .nothing)
        #expect(machine.judge(at: 500, .unknown) == .alive)
    }
}
