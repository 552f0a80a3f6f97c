extension Lexer {
    /// The content of a string or bytes literal as UTF-8; in bytes, `\x` and octal escapes make single bytes.
    ///
    /// - Parameter start: where the literal begins, with the letters before the quote.
    mutating func literalBytes(at start: Int, isRaw: Bool, isBytes: Bool) throws(Fault) -> [UInt8] {
        let quote = bytes[index]
        let isTriple = byte(index + 1) == quote && byte(index + 2) == quote
        index += isTriple ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard let byte = byte(index) else { throw notClosed(start, quote, isTriple) }
            if byte == quote, !isTriple || self.byte(index + 1) == quote && self.byte(index + 2) == quote {
                index += isTriple ? 3 : 1
                return content
            }
            if !isTriple, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                throw notClosed(start, quote, isTriple)
            }
            if byte == UInt8(ascii: "\\"), !isRaw {
                content += try escape(isBytes: isBytes)
            } else {
                content.append(byte)
                index += 1
            }
        }
    }

    private func notClosed(_ start: Int, _ quote: UInt8, _ isTriple: Bool) -> Fault {
        let mark = String(repeating: String(Unicode.Scalar(quote)), count: isTriple ? 3 : 1)
        return fault("the text that begins here is not closed with \(mark)", at: start)
    }

    private mutating func escape(isBytes: Bool) throws(Fault) -> [UInt8] {
        let start = index
        guard let letter = byte(start + 1) else { throw fault("nothing stands after '\\'", at: start) }
        index += 2
        switch letter {
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return [letter]
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return try code(start, digitCount: 2, isBytes: isBytes)
        case UInt8(ascii: "u") where !isBytes: return try code(start, digitCount: 4, isBytes: false)
        case UInt8(ascii: "U") where !isBytes: return try code(start, digitCount: 8, isBytes: false)
        case UInt8(ascii: "0")...UInt8(ascii: "3"): return try octal(start, isBytes: isBytes)
        default: throw unknownEscape(start, isBytes)
        }
    }

    private func unknownEscape(_ start: Int, _ isBytes: Bool) -> Fault {
        let codes = isBytes ? "\\xHH \\000" : "\\xHH \\uHHHH \\UHHHHHHHH \\000"
        return fault(
            "no such escape; there are \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \(codes), and r'…' takes '\\' as it is",
            at: start)
    }

    private mutating func code(_ start: Int, digitCount: Int, isBytes: Bool) throws(Fault) -> [UInt8] {
        var value: UInt32 = 0
        for _ in 0..<digitCount {
            guard let digit = byte(index).flatMap(NumberText.hexDigit) else {
                throw fault("the escape has \(digitCount) hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            index += 1
        }
        return try encode(value, start, isBytes: isBytes)
    }

    private mutating func octal(_ start: Int, isBytes: Bool) throws(Fault) -> [UInt8] {
        index = start + 1
        var value: UInt32 = 0
        for _ in 0..<3 {
            guard let digit = byte(index), (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else {
                throw fault("the escape has 3 octal digits, 377 at most", at: start)
            }
            value = value << 3 | UInt32(digit - UInt8(ascii: "0"))
            index += 1
        }
        return try encode(value, start, isBytes: isBytes)
    }

    private func encode(_ value: UInt32, _ start: Int, isBytes: Bool) throws(Fault) -> [UInt8] {
        if isBytes { return [UInt8(truncatingIfNeeded: value)] }
        guard let scalar = Unicode.Scalar(value) else {
            throw fault("the escape names no code point", at: start)
        }
        return Array(String(scalar).utf8)
    }
}
