/// What connections hold outside their places in the table, all of them together, so that it is bounded together.
struct TCPMemory: ~Copyable {
    var intervals: IntervalPool
    var log: SendingLog
    var recoveries: RecoveryPool
}
