internal import Glibc
internal import NIOCore
internal import SocketEvents

extension SocketError {
    /// What SwiftNIO threw, with the errno where it knows one.
    init(_ operation: Operation, from error: any Error, subject: String) {
        switch error {
        case let error as SocketError: self = error
        case let error as IOError: self.init(operation, errno: error.errnoCode, subject: subject)
        case ChannelError.connectTimeout: self.init(operation, errno: ETIMEDOUT, subject: subject)
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.outputClosed, ChannelError.eof:
            self.init(operation: operation, cause: .other("the connection is closed"), subject: subject)
        default: self.init(operation: operation, cause: .other("\(error)"), subject: subject)
        }
    }
}
