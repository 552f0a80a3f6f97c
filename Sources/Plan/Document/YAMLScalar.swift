/// What a YAML value without quotes is read as: the core schema of YAML 1.2, and beside it what version 1.1 and its
/// many readers make of a word, so that nobody's name turns into a truth value.
///
/// Source: yaml.org/spec/1.2.2, 10.3.2; yaml.org/type/{bool,int,float}.html.
enum YAMLScalar {
    static func kind(ofPlain text: String) -> PlanNode.Scalar.Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .bool
        case "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N":
            return .ambiguous
        case ".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN": return .ambiguous
        default: return kind(ofNumeral: Array(text.utf8))
        }
    }

    private static func kind(ofNumeral text: [UInt8]) -> PlanNode.Scalar.Kind {
        var digits = text[...]
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        }
        guard let first = digits.first, isDigit(first) || first == UInt8(ascii: ".") else { return .text }
        if digits.allSatisfy(isDigit) {
            // Leading zeros make it octal in version 1.1.
            return digits.count > 1 && first == UInt8(ascii: "0") ? .ambiguous : .integer
        }
        if isDecimal(digits) { return .number }
        let prefixes: [[UInt8]] = [Array("0x".utf8), Array("0o".utf8), Array("0b".utf8)]
        if prefixes.contains(where: { digits.starts(with: $0) }), digits.dropFirst(2).allSatisfy(isHexadecimal) {
            return .ambiguous
        }
        // 1_000, and 12:30 in base 60.
        let isGrouped = digits.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") }
        let isSexagesimal =
            digits.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ":") } && isDigit(first)
            && digits.last.map(isDigit) == true
        return isGrouped || isSexagesimal ? .ambiguous : .text
    }

    /// Digits with a point, an exponent or both.
    private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return false }
        guard let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") else { return rest.isEmpty }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
