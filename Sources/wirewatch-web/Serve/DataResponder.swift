import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers `POST /data` with the value that came, and everything else by saying what is wrong with it.
struct DataResponder: HTTPResponder {
    static let path = "/data"

    /// Octets that a body may have.
    let bodyLimit: Int
    /// Is told of each request and the status that answered it.
    let observe: @Sendable (_ request: HTTPRequest, _ peer: SocketAddress?, _ status: HTTPResponse.Status) -> Void

    /// - Throws: what reading the body throws: the request was malformed, or the client has gone. Hummingbird answers the one
    ///   with 400, and closes the connection.
    func respond(to request: Request, context: RequestOrigin) async throws -> Response {
        var response = try await answer(request)
        // The answer to HEAD has no body, whatever it says (RFC 9110 §9.3.2).
        if request.method == .head { response = response.createHeadResponse() }
        observe(request.head, context.peer, response.status)
        return response
    }

    private func answer(_ request: Request) async throws -> Response {
        guard request.uri.path == Self.path else {
            return Self.text(.notFound, "there is nothing here; POST to \(Self.path)")
        }
        guard request.method == .post else {
            // RFC 9110 §15.5.6: the answer must name the methods that are allowed.
            return Self.text(.methodNotAllowed, "only POST is answered here", [.allow: "POST"])
        }
        // RFC 9110 §15.5.16: the answer says what would have been accepted.
        guard Self.isJSON(request.headers[.contentType]) else {
            return Self.text(
                .unsupportedMediaType, "the media type must be application/json", [.accept: "application/json"])
        }
        guard request.headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            return Self.text(
                .unsupportedMediaType, "the body must not be compressed", [.acceptEncoding: "identity"])
        }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyLimit { return tooLarge }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: bodyLimit)
        } catch is NIOTooManyBytesError {
            return tooLarge
        }
        do throws(DataMessage.Fault) {
            let message = try DataMessage(json: Data(body.readableBytesView))
            return Self.text(.ok, "Received: \(message)")
        } catch {
            return Self.text(.badRequest, error.text)
        }
    }

    private var tooLarge: Response {
        Self.text(.contentTooLarge, "the body must not be longer than \(bodyLimit) octets")
    }

    /// Whether a media type is JSON's; parameters are passed over (RFC 9110 §8.3.1, RFC 8259 §11).
    private static func isJSON(_ mediaType: String?) -> Bool {
        guard let mediaType else { return false }
        let essence = mediaType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        return essence.lowercased() == "application/json"
    }

    private static func text(
        _ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Where a request came from.
struct RequestOrigin: InitializableFromSource {
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) { peer = source.channel.remoteAddress }
}
