import Testing

@testable import Lab

@Suite struct WatchRequestTests {
    @Test(arguments: [
        WatchRequest(columns: 80, isColoured: false, isJSON: false, follows: false),
        WatchRequest(columns: 10_000, isColoured: true, isJSON: true, follows: true),
    ])
    func isReadAsItWasWritten(request: WatchRequest) {
        #expect(WatchRequest(line: Array(request.line.utf8)) == request)
        #expect(request.line.utf8.count <= WatchRequest.longestLine)
    }

    @Test(arguments: ["", "\n", "80", "0\n", "-1 json\n", "80 jsn\n", "99999 json\n", "json\n", "80 json\n\n"])
    func refusesWhatIsNone(line: String) { #expect(WatchRequest(line: Array(line.utf8)) == nil) }

    @Test func doorsAreFoundInTheKernelsTable() {
        let table = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01 4242 @wirewatch-lab-4711
            0000000000000000: 00000003 00000000 00000000 0001 03 4243 @wirewatch-lab-4712
            0000000000000000: 00000002 00000000 00010000 0001 01 4244 /run/wirewatch-lab-4713
            0000000000000000: 00000002 00000000 00010000 0001 01 4245 @wirewatch-lab-
            0000000000000000: 00000003 00000000 00000000 0001 03 4246
            0000000000000000: 00000002 00000000 00010000 0001 01 4247 @wirewatch-lab-12
            """
        #expect(LabDoor.processes(in: table) == [12, 4711])
    }
}
