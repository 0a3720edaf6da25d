import ArgumentParser
import Glibc
import SocketEvents

/// How a sender's datagrams leave: from where, by which interface, to one receiver or to many.
struct DatagramPathOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Send from this address: host:port, [v6]:port, or :port.", valueName: "address"),
        transform: AddressArgument.parse)
    var bind: AddressArgument?

    @Flag(help: "Tell each datagram where to go, from a socket that is not connected and takes anybody's answers.")
    var unconnected = false

    @Flag(help: "Let datagrams go to a broadcast address.")
    var broadcast = false

    @Option(help: ArgumentHelp("Send multicasts through this interface.", valueName: "name"))
    var interface: String?

    @Option(help: ArgumentHelp("Let datagrams pass at most N routers; 0 keeps multicasts here.", valueName: "n"))
    var ttl: UInt8?

    @Flag(name: .customLong("no-loop"), help: "Keep multicasts from receivers on this machine.")
    var keepsFromThisMachine = false

    var attachment: DatagramSocket.Attachment { unconnected ? .unconnected : .connected }

    /// Sets the options on a socket that is to send.
    func prepare(_ descriptor: borrowing SocketDescriptor) throws(SocketError) {
        try descriptor.keepErrors()
        if broadcast { try descriptor.allowBroadcast() }
        if let ttl { try descriptor.limitHops(to: ttl) }
        if keepsFromThisMachine { try descriptor.loopMulticasts(false) }
        if let interface { try descriptor.sendMulticasts(through: NetworkInterface.index(of: interface)) }
        guard let bind else { return }
        let family = descriptor.family
        let addresses = try bind.value.resolve(for: .listening, .datagram)
        guard let address = addresses.first(where: { $0.family == family }) else {
            throw SocketError(.bind, errno: EAFNOSUPPORT, subject: "\(bind.value)")
        }
        try descriptor.bind(to: address)
    }
}
