internal import CLinux
internal import Glibc

/// A classic BPF program for a socket (SO_ATTACH_FILTER, socket(7)): what it drops, a capture has already seen and the
/// program never will. Needs no rights.
///
/// The kernel runs it on each segment or datagram from the transport header on. It has no seed and no memory.
public struct SocketFilter: Sendable, Hashable {
    /// One instruction, as `struct sock_filter` of <linux/filter.h>.
    struct Instruction: Sendable, Hashable {
        var code: UInt16
        var jumpTrue: UInt8 = 0
        var jumpFalse: UInt8 = 0
        var operand: UInt32

        static let drop = Instruction(code: UInt16(BPF_RET | BPF_K), operand: 0)
        static let keep = Instruction(code: UInt16(BPF_RET | BPF_K), operand: .max)
        static let loadLength = Instruction(code: UInt16(BPF_LD | BPF_W | BPF_LEN), operand: 0)
        /// A random number of 32 bits, as the kernel's extension SKF_AD_RANDOM gives it.
        static let loadRandom = Instruction(
            code: UInt16(BPF_LD | BPF_W | BPF_ABS), operand: UInt32(bitPattern: SKF_AD_OFF + SKF_AD_RANDOM))
    }

    let instructions: [Instruction]

    /// Drops all that arrives; on TCP that is ACKs, SYNs and FINs too.
    public static let dropEverything = SocketFilter(instructions: [.drop])

    /// Drops each TCP segment that carries payload with the chance `share`, and none that does not: handshakes and ACKs pass.
    ///
    /// The payload is what stands beyond the data offset (RFC 9293 §3.1), so options are not taken for it.
    public static func dropSegmentsWithPayload(_ share: Share) -> SocketFilter {
        let tail = dropAll(share)
        return SocketFilter(
            instructions: [
                // X = header length: the data offset is the high four bits of octet 12, in words of four octets.
                Instruction(code: UInt16(BPF_LD | BPF_B | BPF_ABS), operand: 12),
                Instruction(code: UInt16(BPF_ALU | BPF_AND | BPF_K), operand: 0xF0),
                Instruction(code: UInt16(BPF_ALU | BPF_RSH | BPF_K), operand: 2),
                Instruction(code: UInt16(BPF_MISC | BPF_TAX), operand: 0),
                .loadLength,
                Instruction(code: UInt16(BPF_JMP | BPF_JGT | BPF_X), jumpTrue: 1, operand: 0),
                .keep,
            ] + tail)
    }

    /// Drops each UDP datagram with the chance `share`.
    public static func dropDatagrams(_ share: Share) -> SocketFilter {
        SocketFilter(instructions: dropAll(share))
    }

    /// Drops the UDP datagrams whose payload has a length in `lengths`, in octets.
    public static func dropDatagrams(ofLength lengths: ClosedRange<UInt16>) -> SocketFilter {
        let headerLength: UInt32 = 8
        return SocketFilter(
            instructions: [
                .loadLength,
                Instruction(
                    code: UInt16(BPF_JMP | BPF_JGE | BPF_K), jumpFalse: 2,
                    operand: UInt32(lengths.lowerBound) + headerLength),
                Instruction(
                    code: UInt16(BPF_JMP | BPF_JGT | BPF_K), jumpTrue: 1,
                    operand: UInt32(lengths.upperBound) + headerLength),
                .drop,
                .keep,
            ])
    }

    /// Instructions that drop with the chance `share`: exactly never for none, exactly always for all.
    private static func dropAll(_ share: Share) -> [Instruction] {
        let threshold = (share.fraction * 4_294_967_296).rounded()
        if threshold <= 0 { return [.keep] }
        if threshold >= 4_294_967_296 { return [.drop] }
        return [
            .loadRandom,
            Instruction(code: UInt16(BPF_JMP | BPF_JGE | BPF_K), jumpTrue: 1, operand: UInt32(threshold)),
            .drop,
            .keep,
        ]
    }
}

extension SocketFilter {
    /// Puts the filter on the socket `descriptor`, in the place of the one it has. A listener's is inherited by the connections
    /// that it accepts from then on.
    ///
    /// - Throws: `SocketError` with the operation `attachFilter`.
    public func attach(to descriptor: Int32) throws(SocketError) {
        var program = instructions.map {
            sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.operand)
        }
        let result = unsafe program.withUnsafeMutableBufferPointer { buffer in
            var header = unsafe sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
            return unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &header, socklen_t(MemoryLayout<sock_fprog>.size))
        }
        guard result == 0 else { throw SocketError(.attachFilter, errno: errno, subject: "") }
    }

    /// Takes the filter off the socket `descriptor`; nothing is done where it has none.
    ///
    /// - Throws: `SocketError` with the operation `detachFilter`.
    public static func detach(from descriptor: Int32) throws(SocketError) {
        var unused: Int32 = 0
        let result = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_DETACH_FILTER, &unused, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 || errno == ENOENT else { throw SocketError(.detachFilter, errno: errno, subject: "") }
    }
}
