import Glibc

/// What the terminal behind a descriptor can do.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Whether colours are wanted: on a terminal that has them, unless NO_COLOR is set (no-color.org).
    static func isColoured(_ descriptor: Int32) -> Bool {
        guard isTerminal(descriptor), (environment("NO_COLOR") ?? "").isEmpty else { return false }
        return environment("TERM") != "dumb"
    }

    /// The width of the terminal; nil where there is none, or where it does not say.
    static func columns(_ descriptor: Int32) -> Int? {
        guard isTerminal(descriptor) else { return nil }
        // struct winsize: rows, columns, and the same in pixels.
        var size: [UInt16] = [0, 0, 0, 0]
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size[1] > 0 else { return nil }
        return Int(size[1])
    }

    /// How long a line of a timeline may be: as wide as the terminal is; elsewhere as COLUMNS says, or 120.
    static func lineLength(_ descriptor: Int32) -> Int {
        if let columns = columns(descriptor) { return columns }
        let said = environment("COLUMNS").flatMap { Int($0) } ?? 120
        return min(max(said, 20), 10_000)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
