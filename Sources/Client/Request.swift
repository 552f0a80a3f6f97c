import LineProtocol

/// One request: a verb, its id or name where it has one, its fields.
public struct Request: Hashable, Sendable {
    /// What becomes of a request that was unanswered when the connection was lost.
    public enum Repetition: Hashable, Sendable {
        /// It is sent again on the next connection.
        case again
        /// It fails with `ClientError.connectionLost`.
        case never
    }

    /// What is sent, line end included.
    let bytes: [UInt8]
    /// `again` for what the protocol lets a client simply repeat: reads, verbs that ask for a state that a thing may
    /// already have, and `SUBMIT` with a `key=`. May be changed for one request.
    public var repetition: Repetition

    /// A request such as `Request("AGENT GET", "kim")`.
    public init(_ verb: String, _ positional: String? = nil, _ fields: Fields = []) {
        var writer = LineWriter()
        writer.request(verb: verb)
        if let positional { writer.positional(positional) }
        for field in fields {
            switch field.value {
            case .text(let text) where text.isEmpty: writer.bytes += Array(" \(field.key)=".utf8)
            case .text(let text): writer.field(field.key, text: text)
            case .json(let json): writer.field(field.key, json: Self.oneLine(json))
            }
        }
        writer.end()
        bytes = writer.bytes
        repetition = Self.repetition(verb: verb, hasKey: fields.contains { $0.key == "key" })
    }

    /// A request whose line is already written, a tag included where it has one; without its line end.
    /// - Throws: `invalidRequest` for a line that is empty or holds a line end: one request has one answer.
    public init(line: String) throws(ClientError) {
        guard line.utf8.contains(where: { $0 != 0x20 }) else {
            throw .invalidRequest("an empty line is not a request")
        }
        guard !line.utf8.contains(0x0A) else {
            throw .invalidRequest("a request is one line; this one holds a line end")
        }
        bytes = Array(line.utf8) + [0x0A]
        let words = line.split(separator: " ").drop { $0.hasPrefix("#") }
        let verb = words.prefix(2).joined(separator: " ")
        repetition = Self.repetition(verb: verb, hasKey: words.contains { $0.hasPrefix("key=") })
    }

    /// JSON on one line: a raw line break can only stand between its tokens, where a space does as well.
    private static func oneLine(_ json: String) -> [UInt8] {
        json.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }

    private static let repeatable: Set<String> = [
        "PING", "HELP", "GET", "MINE", "EXPLAIN", "AGENT", "AGENTS", "QUEUES", "INQUIRIES", "STATS", "INFO",
        "READY", "AWAY", "OFFLINE", "ACCEPT", "ABANDON", "CANCEL", "COMPLETE", "WRAPPED", "HOLD", "RESUME", "UNWATCH",
    ]
    private static let repeatableOfTwo: Set<String> = [
        "PLAN GET", "PLAN CHECK", "PLAN HISTORY", "TOKEN LIST", "QUEUE PAUSE", "QUEUE RESUME",
    ]
    private static let never: Set<String> = ["AGENT DELETE", "AGENTS PUT"]

    private static func repetition(verb: String, hasKey: Bool) -> Repetition {
        let words = verb.uppercased().split(separator: " ").prefix(2)
        guard let first = words.first else { return .never }
        if first == "SUBMIT" { return hasKey ? .again : .never }
        let both = words.joined(separator: " ")
        if never.contains(both) { return .never }
        return repeatable.contains(String(first)) || repeatableOfTwo.contains(both) ? .again : .never
    }
}
