extension [UInt8] {
    /// Appends a copy of the bytes. The pointer does not leave this call.
    mutating func append(copying bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends text that the source code holds.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a number in decimal, without leading zeros.
    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude, digitsMin: 1)
    }

    /// Appends a number in decimal, with zeros before it up to `digitsMin` digits.
    mutating func append(decimal value: UInt64, digitsMin: Int) {
        if value < 100, digitsMin <= 2 {
            // Hours, minutes, levels, most counts.
            if value >= 10 || digitsMin == 2 { append(UInt8(ascii: "0") + UInt8(value / 10)) }
            append(UInt8(ascii: "0") + UInt8(value % 10))
            return
        }
        var digits = 1
        var rest = value / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        digits = Swift.max(digits, digitsMin)
        let start = count
        for _ in 0..<digits { append(UInt8(ascii: "0")) }
        var place = start + digits - 1
        rest = value
        while rest > 0 {
            self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            place -= 1
        }
    }

    /// Appends `\u` and four hexadecimal digits.
    mutating func append(unicodeEscape unit: UInt32) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift in [12, 8, 4, 0] as [UInt32] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Appends a scalar in UTF-8.
    mutating func append(scalar: Unicode.Scalar) {
        append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}

/// A decimal number that was not one.
enum IntegerFault: Error {
    case notANumber
    case overflow
}

/// Reads `-?[0-9]+`, all of it.
func parseInteger(_ text: Span<UInt8>) throws(IntegerFault) -> Int64 {
    var index = 0
    let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count else { throw .notANumber }
    var value: Int64 = 0
    var overflows = false
    while index < text.count {
        let digit = Int64(text[index]) - 48
        guard digit >= 0, digit <= 9 else { throw .notANumber }
        // Built below zero, where Int64 reaches one further.
        let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflowedToo) = product.subtractingReportingOverflow(digit)
        overflows = overflows || overflowed || overflowedToo
        value = sum
        index += 1
    }
    if overflows || (!isNegative && value == .min) { throw .overflow }
    return isNegative ? value : -value
}
