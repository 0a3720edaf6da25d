import Glibc
import Presentation
import SocketEvents
import TrafficAsync

/// Measures one server under one number of connections, with one load after the other.
struct ScaleRun: Sendable {
    let io: IOManner
    let connections: Int
    /// How many ask, for each load.
    let loads: [Int]
    let size: Int
    let duration: Duration
    /// Is given each row as soon as it is measured.
    let report: @Sendable (ScaleFigures) -> Void

    func run() async throws(FailureReport) -> [ScaleFigures] {
        let server = try BenchServer(io: io, clients: connections)
        let load = EchoLoad(server: server.address, size: size)
        do throws(FailureReport) {
            let rows = try await measure(server.process, load)
            await load.close()
            return rows
        } catch {
            await load.close()
            throw error
        }
    }

    private func measure(_ process: pid_t, _ load: EchoLoad) async throws(FailureReport) -> [ScaleFigures] {
        // One connection first: what a server needs for any is not counted for each.
        _ = await load.connect(1)
        _ = await load.exchangeOnce()
        let empty = try figures(of: process)
        let (failures, last) = await load.connect(connections - 1)
        let served = await load.exchangeOnce()
        guard served > 0 else {
            throw last.map(FailureReport.init)
                ?? FailureReport(what: "cannot measure", reason: "the server answers nothing")
        }
        let held = load.connections
        let idle = try figures(of: process)
        let added = max(0, idle.residentOctets - empty.residentOctets) / max(1, held - 1)
        var rows: [ScaleFigures] = []
        for busy in loads.map({ min($0, held) }) where !rows.contains(where: { $0.busy == busy }) {
            let before = try figures(of: process)
            let exchange = await load.exchange(busy: busy, for: duration)
            let after = try figures(of: process)
            let row = ScaleFigures(
                manner: io, connections: held, refused: connections - held, busy: busy, threads: after.threads,
                residentOctets: after.residentOctets, residentOctetsPerConnection: added, answers: exchange.answers,
                duration: exchange.duration, medianLatency: exchange.latencies.quantile(0.5) ?? 0,
                highLatency: exchange.latencies.quantile(0.99) ?? 0,
                contextSwitches: max(0, after.contextSwitches - before.contextSwitches),
                processorShare: Double(after.processorTime - before.processorTime) / Double(max(1, exchange.duration)))
            report(row)
            rows.append(row)
        }
        if failures > 0, let last { StandardError.write(FailureReport(last)) }
        return rows
    }

    private func figures(of process: pid_t) throws(FailureReport) -> ProcessFigures {
        guard let figures = ProcessFigures(of: process) else {
            throw FailureReport(what: "cannot measure", reason: "the server has ended")
        }
        return figures
    }
}
