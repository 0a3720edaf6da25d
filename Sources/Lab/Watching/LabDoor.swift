internal import CLinux
internal import Glibc
internal import TrafficBlocking

/// Where a running lab is found by those who want to watch it: a socket with a name of its own in each network namespace
/// that they may be in, the machine's and the hosts'. Nothing of it is left when the process ends.
///
/// It opens to the user alone who runs the lab.
public enum LabDoor {
    private static let prefix = "wirewatch-lab-"

    /// Why there is nothing to watch.
    public enum Failure: Error, Sendable, Hashable {
        /// No lab of this user runs in sight; with a number, none of that number.
        case noLab(process: Int32?)
        /// Several do: their numbers.
        case severalLabs(processes: [Int32])
    }

    // MARK: From inside

    /// Opens a door in the calling thread's network namespace: it is there from now on, and `serve` lets people in.
    ///
    /// - Throws: `PrivateNetworkError`, where the system gives no socket.
    static func open() throws(PrivateNetworkError) -> Int32 {
        let listener = unsafe wirewatch_abstract_listen("\(prefix)\(getpid())")
        guard listener >= 0 else { throw PrivateNetworkError(.controlSocket, errno: errno) }
        return listener
    }

    /// Lets people in until the process ends, each on a thread of its own.
    ///
    /// - Parameter welcome: is handed what one wants, and takes the octets to where they are wanted. It returns false
    ///   where that one has gone.
    static func serve(
        _ listener: Int32,
        welcome: @escaping @Sendable (WatchRequest, _ write: ([UInt8]) -> Bool) -> Void
    ) throws(ThreadError) {
        _ = try SystemThread {
            while true {
                let visitor = wirewatch_accept(listener, nil, nil)
                if visitor < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                do throws(ThreadError) {
                    _ = try SystemThread {
                        if isOfThisUser(visitor), let request = request(from: visitor) {
                            welcome(request) { write($0, to: visitor) }
                        }
                        close(visitor)
                    }
                } catch {
                    close(visitor)
                }
            }
        }
    }

    private static func request(from visitor: Int32) -> WatchRequest? {
        // It was written before the connection was made known, or nobody means it.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        _ = unsafe setsockopt(
            visitor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), line.count < WatchRequest.longestLine {
            var octet: UInt8 = 0
            guard unsafe recv(visitor, &octet, 1, 0) == 1 else { return nil }
            line.append(octet)
        }
        return WatchRequest(line: line)
    }

    private static func write(_ octets: [UInt8], to descriptor: Int32) -> Bool {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func isOfThisUser(_ descriptor: Int32) -> Bool {
        var user: UInt32 = 0
        return unsafe wirewatch_peer_user(descriptor, &user) == 0 && user == geteuid()
    }

    // MARK: From outside

    /// Asks a running lab for its timeline, and lends it piece by piece until the lab has ended, or has told all that it was
    /// asked for.
    ///
    /// - Parameter process: the lab's, where there are several.
    public static func watch(
        process: Int32?, _ request: WatchRequest, _ body: (ArraySlice<UInt8>) -> Void
    ) throws(Failure) {
        let descriptor = try connect(process: process)
        defer { close(descriptor) }
        guard write(Array(request.line.utf8), to: descriptor) else { return }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            body(buffer.prefix(count))
        }
    }

    private static func connect(process wanted: Int32?) throws(Failure) -> Int32 {
        // Of proc(5): /proc/net would be that of the main thread.
        let found = processes(in: ProcFile.text("/proc/thread-self/net/unix") ?? "")
        var open: [(process: Int32, descriptor: Int32)] = []
        for process in found where wanted == nil || wanted == process {
            let descriptor = unsafe wirewatch_abstract_connect("\(prefix)\(process)")
            guard descriptor >= 0 else { continue }
            if isOfThisUser(descriptor) { open.append((process, descriptor)) } else { close(descriptor) }
        }
        guard let only = open.first else { throw .noLab(process: wanted) }
        guard open.count == 1 else {
            for lab in open { close(lab.descriptor) }
            throw .severalLabs(processes: open.map(\.process))
        }
        return only.descriptor
    }

    /// The processes whose doors stand in the text of /proc/net/unix, in order.
    static func processes(in table: String) -> [Int32] {
        // Num RefCount Protocol Flags Type St Inode Path; flags of a socket that listens have the bit 0x10000.
        let numbers = table.split(separator: "\n").compactMap { line -> Int32? in
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[3] == "00010000", fields[7].hasPrefix("@\(prefix)") else { return nil }
            return Int32(fields[7].dropFirst(prefix.count + 1))
        }
        return Set(numbers).sorted()
    }
}
