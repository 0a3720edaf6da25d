import SocketEvents
import Testing

@Suite("Shares")
struct ShareTests {
    @Test(
        "A share is a percentage or a fraction",
        arguments: [
            ("30%", 0.3), ("0.3", 0.3), ("0", 0), ("0%", 0), ("1", 1), ("100%", 1), ("1.5%", 0.015), (".5", 0.5),
        ])
    func good(text: String, fraction: Double) throws {
        #expect(try #require(Share(parsing: text)).fraction == fraction)
    }

    @Test(
        "Anything else is no share",
        arguments: ["", "%", "30 %", "-1%", "101%", "1.1", "nan", "inf", "0x1", "1e-1", "three", "1,5%"])
    func bad(text: String) { #expect(Share(parsing: text) == nil) }

    @Test("A fraction outside its range is no share", arguments: [-0.1, 1.1, .nan, .infinity])
    func outside(fraction: Double) { #expect(Share(fraction: fraction) == nil) }
}
