import Foundation
import FoundationNetworking
import Synchronization

/// What a server answered.
struct HTTPAnswer: Sendable {
    var status: Int
    var body: [UInt8]
}

/// One request and its answer, of which no more than a limit is held.
final class HTTPExchange: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var body: [UInt8] = []
        var isTooLong = false
        var continuation: CheckedContinuation<HTTPAnswer, any Error>?
    }

    private let answerLimit: Int
    private let state: Mutex<State>

    private init(answerLimit: Int) {
        self.answerLimit = answerLimit
        state = Mutex(State())
    }

    /// Sends `request`, and waits for the whole answer, or until the task is cancelled.
    ///
    /// - Throws: `URLError`; `.dataLengthExceedsMaximum` where the answer passes the limit.
    static func perform(_ request: URLRequest, answerLimit: Int) async throws -> HTTPAnswer {
        let exchange = HTTPExchange(answerLimit: answerLimit)
        let session = URLSession(configuration: .ephemeral, delegate: exchange, delegateQueue: nil)
        let transfer = session.dataTask(with: request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                exchange.state.withLock { $0.continuation = continuation }
                transfer.resume()
                session.finishTasksAndInvalidate()
            }
        } onCancel: {
            transfer.cancel()
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = state.withLock { state in
            if state.body.count + data.count > answerLimit {
                state.isTooLong = true
            } else {
                state.body.append(contentsOf: data)
            }
            return state.isTooLong
        }
        if isTooLong { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (continuation, result) = state.withLock { state in
            defer { state.continuation = nil }
            let result: Result<HTTPAnswer, any Error>
            if state.isTooLong {
                result = .failure(URLError(.dataLengthExceedsMaximum))
            } else if let error {
                result = .failure(error as? URLError ?? URLError(.unknown))
            } else if let response = task.response as? HTTPURLResponse {
                result = .success(HTTPAnswer(status: response.statusCode, body: state.body))
            } else {
                result = .failure(URLError(.badServerResponse))
            }
            return (state.continuation, result)
        }
        continuation?.resume(with: result)
    }
}
