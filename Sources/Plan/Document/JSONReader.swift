/// Reads JSON (RFC 8259) into nodes, with their places; a key that comes twice is a fault among others, not the end.
///
/// Recurses as deep as the text nests, which is at most `PlanLimits.depth`. Cost: linear.
struct JSONReader {
    private(set) var faults: [PlanFault] = []

    private let bytes: [UInt8]
    private var offset = 0
    private var position = PlanPosition(line: 1, column: 1)
    private var nodeCount = 0

    init(_ text: PlanText) {
        bytes = text.bytes
    }

    /// Whether the text can be JSON: an object begins it, and its first key is in quotes.
    static func suits(_ text: PlanText) -> Bool {
        let content = text.bytes.lazy.filter { !isSpace($0) }.prefix(2)
        let beginning = Array(content)
        return beginning == Array("{\"".utf8) || beginning == Array("{}".utf8)
    }

    /// The one value of the text. Throws where it is not JSON.
    mutating func read() throws(PlanFault) -> PlanNode {
        skipSpace()
        let node = try value(path: "", depth: 1)
        skipSpace()
        guard current == nil else { throw fault("the text goes on after the end of the object") }
        return node
    }

    // MARK: Values

    private mutating func value(path: String, depth: Int) throws(PlanFault) -> PlanNode {
        nodeCount += 1
        guard nodeCount <= PlanLimits.nodes else {
            throw PlanFault(
                path: path, message: "a plan has at most \(PlanLimits.nodes) values", position: position,
                isTooLarge: true)
        }
        guard depth <= PlanLimits.depth else {
            throw fault("objects and lists nest at most \(PlanLimits.depth) deep", path)
        }
        let start = position
        switch current {
        case UInt8(ascii: "{"): return PlanNode(.object(try members(path: path, depth: depth)), at: start)
        case UInt8(ascii: "["): return PlanNode(.list(try items(path: path, depth: depth)), at: start)
        case UInt8(ascii: "\""):
            return PlanNode(.scalar(PlanNode.Scalar(text: try string(), kind: .text)), at: start)
        case UInt8(ascii: "t"): return try word("true", .bool, at: start)
        case UInt8(ascii: "f"): return try word("false", .bool, at: start)
        case UInt8(ascii: "n"): return try word("null", .null, at: start)
        case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number(at: start)
        case nil: throw fault("the text ends early", path)
        default: throw fault("no JSON value begins here", path)
        }
    }

    private mutating func members(path: String, depth: Int) throws(PlanFault) -> [PlanNode.Member] {
        advance()
        var members: [PlanNode.Member] = []
        var keys: Set<String> = []
        skipSpace()
        if current == UInt8(ascii: "}") {
            advance()
            return members
        }
        while true {
            skipSpace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw fault("a key in double quotes is expected here", path) }
            let key = try string()
            let below = PlanPath.key(key, under: path)
            try expect(UInt8(ascii: ":"), "\":\" is expected behind the key", below)
            skipSpace()
            let value = try value(path: below, depth: depth + 1)
            if keys.insert(key).inserted {
                members.append(
                    PlanNode.Member(key: PlanNode.Scalar(text: key, kind: .text), keyPosition: start, value: value))
            } else {
                faults.append(
                    PlanFault(
                        path: below, message: "the key \(key) stands there twice; keep one of them", position: start))
            }
            if try ends(with: UInt8(ascii: "}"), path) { return members }
        }
    }

    private mutating func items(path: String, depth: Int) throws(PlanFault) -> [PlanNode] {
        advance()
        var items: [PlanNode] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            advance()
            return items
        }
        while true {
            skipSpace()
            items.append(try value(path: PlanPath.item(items.count, of: path), depth: depth + 1))
            if try ends(with: UInt8(ascii: "]"), path) { return items }
        }
    }

    /// Reads `,` or the closing bracket; true for the bracket.
    private mutating func ends(with bracket: UInt8, _ path: String) throws(PlanFault) -> Bool {
        skipSpace()
        guard let byte = current else { throw fault("the text ends early", path) }
        guard byte == bracket || byte == UInt8(ascii: ",") else {
            throw fault("\",\" or \"\(Unicode.Scalar(bracket))\" is expected here", path)
        }
        advance()
        return byte == bracket
    }

    private mutating func expect(_ byte: UInt8, _ message: String, _ path: String) throws(PlanFault) {
        skipSpace()
        guard current == byte else { throw fault(message, path) }
        advance()
    }

    // MARK: Scalars

    private mutating func word(
        _ word: String, _ kind: PlanNode.Scalar.Kind, at start: PlanPosition
    ) throws(PlanFault) -> PlanNode {
        for byte in word.utf8 {
            guard current == byte else { throw fault("no JSON value begins here; text stands in double quotes") }
            advance()
        }
        return PlanNode(.scalar(PlanNode.Scalar(text: word, kind: kind)), at: start)
    }

    private mutating func number(at start: PlanPosition) throws(PlanFault) -> PlanNode {
        let from = offset
        if current == UInt8(ascii: "-") { advance() }
        let isZero = current == UInt8(ascii: "0")
        var isWhole = true
        let digits = try self.digits()
        guard !isZero || digits == 1 else { throw fault("a number does not begin with 0") }
        if current == UInt8(ascii: ".") {
            isWhole = false
            advance()
            _ = try self.digits()
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            advance()
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { advance() }
            _ = try self.digits()
        }
        let text = String(decoding: bytes[from..<offset], as: UTF8.self)
        return PlanNode(.scalar(PlanNode.Scalar(text: text, kind: isWhole ? .integer : .number)), at: start)
    }

    private mutating func digits() throws(PlanFault) -> Int {
        let start = offset
        while let byte = current, isDigit(byte) { advance() }
        guard offset > start else { throw fault("a digit is expected here") }
        return offset - start
    }

    private mutating func string() throws(PlanFault) -> String {
        advance()
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                advance()
                text.append(contentsOf: UTF8.encode(try escaped()) ?? UTF8.encodedReplacementCharacter)
            case 0..<0x20:
                throw fault("a raw control character in a string; write it as \\uXXXX")
            default:
                text.append(byte)
                advance()
            }
        }
        throw fault("the text ends inside a string")
    }

    private mutating func escaped() throws(PlanFault) -> Unicode.Scalar {
        let letter = current
        advance()
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("no JSON escape; they are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
        }
    }

    private mutating func unicodeEscape() throws(PlanFault) -> Unicode.Scalar {
        let first = try codeUnit()
        if first == 0 { throw fault("U+0000 cannot be stored") }
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, current == UInt8(ascii: "\\") {
            advance()
            if current == UInt8(ascii: "u") {
                advance()
                let second = try codeUnit()
                if (0xDC00...0xDFFF).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00)
                {
                    guard !PlanText.reserved.contains(scalar.value) else { throw fault(PlanText.advice(on: scalar)) }
                    return scalar
                }
            }
        }
        throw fault("half of a surrogate pair")
    }

    private mutating func codeUnit() throws(PlanFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(Self.hexadecimal) else {
                throw fault("four hexadecimal digits belong behind \\u")
            }
            value = value << 4 | digit
            advance()
        }
        return value
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 48)
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32((byte | 0x20) - 87)
        default: nil
        }
    }

    // MARK: The text

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func advance() {
        guard let byte = current else { return }
        offset += 1
        if byte == UInt8(ascii: "\n") {
            position = PlanPosition(line: position.line + 1, column: 1)
        } else if offset == bytes.count || bytes[offset] & 0xC0 != 0x80 {
            position.column += 1
        }
    }

    private mutating func skipSpace() {
        while let byte = current, Self.isSpace(byte) { advance() }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }

    private func fault(_ message: String, _ path: String = "") -> PlanFault {
        PlanFault(path: path, message: message, position: position)
    }
}
