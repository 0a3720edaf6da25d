/// The exchanges of a connection: which requests wait for their responses, which come in the same order (RFC 9112 §9.3.2).
struct HTTPExchanges {
    /// What a request's method says about its response.
    enum Method {
        /// The response has no body, whatever its head says.
        case head
        /// A successful response opens a tunnel.
        case connect
        case other
    }

    /// Requests without a response whose methods are remembered. More are counted, and taken for `.other`.
    static let limit = 1024

    private(set) var requestCount: UInt64 = 0
    private(set) var responseCount: UInt64 = 0
    /// The methods of the first requests that wait, from `first` on.
    private var methods: [Method] = []
    private var first = 0
    /// The connection belongs to another protocol.
    var isTunnel = false

    /// Takes notice of a request: its number, and whether an earlier one waits.
    mutating func begin(_ method: Method) -> (number: UInt64, isPipelined: Bool) {
        let isPipelined = requestCount > responseCount
        requestCount += 1
        if methods.count - first < Self.limit { methods.append(method) }
        return (requestCount, isPipelined)
    }

    /// The number of the exchange that the next response belongs to, and its request's method.
    var answered: (number: UInt64, method: Method) {
        (responseCount + 1, first < methods.count ? methods[first] : .other)
    }

    /// Takes notice that a response is the final one of its exchange.
    mutating func finish() {
        responseCount += 1
        // A response whose request was not seen counts for one, so that the numbers stay together.
        requestCount = max(requestCount, responseCount)
        guard first < methods.count else { return }
        first += 1
        if first == methods.count {
            methods.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= Self.limit {
            methods.removeFirst(first)
            first = 0
        }
    }
}
