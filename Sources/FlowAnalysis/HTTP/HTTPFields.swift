/// What the fields of a head say about where its body ends (RFC 9112 §6).
struct HTTPFields {
    private(set) var contentLength: UInt64?
    /// Content-Length is no number, or several that differ.
    private(set) var hasBadContentLength = false
    private(set) var hasTransferEncoding = false
    /// The last transfer coding is chunked.
    private(set) var isChunked = false

    /// Takes a field line without its end. What is not told from other fields is passed over, and so is what is no field.
    mutating func take(_ line: [UInt8]) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = Self.trimmed(line[(colon + 1)...])
        if Self.isEqual(line[..<colon], "content-length") {
            // A list of equal numbers stands for one (RFC 9110 §8.6).
            for element in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                takeContentLength(Self.trimmed(element))
            }
        } else if Self.isEqual(line[..<colon], "transfer-encoding") {
            hasTransferEncoding = true
            let last = value.split(separator: UInt8(ascii: ",")).last.map(Self.trimmed) ?? []
            isChunked = Self.isEqual(last, "chunked")
        }
    }

    /// Whether a line's beginning is that of a field which must be read whole.
    static func isFraming(_ line: [UInt8]) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return isEqual(line[..<colon], "content-length") || isEqual(line[..<colon], "transfer-encoding")
    }

    private mutating func takeContentLength(_ digits: ArraySlice<UInt8>) {
        var number: UInt64 = 0
        var isNumber = !digits.isEmpty
        for octet in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) else {
                isNumber = false
                break
            }
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(UInt64(octet - UInt8(ascii: "0")))
            if overflows || overflowsToo { isNumber = false }
            number = sum
        }
        if !isNumber || contentLength.map({ $0 != number }) == true { hasBadContentLength = true }
        contentLength = number
    }

    /// Without spaces and tabs at its ends.
    private static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        var octets = octets
        while octets.first.map(isBlank) == true { octets.removeFirst() }
        while octets.last.map(isBlank) == true { octets.removeLast() }
        return octets
    }

    /// Whether octets are `lowercase` in letters of either case.
    private static func isEqual(_ octets: ArraySlice<UInt8>, _ lowercase: String) -> Bool {
        guard octets.count == lowercase.utf8.count else { return false }
        return lowercase.utf8.elementsEqual(octets) { expected, octet in
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet)
            return expected == (isCapital ? octet | 0x20 : octet)
        }
    }
}
