import Foundation
import FoundationNetworking
import NIOCore
import NIOHTTP1
import NIOPosix

/// One request and its answer over a connection of our own, to an IPv6 address.
///
/// URLSession of Swift 6.3 refuses a URL that has one (swift-corelibs-foundation, issue 5496): it compares the host with what
/// libcurl reads from the URL, of which one has brackets and the other none. Where it does not refuse, this is not asked.
enum AddressExchange {
    /// Sends `request`, whose URL is `http://[address]:port/…`, and waits for the whole answer.
    ///
    /// - Throws: `URLError`, as `HTTPExchange` does.
    static func perform(_ request: URLRequest, to address: String, answerLimit: Int) async throws -> HTTPAnswer {
        let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: address, port: request.url?.port ?? 80) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw URLError(.cannotConnectToHost)
        }
        do {
            return try await channel.executeThenClose { inbound, outbound in
                let body = ByteBuffer(bytes: request.httpBody ?? Data())
                try await outbound.write(.head(head(of: request, address, bodyLength: body.readableBytes)))
                try await outbound.write(.body(.byteBuffer(body)))
                try await outbound.write(.end(nil))
                return try await answer(inbound, answerLimit)
            }
        } catch let error as URLError {
            throw error
        } catch let error as HTTPParserError {
            throw URLError(.badServerResponse, userInfo: [NSLocalizedDescriptionKey: "\(error)"])
        } catch {
            throw URLError(.networkConnectionLost)
        }
    }

    private static func head(of request: URLRequest, _ address: String, bodyLength: Int) -> HTTPRequestHead {
        var target = request.url?.path(percentEncoded: true) ?? ""
        if target.isEmpty { target = "/" }
        if let query = request.url?.query(percentEncoded: true) { target += "?\(query)" }
        var head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.httpMethod ?? "GET"), uri: target)
        head.headers.add(name: "Host", value: request.url?.port.map { "[\(address)]:\($0)" } ?? "[\(address)]")
        for (name, value) in request.allHTTPHeaderFields ?? [:] { head.headers.add(name: name, value: value) }
        head.headers.add(name: "Content-Length", value: "\(bodyLength)")
        head.headers.add(name: "Connection", value: "close")
        return head
    }

    private static func answer(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ answerLimit: Int
    ) async throws -> HTTPAnswer {
        var answer = HTTPAnswer(status: 0, body: [])
        for try await part in inbound {
            switch part {
            case .head(let head): answer.status = Int(head.status.code)
            case .body(let buffer):
                guard answer.body.count + buffer.readableBytes <= answerLimit else {
                    throw URLError(.dataLengthExceedsMaximum)
                }
                answer.body.append(contentsOf: buffer.readableBytesView)
            case .end: return answer
            }
        }
        throw URLError(.networkConnectionLost)
    }
}
