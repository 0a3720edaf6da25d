import Foundation
import TestSupport
import Testing

/// What must not compile does not, and for the reason that its comment names.
///
/// A fixture is a Swift file of another name, so that the package does not build it. A line that the compiler must refuse
/// ends with `// error: ` and the exact message; there must be no other error.
@Suite struct MustNotCompileTests {
    private static let swiftc = Tool("swiftc")

    struct Diagnostic: Hashable, Comparable {
        let line: Int
        let message: String

        static func < (left: Diagnostic, right: Diagnostic) -> Bool {
            (left.line, left.message) < (right.line, right.message)
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    private static func fixtures() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".swift.txt") }.sorted()
    }

    private static func expected(in source: String) -> [Diagnostic] {
        source.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            guard let comment = line.firstRange(of: "// error: ") else { return nil }
            return Diagnostic(line: index + 1, message: String(line[comment.upperBound...]))
        }
    }

    /// The errors that the compiler finds in a source, which may use the modules that were built with the tests.
    ///
    /// Ownership is checked on SIL, which `-typecheck` does not get to.
    private static func errors(in source: String) throws -> [Diagnostic] {
        let folder = try TemporaryFolder()
        let path = try folder.file("fixture.swift", Array(source.utf8))
        let products = ChildProcess.builtProductsDirectory
        let outcome = try ChildProcess(
            #require(swiftc).url.path,
            [
                "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-diagnostic-style", "llvm",
                "-I", products + "/Modules",
                // Of its own: a module in the package's is tied to the very path that the build named it by.
                "-module-cache-path", products + "/OwnershipTests.modulecache",
                "-Xcc", "-fmodule-map-file=" + products + "/CLinux.build/module.modulemap", path,
            ], seconds: 120
        ).finish()
        let errors = outcome.errorLines.compactMap { line -> Diagnostic? in
            guard line.hasPrefix(path + ":"), let mark = line.firstRange(of: ": error: ") else { return nil }
            let place = line[line.index(line.startIndex, offsetBy: path.count + 1)...].split(separator: ":")
            guard let number = place.first.flatMap({ Int($0) }) else { return nil }
            return Diagnostic(line: number, message: String(line[mark.upperBound...]))
        }
        // It fails by what it found in the fixture, and not for want of a module.
        try #require((outcome.ending == .exited(0)) == errors.isEmpty, "\(outcome.errorLines)")
        return Array(Set(errors)).sorted()
    }

    @Test func fixturesAreThere() {
        #expect(Self.fixtures().count >= 6)
    }

    @Test(.enabled(if: swiftc != nil, "needs swiftc"), arguments: fixtures())
    func isRefusedForItsReasonAlone(fixture: String) throws {
        let source = try String(contentsOf: Self.folder.appending(path: fixture), encoding: .utf8)
        let expected = Self.expected(in: source)
        // All but the control have something to refuse.
        #expect(expected.isEmpty == (fixture == "control.swift.txt"))
        #expect(try Self.errors(in: source) == expected)
    }
}
