import Glibc

/// What a measurement was made on.
enum Machine {
    /// The kernel and the number of processors, such as "Linux 6.8.0 x86_64, 2 processors".
    static var description: String {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return "an unknown machine" }
        let release = text(names.release)
        let machine = text(names.machine)
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return "\(text(names.sysname)) \(release) \(machine), \(processors) processor\(processors == 1 ? "" : "s")"
    }

    /// A field of `struct utsname`: characters up to a zero.
    private static func text<Field>(_ field: Field) -> String {
        unsafe withUnsafeBytes(of: field) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
