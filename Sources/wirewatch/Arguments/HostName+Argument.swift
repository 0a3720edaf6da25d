public import ArgumentParser
public import Timeline

extension HostName: ExpressibleByArgument {
    /// `A` or `B`, in either case.
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
