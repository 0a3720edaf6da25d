import Glibc
import SocketEvents
import Testing

@Suite("A pause in accepting") struct AcceptingPauseTests {
    @Test("Its beginning and its end are news once each")
    func news() {
        var pause = AcceptingPause()
        #expect(pause.end(at: 1) == nil)
        #expect(pause.begin(errno: EMFILE, at: 10) == .acceptingPaused(errno: EMFILE))
        #expect(pause.begin(errno: EMFILE, at: 20) == nil)
        #expect(pause.begin(errno: ENFILE, at: 30) == nil)
        #expect(pause.errno == ENFILE)
        #expect(pause.end(at: 50) == .acceptingResumed(after: 40))
        #expect(pause.errno == nil)
        #expect(pause.end(at: 60) == nil)
        #expect(pause.begin(errno: ENOMEM, at: 70) == .acceptingPaused(errno: ENOMEM))
    }
}
