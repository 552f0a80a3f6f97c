/// Cuts a source into tokens.
///
/// Source: CEL language definition, "Syntax".
struct Lexer {
    let source: String
    let bytes: [UInt8]
    var index = 0

    /// - Throws: a fault if the source is longer than `ExpressionLimits.sourceBytesMax`.
    init(_ source: String) throws(Fault) {
        self.source = source
        guard source.utf8.count <= ExpressionLimits.sourceBytesMax else {
            throw Fault("an expression has \(ExpressionLimits.sourceBytesMax) bytes at most", at: 0, in: "")
        }
        bytes = Array(source.utf8)
    }

    /// The next token; `end` at the end, however often.
    mutating func next() throws(Fault) -> Token {
        skipSpace()
        let start = index
        let form = try form(at: start)
        return Token(form: form, range: start..<index)
    }

    func fault(_ message: String, at offset: Int) -> Fault {
        Fault(message, at: offset, in: source)
    }

    func byte(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = byte(index) {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0C: index += 1
            case UInt8(ascii: "/") where self.byte(index + 1) == UInt8(ascii: "/"):
                while let byte = self.byte(index), byte != UInt8(ascii: "\n") { index += 1 }
            default: return
            }
        }
    }

    private mutating func form(at start: Int) throws(Fault) -> Token.Form {
        guard let first = byte(start) else { return .end }
        if NumberText.isDigit(first) { return try number(at: start) }
        if first == UInt8(ascii: "."), let next = byte(start + 1), NumberText.isDigit(next) {
            return try number(at: start)
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return try text(at: start) }
        if first == UInt8(ascii: "`") { return try quotedIdentifier(at: start) }
        if Self.beginsName(first) { return try word(at: start) }
        return .symbol(try symbol(at: start))
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A name, or the letters before a literal: `r"…"`, `b"…"`, `br"…"`.
    private mutating func word(at start: Int) throws(Fault) -> Token.Form {
        while let byte = byte(index), Self.beginsName(byte) || NumberText.isDigit(byte) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        if let quote = byte(index), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            switch word.lowercased() {
            case "r": return try text(at: start, isRaw: true)
            case "b": return .bytes(try literalBytes(at: start, isRaw: false, isBytes: true))
            case "br": return .bytes(try literalBytes(at: start, isRaw: true, isBytes: true))
            default: break
            }
        }
        return word == "in" ? .symbol(.in) : .identifier(word)
    }

    private mutating func text(at start: Int, isRaw: Bool = false) throws(Fault) -> Token.Form {
        .string(String(decoding: try literalBytes(at: start, isRaw: isRaw, isBytes: false), as: UTF8.self))
    }

    private mutating func quotedIdentifier(at start: Int) throws(Fault) -> Token.Form {
        index += 1
        while let byte = byte(index), Self.mayBeQuoted(byte) { index += 1 }
        guard byte(index) == UInt8(ascii: "`"), index > start + 1 else {
            throw fault("between backticks stands a name of letters, digits and `_-./ `", at: start)
        }
        index += 1
        return .quotedIdentifier(String(decoding: bytes[start + 1..<index - 1], as: UTF8.self))
    }

    private static func mayBeQuoted(_ byte: UInt8) -> Bool {
        beginsName(byte) || NumberText.isDigit(byte) || Array("-./ ".utf8).contains(byte)
    }

    private mutating func symbol(at start: Int) throws(Fault) -> Symbol {
        for length in [2, 1] where start + length <= bytes.count {
            if let symbol = Symbol(rawValue: String(decoding: bytes[start..<start + length], as: UTF8.self)) {
                index += length
                return symbol
            }
        }
        throw fault(unexpected(at: start), at: start)
    }

    /// What is said of a character that begins no token.
    private func unexpected(at start: Int) -> String {
        let rest = String(decoding: bytes[start...].prefix(4), as: UTF8.self).unicodeScalars
        switch rest.first {
        case "=": return "'=' is no operator; equality is '=='"
        case "&": return "'&' is no operator; 'and' is '&&'"
        case "|": return "'|' is no operator; 'or' is '||'"
        case "\u{2018}"?, "\u{2019}"?, "\u{201C}"?, "\u{201D}"?: return "text stands in straight quotes, ' or \""
        case let scalar?: return "\(Self.shown(scalar)) begins nothing; text stands in quotes"
        case nil: return "something is missing"
        }
    }

    /// The character in quotes, or its number where it could not be seen.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
            .nonspacingMark, .enclosingMark:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        default: return "'\(scalar)'"
        }
    }
}
