import FuzzSupport
import LineProtocol
import Testing

func pick<Item>(_ items: [Item], _ generator: inout SeededGenerator) -> Item {
    items[Int.random(in: items.indices, using: &generator)]
}

func request(_ line: String, _ location: SourceLocation = #_sourceLocation) throws -> Request {
    switch RequestParser.parse(line) {
    case .success(let request): return request
    case .failure(let fault):
        Issue.record("\(line.prefix(200)): \(fault.code.name) \(fault.message)", sourceLocation: location)
        throw fault
    }
}

func fault(_ line: String, _ location: SourceLocation = #_sourceLocation) throws -> RequestFault {
    switch RequestParser.parse(line) {
    case .failure(let fault): return fault
    case .success:
        Issue.record("accepted: \(line.prefix(200))", sourceLocation: location)
        throw Unexpected()
    }
}

struct Unexpected: Error {}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// A row of a table of refused lines.
struct Refused: Sendable, CustomTestStringConvertible {
    let line: String
    let field: String?
    /// A part of the message.
    let says: String
    let code: ErrorCode

    init(_ line: String, _ field: String?, _ says: String, _ code: ErrorCode = .badArgument) {
        self.line = line
        self.field = field
        self.says = says
        self.code = code
    }

    var testDescription: String { "\(line.prefix(60))" }
}

func object(depth: Int) -> String {
    String(repeating: "{\"a\":", count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
}

func skills(_ count: Int) -> String { (0..<count).map { "s\($0)" }.joined(separator: ",") }
