import Foundation

/// The value that crosses the wire, as JSON: `{"number": 5, "boolean": true}`.
struct DataMessage: Codable, Sendable, Hashable {
    var number: UInt32
    var boolean: Bool
}

extension DataMessage {
    private enum CodingKeys: String, CodingKey { case number, boolean }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        number = try Self.member(.number, of: members)
        boolean = try Self.member(.boolean, of: members)
    }

    /// - Throws: `DecodingError`, which names the member: of a number that its type cannot hold JSONDecoder's own does not.
    private static func member<Value: Decodable>(
        _ key: CodingKeys, of members: KeyedDecodingContainer<CodingKeys>
    ) throws -> Value {
        do {
            return try members.decode(Value.self, forKey: key)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw DecodingError.keyNotFound(key, context)
        } catch {
            let context = DecodingError.Context(codingPath: [key], debugDescription: "", underlyingError: error)
            throw DecodingError.typeMismatch(Value.self, context)
        }
    }
}

extension DataMessage: CustomStringConvertible {
    var description: String { "Data(number: \(number), boolean: \(boolean))" }
}

extension DataMessage {
    /// Why octets are not a message.
    struct Fault: Error, Hashable {
        /// The member that is at fault; nil where it is the whole.
        var field: String?
        var reason: String
    }

    /// Reads a message. Members that it does not have are passed over.
    init(json: Data) throws(Fault) {
        do {
            self = try JSONDecoder().decode(DataMessage.self, from: json)
        } catch let error as DecodingError {
            throw Fault(error)
        } catch {
            throw Fault(field: nil, reason: "the body cannot be read as JSON")
        }
    }
}

extension DataMessage.Fault {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, _): self.init(field: key.stringValue, reason: "is missing")
        case .typeMismatch(_, let context):
            self.init(context, orElse: "the body must be a JSON object")
        case .valueNotFound(_, let context):
            self.init(context, orElse: "the body must be a JSON object")
        case .dataCorrupted(let context):
            self.init(context, orElse: "the body is not JSON")
        @unknown default: self.init(field: nil, reason: "the body cannot be read")
        }
    }

    private init(_ context: DecodingError.Context, orElse reason: String) {
        let field = context.codingPath.last?.stringValue
        switch field {
        case "number": self.init(field: field, reason: "must be a whole number from 0 to \(UInt32.max)")
        case "boolean": self.init(field: field, reason: "must be true or false")
        default: self.init(field: field, reason: reason)
        }
    }

    /// `number: must be …`.
    var text: String { field.map { "\($0): \(reason)" } ?? reason }
}
