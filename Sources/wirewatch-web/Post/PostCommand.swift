import ArgumentParser
import Foundation
import FoundationNetworking
import Presentation

struct PostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post", abstract: "Send a value to a server as JSON, and print its answer.",
        discussion: "Exits with 1 where the server answers with an error.")

    @Argument(help: "Where to, such as http://127.0.0.1:8080/data", transform: Self.parse)
    var url: URL

    @Option(help: ArgumentHelp("A whole number from 0 to 4294967295.", valueName: "n"))
    var number: UInt32

    @Option(help: "true or false.")
    var boolean: Bool

    @Option(help: ArgumentHelp("Seconds to wait for the answer.", valueName: "s"))
    var timeout = 10.0

    func validate() throws {
        guard (0.001...3600).contains(timeout) else { throw ValidationError("--timeout must be above 0, to 3600.") }
    }

    func run() async throws {
        var request = URLRequest(url: url, timeoutInterval: timeout)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let encoder = JSONEncoder()
        // The members in one order, so that equal values are equal octets.
        encoder.outputFormatting = .sortedKeys
        request.httpBody = try encoder.encode(DataMessage(number: number, boolean: boolean))
        let answer: HTTPAnswer
        do {
            answer = try await exchange(request)
        } catch let error as URLError {
            throw FailureReport(
                what: "cannot post to \(url.absoluteString)", reason: reason(error), advice: advice(error))
        }
        WebOutput.write { buffer in
            guard !answer.body.isEmpty else { return }
            buffer.append(escaping: answer.body.last == UInt8(ascii: "\n") ? answer.body.dropLast() : answer.body)
            buffer.endLine()
        }
        guard (200..<300).contains(answer.status) else {
            throw FailureReport(
                what: "cannot post to \(url.absoluteString)", reason: "the server answered \(answer.status)")
        }
    }

    private static func parse(_ text: String) throws -> URL {
        guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https",
            let host = url.host(percentEncoded: false), !host.isEmpty
        else { throw ValidationError("'\(text)' is no URL of HTTP; write http://host:port/data.") }
        return url
    }

    /// Sends the request, and gives up when its time is over. URLSession's own time limit was seen to pass unnoticed while a
    /// server is silent.
    private func exchange(_ request: URLRequest) async throws -> HTTPAnswer {
        try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            group.addTask { try await send(request) }
            group.addTask {
                try await Task.sleep(for: .seconds(timeout))
                throw URLError(.timedOut)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw URLError(.cancelled) }
            return answer
        }
    }

    private func send(_ request: URLRequest) async throws -> HTTPAnswer {
        let answerLimit = 1 << 20
        do {
            return try await HTTPExchange.perform(request, answerLimit: answerLimit)
        } catch let error as URLError where error.code == .badURL && url.scheme == "http" {
            guard let address = url.host(percentEncoded: false), address.contains(":") else { throw error }
            return try await AddressExchange.perform(request, to: address, answerLimit: answerLimit)
        }
    }

    private func reason(_ error: URLError) -> String {
        switch error.code {
        case .cannotConnectToHost: "the connection was refused, or did not come about"
        case .cannotFindHost: "the host was not found"
        case .timedOut: "no answer within the time"
        case .networkConnectionLost: "the connection ended before the answer did"
        case .dataLengthExceedsMaximum: "the answer is longer than is read"
        default: error.localizedDescription
        }
    }

    private func advice(_ error: URLError) -> String {
        switch error.code {
        case .cannotConnectToHost: "Start a server first: wirewatch-web serve"
        case .timedOut: "Wait longer with --timeout"
        default: ""
        }
    }
}
