internal import PacketDecode
internal import SocketEvents
public import Timeline

/// One run of a lesson: a private network, captures on it, the script, and the timeline of it all.
public struct LessonRun {
    /// Nanoseconds that the timeline waits for entries that are on their way: enough for two threads to be scheduled,
    /// and well below the 100 ms in which a person should see a thing.
    static let window: Int64 = 60_000_000

    public let lesson: Lesson
    /// What the caller changed of the lesson's link.
    public let variation: LinkVariation
    /// Where the captures are kept too; nil for nowhere. Of a run on two hosts each has its own: see `savefiles`.
    public let savefile: String?

    /// Moves the process into the lesson's private network, where it stays. So it must come before the process starts a
    /// thread.
    ///
    /// - Throws: `LessonError.network`.
    public init(
        entering lesson: Lesson, variation: LinkVariation = LinkVariation(), savefile: String? = nil
    ) throws(LessonError) {
        self.lesson = lesson
        self.variation = variation
        self.savefile = savefile
        let loopback =
            switch lesson.setting {
            case .loopback(let loopback, _): loopback
            case .link: PrivateNetwork.Loopback.wide
            }
        do throws(PrivateNetworkError) {
            try PrivateNetwork.enter(loopback)
        } catch {
            throw .network(error)
        }
    }

    /// The files that the captures are kept in: `savefile` itself; or of a run on two hosts, with `-A` and `-B` before its
    /// extension.
    public var savefiles: [String] {
        guard let savefile else { return [] }
        return lesson.isLinked ? HostName.allCases.map { Self.savefile(savefile, of: $0) } : [savefile]
    }

    static func savefile(_ path: String, of host: HostName) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path + "-\(host.rawValue)" }
        return path[..<dot] + "-\(host.rawValue)" + path[dot...]
    }

    /// Runs the lesson and lends each entry, in order, as it happens.
    ///
    /// - Parameter whenOpen: is called once nothing can be refused any more, before anything happens.
    /// - Throws: `LessonError`, after what had happened by then was shown; or what `show` throws.
    public func play(whenOpen: () throws -> Void = {}, _ show: (TimelineEntry) throws -> Void) throws -> LessonRecord {
        let crew = try crew()
        try whenOpen()
        try crew.start()
        defer { crew.stop() }
        var record = LessonRecord()
        var window = TimelineWindow(length: Self.window)
        var isExhausted = false
        while !isExhausted {
            let (entries, completeUpTo, last) = crew.feed.take(waitingAtMost: 10)
            isExhausted = last
            for entry in entries { window.insert(entry) }
            let keep: (TimelineEntry) throws -> Void = { entry in
                let entry = crew.complete(entry)
                record.entries.append(entry)
                try show(entry)
            }
            if last {
                try window.releaseAll(keep)
            } else {
                try window.release(now: .now, completeUpTo: completeUpTo, keep)
            }
        }
        record.lateCount = window.lateCount
        record.statistics = crew.statistics
        if let failure = crew.failure { throw failure }
        return record
    }

    private func crew() throws(LessonError) -> any LessonCrew {
        switch lesson.setting {
        case .loopback(_, let script): try LoopbackCrew(script: script, savefile: savefile)
        case .link(let conditions, let script):
            try LinkedCrew(
                conditions: conditions.varied(by: variation), script: script, patience: lesson.patience,
                savefile: savefile)
        }
    }
}
