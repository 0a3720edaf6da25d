public import ArgumentParser
public import SocketEvents

extension IOManner: ExpressibleByArgument {}
