internal import Glibc
public import PacketDecode

extension Timestamp {
    /// The present moment by CLOCK_REALTIME, the clock that stamps captured frames.
    public static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
