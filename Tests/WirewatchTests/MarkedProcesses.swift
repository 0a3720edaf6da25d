import Foundation
import Glibc
import TestSupport

/// The processes that come of one that a test starts: a mark in its environment goes on to all of them, and finds them
/// wherever they have gone.
///
/// A network namespace, with its devices, is there as long as a process is in it or holds it open. So none of these left
/// is no namespace left.
struct MarkedProcesses {
    private let mark = "WIREWATCH_TEST_MARK=\(UInt64.random(in: 0...UInt64.max))"

    /// Starts a program with the mark.
    func start(_ path: String, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess("/usr/bin/env", [mark, path] + arguments)
    }

    /// Starts the `wirewatch` that was built with the tests, with the mark.
    func wirewatch(_ arguments: String...) throws -> ChildProcess {
        try start(ChildProcess.builtProductsDirectory + "/wirewatch", arguments)
    }

    /// Those that run: what each was called with.
    var running: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ"),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(mark.utf8) })
            else { return nil }
            let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            return String(decoding: line, as: UTF8.self).replacingOccurrences(of: "\0", with: " ")
        }
    }

    /// Waits until none runs; the kernel may still be at it.
    ///
    /// - Returns: the ones that are left after ten seconds.
    func awaitEnd() -> [String] {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while true {
            let left = running
            if left.isEmpty || ContinuousClock.now >= deadline { return left }
            usleep(5_000)
        }
    }
}
