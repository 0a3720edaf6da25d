internal import PacketDecode
internal import SocketEvents

/// What was last told of each connection.
struct SampleChanges {
    private struct Connection: Hashable {
        let local: Endpoint
        let peer: Endpoint

        init(_ sample: KernelSample) { (local, peer) = (sample.local, sample.peer) }
    }

    private var last: [Connection: TCPInfo] = [:]

    /// Of one answer of the kernel's, the connections that are new or of which something changed. Those that it does not
    /// hold are forgotten.
    mutating func changed(_ samples: [KernelSample]) -> [KernelSample] {
        var present: [Connection: TCPInfo] = [:]
        var changed: [KernelSample] = []
        for sample in samples {
            let connection = Connection(sample)
            if last[connection] != sample.info { changed.append(sample) }
            present[connection] = sample.info
        }
        last = present
        return changed
    }

    /// Forgets a connection that ended.
    mutating func end(_ sample: KernelSample) -> KernelSample {
        last[Connection(sample)] = nil
        return sample
    }
}
