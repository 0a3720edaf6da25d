import PacketCapture
import PacketDecode
import Testing

@Suite struct NetworkInterfaceTests {
    @Test("lo is listed, with its flags and its address")
    func listsLoopback() throws {
        let interfaces = try NetworkInterface.all()
        let loopback = try #require(interfaces.first { $0.name == "lo" })
        #expect(loopback.isLoopback)
        #expect(!loopback.isWireless)
        #expect(loopback.isUp == loopback.addresses.contains(.v4(.loopback)))
        #expect(interfaces.filter(\.isLoopback).count == 1)
    }

    @Test("opening an interface that does not exist says so, with rights and without")
    func namesMissingInterface() {
        #expect(throws: CaptureError.noSuchInterface(name: "no-such-if0")) {
            _ = try LiveCapture(interface: "no-such-if0")
        }
    }
}
