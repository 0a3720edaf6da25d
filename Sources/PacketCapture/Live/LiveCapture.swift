import CLinux
import CPcap
import Glibc
public import PacketDecode

/// A live capture on one interface. It is closed when its life ends.
///
///     var capture = try LiveCapture(interface: "lo")
///     let stopper = capture.stopper  // for another thread, or a signal handler
///     while case .frames = try capture.receive({ info, bytes in … }) {}
///
/// It captures in the network namespace of the thread that opened it. It may be handed to another thread then.
@safe
public struct LiveCapture: ~Copyable, @unchecked Sendable {
    /// The interface's name.
    public let interface: String
    /// What every frame begins with.
    public let linkType: LinkType
    /// The most octets that are kept of a frame.
    public let snapshotLength: Int
    /// Whether timestamps are exact to the nanosecond. Without, libpcap gave microseconds, which are scaled.
    public let hasNanoseconds: Bool
    /// Ends the capture from elsewhere.
    public let stopper: CaptureStopper
    /// The descriptor to poll for frames, or -1 where libpcap has none for this kind of interface.
    public let fileDescriptor: Int32
    /// Frames lent so far.
    public private(set) var frameCount: UInt64 = 0

    private let handle: OpaquePointer
    /// Frames lent since the stopper and the deadline were last looked at.
    private var framesSinceLook = 0
    /// The moment when the stop was seen. Frames up to it are still lent.
    private var stopMoment: Timestamp?

    /// What `receive` came back with.
    public enum Outcome: Sendable, Hashable {
        /// So many frames were lent, at least one.
        case frames(Int)
        /// The deadline passed.
        case timedOut
        /// The stop came, and every frame captured before it was lent.
        case stopped
    }

    /// How many frames may pass before the stopper and the deadline are looked at again. A look is a system call.
    private static let framesPerLook = defaultLimit

    /// How many frames `receive` lends at most unless told otherwise.
    public static let defaultLimit = 64

    /// Opens an interface and starts to capture, on the calling thread and so in its network namespace.
    ///
    /// - Parameters:
    ///   - interface: a name of `NetworkInterface.all()`.
    ///   - stopper: one that ends other captures too; nil makes one for this capture alone.
    /// - Throws: `CaptureError` of the cases under "Interfaces" and "Filters", or `.other`.
    public init(
        interface: String, options: LiveCaptureOptions = LiveCaptureOptions(), stopper: CaptureStopper? = nil
    ) throws(CaptureError) {
        let ownStopper = if let stopper { stopper } else { try CaptureStopper() }
        let hasNanoseconds: Bool
        var text = [CChar].errorBuffer
        guard let handle = unsafe pcap_create(interface, &text) else {
            throw .other(operation: "pcap_create", message: String(errorBuffer: text))
        }
        do throws(CaptureError) {
            hasNanoseconds = unsafe Self.configure(handle, options)
            try unsafe Self.activate(handle, interface: interface)
            unsafe Self.preferSecondCookedVersion(handle)
            unsafe Self.ignoreOutgoing(handle, interface: interface, options)
            guard unsafe pcap_setnonblock(handle, 1, &text) == 0 else {
                throw .other(operation: "pcap_setnonblock", message: String(errorBuffer: text))
            }
            if let filter = options.filter, !filter.isEmpty { try unsafe Self.setFilter(filter, on: handle) }
        } catch {
            unsafe pcap_close(handle)
            throw error
        }
        self.interface = interface
        self.stopper = ownStopper
        self.hasNanoseconds = hasNanoseconds
        unsafe self.handle = unsafe handle
        linkType = LinkType(datalink: unsafe pcap_datalink(handle))
        snapshotLength = Self.snapshotLength(options)
        fileDescriptor = unsafe pcap_get_selectable_fd(handle)
    }

    deinit { unsafe pcap_close(handle) }

    /// Lends frames that have arrived, up to `limit` of them; where there is none, waits for the first.
    ///
    /// The octets are the kernel's own ring buffer, and are valid until `body` returns. A frame that `body` throws at
    /// counts as lent.
    ///
    /// After the stop the frames that were captured before it are lent, then the outcome is `.stopped`, each time.
    /// - Parameters:
    ///   - limit: the most frames to lend in this call, at least 1.
    ///   - deadline: when to give up waiting. Nil waits until a frame or the stop comes. A deadline that has passed is
    ///     also seen while frames never cease.
    /// - Throws: `CaptureError.interfaceWentDown` or `.other`; or what `body` throws, which ends this call alone. Without
    ///   immediate mode, frames that the kernel gathered with the one that `body` threw at may be passed over.
    public mutating func receive(
        atMost limit: Int = LiveCapture.defaultLimit, until deadline: ContinuousClock.Instant? = nil,
        _ body: (FrameInfo, Span<UInt8>) throws -> Void
    ) throws -> Outcome {
        if framesSinceLook >= Self.framesPerLook {
            framesSinceLook = 0
            if stopper.isStopped {
                noteStop()
            } else if let deadline, ContinuousClock.now >= deadline {
                return .timedOut
            }
        }
        while true {
            let count = try lend(atMost: max(1, min(limit, Self.framesPerLook)), body)
            framesSinceLook += count
            if count > 0 { return .frames(count) }
            if stopMoment != nil { return .stopped }
            guard try wait(until: deadline) else { return .timedOut }
        }
    }

    /// Frames received and dropped since the opening.
    public borrowing func statistics() throws(CaptureError) -> CaptureStatistics {
        var counters = pcap_stat()
        guard unsafe pcap_stats(handle, &counters) == 0 else {
            throw .other(operation: "pcap_stats", message: unsafe String(cString: pcap_geterr(handle)))
        }
        return CaptureStatistics(
            received: UInt64(counters.ps_recv), droppedByKernel: UInt64(counters.ps_drop),
            droppedByInterface: UInt64(counters.ps_ifdrop))
    }
}

// MARK: Lending

/// What libpcap's callback needs: it is a C function, which captures nothing.
@safe private struct Lending {
    let body: (FrameInfo, Span<UInt8>) throws -> Void
    let handle: OpaquePointer
    let snapshotLength: Int
    let nanosecondsPerTick: Int64
    let lastMoment: Timestamp?
    var frameCount: UInt64
    var failure: (any Error)?
    /// Whether libpcap was told to leave its loop. It may see that in its next call only.
    var isBroken = false

    mutating func lend(_ header: pcap_pkthdr, _ bytes: UnsafePointer<UInt8>?) {
        guard !isBroken else { return }
        let time = header.ts
        let timestamp = Timestamp(
            seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_usec) &* nanosecondsPerTick)
        if let lastMoment, timestamp > lastMoment {
            breakLoop()
            return
        }
        frameCount += 1
        let lent = unsafe UnsafeBufferPointer(start: bytes, count: min(Int(header.caplen), snapshotLength))
        let info = FrameInfo(
            number: frameCount, timestamp: timestamp, capturedLength: lent.count, originalLength: Int(header.len))
        do {
            try unsafe body(info, lent.span)
        } catch {
            failure = error
            breakLoop()
        }
    }

    private mutating func breakLoop() {
        isBroken = true
        unsafe pcap_breakloop(handle)
    }
}

extension LiveCapture {
    /// Lends what the ring holds, up to `limit` frames, without waiting.
    private mutating func lend(
        atMost limit: Int, _ body: (FrameInfo, Span<UInt8>) throws -> Void
    ) throws -> Int {
        let before = frameCount
        let (status, lending) = withoutActuallyEscaping(body) { body in
            var lending = unsafe Lending(
                body: body, handle: handle, snapshotLength: snapshotLength,
                nanosecondsPerTick: hasNanoseconds ? 1 : 1000, lastMoment: stopMoment, frameCount: before)
            var status = unsafe Self.dispatch(handle, limit, &lending)
            // The answer to a pcap_breakloop of the call before, which came with that call's last frame.
            if status == PCAP_ERROR_BREAK, !lending.isBroken { status = unsafe Self.dispatch(handle, limit, &lending) }
            return (status, (count: lending.frameCount, failure: lending.failure))
        }
        frameCount = lending.count
        if let failure = lending.failure { throw failure }
        if status < 0, status != PCAP_ERROR_BREAK { try throwUnlessEmpty() }
        return Int(frameCount - before)
    }

    private static func dispatch(_ handle: OpaquePointer, _ limit: Int, _ lending: inout Lending) -> Int32 {
        unsafe withUnsafeMutablePointer(to: &lending) { context in
            unsafe pcap_dispatch(
                handle, Int32(limit),
                { context, header, bytes in
                    guard let context = unsafe context, let header = unsafe header else { return }
                    unsafe UnsafeMutableRawPointer(context).assumingMemoryBound(to: Lending.self).pointee
                        .lend(header.pointee, bytes)
                }, UnsafeMutableRawPointer(context).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Throws the error that a libpcap call on the handle left there.
    private func throwUnlessEmpty() throws(CaptureError) {
        let message = unsafe String(cString: pcap_geterr(handle))
        // Some kinds of handle, nflog's for one, take it for an error that there is nothing to read yet.
        if message.hasSuffix(unsafe String(cString: strerror(EAGAIN))) { return }
        if message.contains("disappeared") || message.contains("went down") {
            throw .interfaceWentDown(name: interface, message: message)
        }
        throw .other(operation: "capture on \(interface)", message: message)
    }

    private mutating func noteStop() {
        guard stopMoment == nil else { return }
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        stopMoment = Timestamp(seconds: Int64(now.tv_sec), nanoseconds: Int64(now.tv_nsec))
    }

    /// Waits for a frame, the stop or the deadline, whichever comes first. False: the deadline.
    private mutating func wait(until deadline: ContinuousClock.Instant?) throws(CaptureError) -> Bool {
        var milliseconds: Int32 = -1
        var isPast = false
        if let deadline {
            let rest = max(ContinuousClock.now.duration(to: deadline), .zero)
            isPast = rest == .zero
            // Rounded up, so as not to wake before the deadline and go round once more.
            let (seconds, attoseconds) = rest.components
            let whole = Int32(clamping: min(seconds, 1 << 30) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
            milliseconds = isPast ? 0 : whole
        }
        // libpcap has no descriptor for a few kinds of interface: those are asked every 10 ms.
        if fileDescriptor < 0 { milliseconds = milliseconds < 0 ? 10 : min(milliseconds, 10) }
        // poll(2) passes over negative descriptors.
        var entries = [
            pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopper.fileDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(&entries, 2, milliseconds)
        if count < 0, errno != EINTR { throw .systemCall("poll") }
        if count > 0, entries[1].revents != 0 { noteStop() }
        // A stop that came after the deadline still ends the capture: nobody else would look for it.
        return !isPast || stopMoment != nil
    }
}

// MARK: Opening

extension LiveCapture {
    private static func snapshotLength(_ options: LiveCaptureOptions) -> Int {
        min(max(options.snapshotLength, 1), LiveCaptureOptions.maximumSnapshotLength)
    }

    /// Sets what must be set before the activation. True: the timestamps will have nanoseconds.
    private static func configure(_ handle: OpaquePointer, _ options: LiveCaptureOptions) -> Bool {
        // None of these fails on a handle that is not active yet, but for a precision that it does not have.
        // In immediate mode libpcap 1.10 lays out its ring for a link header that aligns as 256 octets do, so that
        // frames may come out 2 octets short. What is asked for in excess is cut off again before it is lent.
        unsafe pcap_set_snaplen(
            handle, Int32(min(snapshotLength(options) + 16, LiveCaptureOptions.maximumSnapshotLength)))
        unsafe pcap_set_buffer_size(handle, Int32(clamping: max(options.bufferSize, 1)))
        unsafe pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        unsafe pcap_set_immediate_mode(handle, options.isImmediate ? 1 : 0)
        unsafe pcap_set_timeout(handle, 50)
        return unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0
    }

    private static func activate(_ handle: OpaquePointer, interface: String) throws(CaptureError) {
        let status = unsafe pcap_activate(handle)
        guard status < 0 else { return }  // above 0 are warnings: it captures, if not as promiscuously as asked
        var message = unsafe String(cString: pcap_geterr(handle))
        if message.isEmpty { message = unsafe String(cString: pcap_statustostr(status)) }
        switch status {
        case PCAP_ERROR_NO_SUCH_DEVICE:
            throw .noSuchInterface(name: interface)
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            // Without rights libpcap does not look whether the interface exists. Whoever has mistyped it would be
            // sent for rights in vain.
            if let known = try? NetworkInterface.all(), !known.contains(where: { $0.name == interface }) {
                throw .noSuchInterface(name: interface)
            }
            throw .permissionDenied(interface: interface, message: message)
        case PCAP_ERROR_IFACE_NOT_UP:
            throw .interfaceNotUp(name: interface)
        default:
            throw .other(operation: "capture on \(interface)", message: message)
        }
    }

    /// `any` gives LINKTYPE_LINUX_SLL2 where libpcap knows it: its header names the interface, the first version's not.
    private static func preferSecondCookedVersion(_ handle: OpaquePointer) {
        guard LinkType(datalink: unsafe pcap_datalink(handle)) == .linuxSLL else { return }
        _ = unsafe pcap_set_datalink(handle, LinkType.linuxSLL2.datalink)
    }

    /// On loopback the kernel offers each frame as sent and as received. libpcap discards the first, but only after it
    /// took a place in the ring. Kernels before 4.20 lack the option: there it stays at that.
    private static func ignoreOutgoing(_ handle: OpaquePointer, interface: String, _ options: LiveCaptureOptions) {
        guard options.ignoresOutgoing ?? isLoopback(interface) else { return }
        var on: Int32 = 1
        _ = unsafe setsockopt(
            pcap_fileno(handle), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func isLoopback(_ interface: String) -> Bool {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return false }
        defer { unsafe freeifaddrs(list) }
        var next = unsafe list
        while let entry = unsafe next {
            if unsafe String(cString: entry.pointee.ifa_name) == interface {
                return unsafe entry.pointee.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            }
            unsafe next = unsafe entry.pointee.ifa_next
        }
        return false
    }

    private static func setFilter(_ text: String, on handle: OpaquePointer) throws(CaptureError) {
        let filter = try unsafe CaptureFilter(text, compiledFor: handle)
        guard unsafe filter.withProgram({ unsafe pcap_setfilter(handle, $0) }) == 0 else {
            throw .other(operation: "pcap_setfilter", message: unsafe String(cString: pcap_geterr(handle)))
        }
    }
}
