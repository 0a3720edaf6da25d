import ArgumentParser

/// An amount of octets on the command line, as iperf3 has it: `1500`, `128K`, `10M`, `2G`, in units of 1024.
struct OctetsArgument: ExpressibleByArgument, Hashable {
    let octets: Int

    init?(argument: String) {
        let factors: [Character: Double] = ["k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776]
        let factor = argument.last.flatMap { factors[Character($0.lowercased())] }
        let number = argument.dropLast(factor == nil ? 0 : 1)
        let isPlain = !number.isEmpty && number.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        guard isPlain, let value = Double(number) else { return nil }
        let octets = (value * (factor ?? 1)).rounded()
        guard octets >= 1, octets <= 1e15 else { return nil }
        self.octets = Int(octets)
    }
}
