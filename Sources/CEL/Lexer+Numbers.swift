extension Lexer {
    /// `12`, `0x1F`, each with `u` or without, `1.5`, `.5`, `1e3`.
    mutating func number(at start: Int) throws(Fault) -> Token.Form {
        if byte(start) == UInt8(ascii: "0"), let mark = byte(start + 1), mark | 0x20 == UInt8(ascii: "x") {
            return try hexadecimal(at: start)
        }
        skipDigits()
        var isDouble = false
        if byte(index) == UInt8(ascii: "."), let digit = byte(index + 1), NumberText.isDigit(digit) {
            isDouble = true
            index += 1
            skipDigits()
        }
        if skipExponent() { isDouble = true }
        return isDouble ? try double(at: start) : try integer(at: start, digits: start..<index, radix: 10)
    }

    private mutating func skipDigits() {
        while let byte = byte(index), NumberText.isDigit(byte) { index += 1 }
    }

    private mutating func skipExponent() -> Bool {
        guard let mark = byte(index), mark | 0x20 == UInt8(ascii: "e") else { return false }
        let sign = byte(index + 1)
        let digits = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? index + 2 : index + 1
        guard let digit = byte(digits), NumberText.isDigit(digit) else { return false }
        index = digits
        skipDigits()
        return true
    }

    private mutating func double(at start: Int) throws(Fault) -> Token.Form {
        try refuseLetter(after: start)
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let double = NumberText.double(text), double.isFinite else {
            throw fault("'\(text)' is too large for a double", at: start)
        }
        return .double(double)
    }

    private mutating func hexadecimal(at start: Int) throws(Fault) -> Token.Form {
        index += 2
        while let byte = byte(index), NumberText.hexDigit(byte) != nil { index += 1 }
        guard index > start + 2 else { throw fault("after '0x' stand digits", at: start) }
        return try integer(at: start, digits: start + 2..<index, radix: 16)
    }

    private mutating func integer(at start: Int, digits: Range<Int>, radix: Int) throws(Fault) -> Token.Form {
        let magnitude = UInt64(String(decoding: bytes[digits], as: UTF8.self), radix: radix)
        var isUnsigned = false
        if let mark = byte(index), mark | 0x20 == UInt8(ascii: "u") {
            isUnsigned = true
            index += 1
        }
        try refuseLetter(after: start)
        guard let magnitude else { throw fault("the number does not fit in 64 bits", at: start) }
        return isUnsigned ? .uint(magnitude) : .int(magnitude)
    }

    /// `5m` would else be the number 5 and a name.
    private func refuseLetter(after start: Int) throws(Fault) {
        guard let byte = byte(index), byte == UInt8(ascii: "_") || NumberText.isDigit(byte) || isLetter(byte) else {
            return
        }
        let hint = #"; lengths of time are written duration("5m")"#
        throw fault("a number ends before a letter" + (Array("smhd".utf8).contains(byte) ? hint : ""), at: index)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
