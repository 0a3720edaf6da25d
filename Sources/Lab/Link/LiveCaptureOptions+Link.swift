internal import PacketCapture

extension LiveCaptureOptions {
    /// For an interface of the lab: its ring has room for so many frames of the largest size.
    ///
    /// The kernel fills a ring of fixed slots whose memory is taken at once. A reader that is not scheduled for a second
    /// must miss nothing at 100 Mbit/s, which is 8,600 full frames; nor may one connection that is never read, of which at
    /// most some 4,200 are under way (tcp_rmem's 6 MiB).
    static func ring(frames: Int, maximumTransmissionUnit: Int) -> LiveCaptureOptions {
        var options = LiveCaptureOptions()
        // A slot has a header beside the frame. Frames that large are never so many at once.
        options.bufferSize = min(frames * (maximumTransmissionUnit + slotOverhead), options.bufferSize)
        return options
    }

    private static let slotOverhead = 128
}
