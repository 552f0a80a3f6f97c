import LineProtocol

/// Whether a line that the server sent is one by the letter of the protocol (PROTOCOL §1, §2). Stricter than what a
/// client reads, and written without it.
package enum AnswerGrammar {
    /// What is wrong with the line, which comes without its end; nil if nothing is.
    package static func fault(of line: some Sequence<UInt8>) -> String? {
        let bytes = Array(line)
        guard let string = String(validating: bytes, as: UTF8.self) else { return "not UTF-8" }
        for scalar in string.unicodeScalars where isForbidden(scalar) {
            return "a raw U+\(String(scalar.value, radix: 16))"
        }
        var words = split(bytes)
        guard !words.contains(where: \.isEmpty) else { return "two spaces, or one at an end" }
        if let first = words.first, first.first == UInt8(ascii: "#") {
            guard ReferenceFramer.isTag(first[...]) || first == Array("#?".utf8) else { return "no tag" }
            words.removeFirst()
            if words.first == Array("EVENT".utf8) { return "a push with a tag" }
        }
        guard let kind = words.first else { return "nothing behind the tag" }
        words.removeFirst()
        switch String(decoding: kind, as: UTF8.self) {
        case "OK", "ROW": break
        case "EVENT":
            guard let type = words.first, isWord(type) else { return "no type" }
            words.removeFirst()
        case "ERR":
            guard words.count >= 2, ErrorCode(name: String(decoding: words[0], as: UTF8.self)) != nil else {
                return "no code and message"
            }
            guard words[1].first == UInt8(ascii: "\""), isJSON(words[1]), words[1].count > 2 else {
                return "no message"
            }
            words.removeFirst(2)
        default: return "no line of the protocol"
        }
        return fault(ofFields: words)
    }

    private static func fault(ofFields fields: [[UInt8]]) -> String? {
        var names: Set<[UInt8]> = []
        for field in fields {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")), isWord(Array(field[..<equals])) else {
                return "no field: \(text(field))"
            }
            guard names.insert(Array(field[..<equals])).inserted else { return "twice: \(text(field))" }
            let value = Array(field[(equals + 1)...])
            switch value.first {
            case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["):
                guard isJSON(value) else { return "no JSON: \(text(field))" }
            default:
                let bare = String(decoding: value, as: UTF8.self).unicodeScalars
                guard bare.allSatisfy(mayStandBare) else { return "not bare: \(text(field))" }
            }
        }
        return nil
    }

    /// The words of a line: spaces within a JSON value do not part them.
    private static func split(_ line: [UInt8]) -> [[UInt8]] {
        var words: [[UInt8]] = [[]]
        var (isInString, isEscaped, isJSON) = (false, false, false)
        for byte in line {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: " ") {
                words.append([])
                isJSON = false
                continue
            } else if byte == UInt8(ascii: "\"") {
                // A quote within a bare value is just a character.
                let begins = words[words.count - 1].isEmpty || words[words.count - 1].last == UInt8(ascii: "=")
                isInString = begins || isJSON
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["),
                words[words.count - 1].firstIndex(of: UInt8(ascii: "=")) == words[words.count - 1].count - 1
            {
                isJSON = true
            }
            words[words.count - 1].append(byte)
        }
        return words
    }

    private static func isWord(_ word: [UInt8]) -> Bool {
        guard let first = word.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return word.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    private static func isJSON(_ value: [UInt8]) -> Bool { (try? JSONText.compact(value.span)) != nil }

    private static func mayStandBare(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: return false
        default: return true
        }
    }

    /// Controls, DEL, C1, U+2028, U+2029 and what turns the direction of writing.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default:
            // Bidi_Control: PropList.txt of the Unicode Character Database.
            return [0x061C, 0x200E, 0x200F].contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value)
        }
    }
}
