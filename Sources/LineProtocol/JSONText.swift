/// JSON in bytes: escapes, compact text, and reading what is known to be valid and compact.
package enum JSONText {
    /// The text as compact JSON: the same values, keys in the order given, no insignificant white space.
    ///
    /// `text` is one value and nothing else. Throws what `JSONFault` tells, a repeated key included.
    package static func compact(_ text: Span<UInt8>) throws(JSONFault) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var compactor = JSONCompactor(position: 0, takesLineBreaks: true)
        try compactor.value(text, into: &out)
        for index in compactor.position..<text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            default: throw JSONFault(reason: .unexpected, offset: index)
            }
        }
        return out
    }

    /// What `\` and this letter stand for, `\u` aside.
    static func meaning(ofEscape letter: UInt8) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "\""): "\""
        case UInt8(ascii: "\\"): "\\"
        case UInt8(ascii: "/"): "/"
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    /// Appends a character of a string, escaped only where RFC 8259 asks for it.
    static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        switch scalar {
        case "\"": out.append("\\\"")
        case "\\": out.append("\\\\")
        case "\u{8}": out.append("\\b")
        case "\u{C}": out.append("\\f")
        case "\n": out.append("\\n")
        case "\r": out.append("\\r")
        case "\t": out.append("\\t")
        case "\0"..<" ": out.append(unicodeEscape: scalar.value)
        default: out.append(scalar: scalar)
        }
    }

    /// Appends a JSON string with all that the output rules escape. What is not UTF-8, and NUL, becomes U+FFFD.
    static func append(quoted text: Span<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        appendCharacters(text, to: &out, isJSON: false)
        out.append(UInt8(ascii: "\""))
    }

    /// Appends compact JSON, its characters that the output rules escape (they can be in its strings only) escaped.
    static func append(json text: Span<UInt8>, to out: inout [UInt8]) {
        appendCharacters(text, to: &out, isJSON: true)
    }

    /// Copies runs that need nothing; quotes and backslashes of JSON are as they must be already.
    private static func appendCharacters(_ text: Span<UInt8>, to out: inout [UInt8], isJSON: Bool) {
        var runStart = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            var length = 1
            var scalar = Unicode.Scalar(byte)
            if byte >= 0x80 {
                let decoded = UnicodeText.decode(text, at: index)
                scalar = decoded?.scalar ?? "\u{FFFD}"
                length = decoded?.length ?? 1
                if decoded != nil, !UnicodeText.mustBeEscaped(scalar) {
                    index += length
                    continue
                }
            } else if byte > 0x1F, byte != 0x7F, isJSON || (byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")) {
                index += 1
                continue
            }
            out.append(copying: text.extracting(runStart..<index))
            // The protocol has no U+0000, also not in a message about a line that had one.
            if scalar == "\0" { scalar = "\u{FFFD}" }
            if UnicodeText.mustBeEscaped(scalar), scalar.value > 0x1F {
                out.append(unicodeEscape: scalar.value)
            } else {
                append(scalar, to: &out)
            }
            index += length
            runStart = index
        }
        out.append(copying: text.extracting(runStart..<text.count))
    }

    /// What the characters of a JSON string (without its quotes, known to be valid) mean.
    static func unescape(_ text: Span<UInt8>) -> [UInt8] {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.append(copying: text)
        quoted.append(UInt8(ascii: "\""))
        var out: [UInt8] = []
        var reader = JSONCompactor(position: 0)
        do throws(JSONFault) {
            try reader.decodedString(quoted.span, into: &out)
        } catch {
            preconditionFailure("compact JSON holds valid strings only: \(error.message)")
        }
        return out
    }
}

extension JSONText {
    /// The same as text.
    package static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: unescape(text.span), as: UTF8.self)
    }
}

/// Walks the members of one object or the elements of one array of compact, valid JSON, without going into them.
struct JSONCursor {
    private var position: Int
    private let isObject: Bool

    /// `position` is where the opening bracket stands in the bytes that `next` gets.
    init(at position: Int, isObject: Bool) {
        self.position = position + 1
        self.isObject = isObject
    }

    /// The next member: its key without quotes, still escaped (an array has none), and its value. Nil at the end.
    mutating func next(_ bytes: Span<UInt8>) -> (key: Range<Int>?, value: Range<Int>)? {
        if bytes[position] == UInt8(ascii: ",") { position += 1 }
        if bytes[position] == UInt8(ascii: "}") || bytes[position] == UInt8(ascii: "]") { return nil }
        var key: Range<Int>?
        if isObject {
            let start = position
            skipString(bytes)
            key = start + 1..<position - 1
            position += 1
        }
        let start = position
        skipValue(bytes)
        return (key, start..<position)
    }

    private mutating func skipString(_ bytes: Span<UInt8>) {
        position += 1
        while bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private mutating func skipValue(_ bytes: Span<UInt8>) {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString(bytes)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ","):
                if depth == 0 { return }
            default: break
            }
            position += 1
        }
    }
}
