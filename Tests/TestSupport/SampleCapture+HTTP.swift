internal import PacketDecode

extension SampleCapture {
    /// HTTP on port 7000: a value posted and answered, and two requests in one segment, the first of which has an escape
    /// sequence in its target, with a chunked answer and one that the connection's end cuts off.
    public static let http: [Frame] = {
        let post = "POST /data HTTP/1.1\r\nContent-Length: 27\r\n\r\n{\"number\":5,\"boolean\":true}"
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nReceived: Data(number: 5, boolean: true)"
        let pipelined = "GET /\u{1B}[31m HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"
        let chunked = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n"
        let cutOff = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"
        var frames: [Frame] = []
        var (client, server): (UInt32, UInt32) = (1, 1)
        func add(_ toServer: Bool, _ flags: TCPFlags, _ text: String = "") {
            let payload = Array(text.utf8)
            let frame = segment(
                toServer: toServer, flags, sequence: toServer ? client : server,
                acknowledgment: flags.contains(.ack) ? (toServer ? server : client) : 0, payload: payload)
            frames.append(Frame(start + Int64(frames.count) * 1_000_000, frame))
            let length = UInt32(payload.count) + (flags.contains(.syn) || flags.contains(.fin) ? 1 : 0)
            if toServer { client += length } else { server += length }
        }
        add(true, .syn)
        add(false, [.syn, .ack])
        add(true, .ack)
        add(true, [.psh, .ack], post)
        add(false, [.psh, .ack], answer)
        add(true, [.psh, .ack], pipelined)
        add(false, [.psh, .ack], chunked)
        add(false, [.psh, .ack], cutOff)
        add(false, [.fin, .ack])
        add(true, [.fin, .ack])
        add(false, .ack)
        return frames
    }()
}
