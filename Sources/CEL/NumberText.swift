/// Numbers as text, both ways.
enum NumberText {
    /// A decimal number with an optional sign, fraction and exponent, or `inf`, `infinity` or `nan` in any case.
    static func double(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        let unsigned =
            bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        if isDecimal(unsigned) { return Double(text) }
        let word = String(decoding: unsigned.map { $0 | 0x20 }, as: UTF8.self)
        guard word == "inf" || word == "infinity" || word == "nan" else { return nil }
        return Double(text.lowercased())
    }

    /// `1`, `1.5`, `.5`, `1.`, each with an exponent or without.
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var digitCount = whole.count
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
            digitCount += fraction.count
        }
        guard digitCount > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    /// Source: RFC 8259, section 6.
    static func isJSON(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, isDigit(first) else { return false }
        // What may come after a nought is a fraction or an exponent.
        if first == UInt8(ascii: "0"), let second = rest.dropFirst().first, isDigit(second) { return false }
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard let digit = rest[point...].dropFirst().first, isDigit(digit) else { return false }
        }
        return isDecimal(rest)
    }

    /// The shortest text that reads as the same double; whole numbers without `.0`.
    static func text(_ double: Double) -> String {
        guard double.isFinite else { return double.isNaN ? "NaN" : double < 0 ? "-Infinity" : "Infinity" }
        let text = double.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The value of a hexadecimal digit.
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
