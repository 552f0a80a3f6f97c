/// Why a text is not JSON that the protocol takes.
package struct JSONFault: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case unexpected
        case endsEarly
        case depth
        case control
        case escape
        case nul
        case loneSurrogate
        case number
        case numberDigits
        case numberExponent
        case duplicateKey(String)
        case invalidUTF8
    }

    package let reason: Reason
    /// Where in the bytes that were read.
    package let offset: Int

    /// A part of a sentence for people.
    package var message: String {
        switch reason {
        case .unexpected: "an unexpected character"
        case .endsEarly: "the text ends early"
        case .depth: "objects and arrays nest at most \(Limits.jsonDepth) deep"
        case .control: "a raw control character in a string; escape it as \\uXXXX"
        case .escape: "no JSON escape; they are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case .nul: "U+0000 cannot be stored"
        case .loneSurrogate: "half of a surrogate pair"
        case .number: "not a JSON number"
        case .numberDigits: "a number has at most \(Limits.jsonNumberDigits) digits"
        case .numberExponent: "an exponent is at most \(Limits.jsonNumberExponent)"
        case .duplicateKey(let key): "the key \(key) twice in one object"
        case .invalidUTF8: "not UTF-8"
        }
    }
}

/// Checks JSON (RFC 8259) and writes it compactly: no insignificant white space, only the escapes that must be, so
/// equal strings have equal bytes. Linear, but for the sort of an object's keys; does not recurse.
struct JSONCompactor {
    private enum Expectation { case value, firstValue, firstKey, key, end }

    /// Where reading stands in the source.
    var position: Int
    /// How many more digits the numbers have once their exponents are written out.
    var expansion = 0

    private var depth = 0
    /// Bit d: the container at depth d + 1 is an object.
    private var objects: UInt64 = 0
    /// The keys of the objects that are open, as they stand in the output, and where each object's begin.
    private var keys: [Range<Int>] = []
    private var keyStarts: [Int] = []

    /// A line of the protocol holds no raw line break, also no lone carriage return.
    private let takesLineBreaks: Bool

    init(position: Int, takesLineBreaks: Bool = false) {
        self.position = position
        self.takesLineBreaks = takesLineBreaks
    }

    /// Reads one value, which begins at `position`, and appends it to `out`. `position` is behind it afterwards.
    mutating func value(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        var expectation = Expectation.value
        while true {
            skipSpace(source)
            guard position < source.count else { throw fault(.endsEarly) }
            switch expectation {
            case .firstValue where source[position] == UInt8(ascii: "]"):
                try close(source, into: &out)
                expectation = .end
            case .value, .firstValue:
                expectation = try begin(source, into: &out)
            case .firstKey where source[position] == UInt8(ascii: "}"):
                try close(source, into: &out)
                expectation = .end
            case .firstKey, .key:
                try key(source, into: &out)
                expectation = .value
            case .end:
                if source[position] == UInt8(ascii: ",") {
                    position += 1
                    out.append(UInt8(ascii: ","))
                    expectation = isInObject ? .key : .value
                } else {
                    try close(source, into: &out)
                }
            }
            if expectation == .end, depth == 0 { return }
        }
    }

    /// Reads one string, which begins at `position` with its quote, and appends what it means, without quotes.
    mutating func decodedString(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        try characters(source, into: &out, escapes: false)
    }

    // MARK: Structure

    private var isInObject: Bool { objects >> UInt64(depth - 1) & 1 == 1 }

    private mutating func begin(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) -> Expectation {
        let byte = source[position]
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Limits.jsonDepth else { throw fault(.depth) }
            let isObject = byte == UInt8(ascii: "{")
            let bit: UInt64 = 1 << UInt64(depth)
            objects = isObject ? objects | bit : objects & ~bit
            depth += 1
            if isObject { keyStarts.append(keys.count) }
            out.append(byte)
            position += 1
            return isObject ? .firstKey : .firstValue
        case UInt8(ascii: "\""):
            try string(source, into: &out)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number(source, into: &out)
        case UInt8(ascii: "t"): try literal("true", source, into: &out)
        case UInt8(ascii: "f"): try literal("false", source, into: &out)
        case UInt8(ascii: "n"): try literal("null", source, into: &out)
        default: throw fault(byte < 0x20 ? .control : .unexpected)
        }
        return .end
    }

    private mutating func key(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        guard source[position] == UInt8(ascii: "\"") else { throw fault(.unexpected) }
        let start = out.count
        try string(source, into: &out)
        keys.append(start..<out.count)
        skipSpace(source)
        guard position < source.count else { throw fault(.endsEarly) }
        guard source[position] == UInt8(ascii: ":") else { throw fault(.unexpected) }
        position += 1
        out.append(UInt8(ascii: ":"))
    }

    private mutating func close(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        let byte = source[position]
        guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw fault(.unexpected) }
        if isInObject { try checkKeys(out) }
        out.append(byte)
        position += 1
        depth -= 1
    }

    /// The open object ends: no two of its keys may be equal. Few keys are compared each with each, many are sorted.
    private mutating func checkKeys(_ out: [UInt8]) throws(JSONFault) {
        let start = keyStarts.removeLast()
        let bytes = out.span
        if keys.count - start <= 8 {
            for right in start..<keys.count {
                for left in start..<right where Self.equal(bytes, keys[left], keys[right]) {
                    throw duplicate(keys[right], out)
                }
            }
        } else {
            keys[start...].sort { left, right in
                out[left].lexicographicallyPrecedes(out[right])
            }
            for right in start + 1..<keys.count where Self.equal(bytes, keys[right - 1], keys[right]) {
                throw duplicate(keys[right], out)
            }
        }
        keys.removeLast(keys.count - start)
    }

    private static func equal(_ bytes: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] {
            return false
        }
        return true
    }

    private func duplicate(_ key: Range<Int>, _ out: [UInt8]) -> JSONFault {
        fault(.duplicateKey(excerpt(out[key])))
    }

    // MARK: Scalars

    private mutating func literal(
        _ word: StaticString, _ source: Span<UInt8>, into out: inout [UInt8]
    ) throws(JSONFault) {
        let start = out.count
        out.append(word)
        for index in start..<out.count {
            guard position < source.count else { throw fault(.endsEarly) }
            guard source[position] == out[index] else { throw fault(.unexpected) }
            position += 1
        }
    }

    private mutating func number(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        let start = position
        if source[position] == UInt8(ascii: "-") { position += 1 }
        let isZero = position < source.count && source[position] == UInt8(ascii: "0")
        var digits = try self.digits(source)
        guard !isZero || digits == 1 else { throw fault(.number) }
        if position < source.count, source[position] == UInt8(ascii: ".") {
            position += 1
            digits += try self.digits(source)
        }
        guard digits <= Limits.jsonNumberDigits else { throw fault(.numberDigits) }
        if position < source.count, source[position] | 0x20 == UInt8(ascii: "e") { try exponent(source) }
        out.append(copying: source.extracting(start..<position))
    }

    private mutating func exponent(_ source: Span<UInt8>) throws(JSONFault) {
        position += 1
        if position < source.count, source[position] == UInt8(ascii: "+") || source[position] == UInt8(ascii: "-") {
            position += 1
        }
        let start = position
        _ = try digits(source)
        var value = 0
        for index in start..<position {
            value = value * 10 + Int(source[index]) - 48
            guard value <= Limits.jsonNumberExponent else { throw fault(.numberExponent) }
        }
        expansion += value
    }

    private mutating func digits(_ source: Span<UInt8>) throws(JSONFault) -> Int {
        let start = position
        while position < source.count, source[position] &- 48 <= 9 { position += 1 }
        guard position > start else { throw fault(position < source.count ? .number : .endsEarly) }
        return position - start
    }

    // MARK: Strings

    private mutating func string(_ source: Span<UInt8>, into out: inout [UInt8]) throws(JSONFault) {
        out.append(UInt8(ascii: "\""))
        try characters(source, into: &out, escapes: true)
        out.append(UInt8(ascii: "\""))
    }

    /// Reads from the opening quote to behind the closing one.
    private mutating func characters(
        _ source: Span<UInt8>, into out: inout [UInt8], escapes: Bool
    ) throws(JSONFault) {
        position += 1
        var runStart = position
        while position < source.count {
            let byte = source[position]
            if byte == UInt8(ascii: "\"") {
                out.append(copying: source.extracting(runStart..<position))
                position += 1
                return
            } else if byte == UInt8(ascii: "\\") {
                out.append(copying: source.extracting(runStart..<position))
                let scalar = try escape(source)
                if escapes { JSONText.append(scalar, to: &out) } else { out.append(scalar: scalar) }
                runStart = position
            } else if byte < 0x20 {
                throw fault(.control)
            } else if byte < 0x80 {
                position += 1
            } else {
                guard let (_, length) = UnicodeText.decode(source, at: position) else { throw fault(.invalidUTF8) }
                position += length
            }
        }
        throw fault(.endsEarly)
    }

    private mutating func escape(_ source: Span<UInt8>) throws(JSONFault) -> Unicode.Scalar {
        guard position + 1 < source.count else { throw fault(.endsEarly) }
        let letter = source[position + 1]
        guard letter == UInt8(ascii: "u") else {
            guard let scalar = JSONText.meaning(ofEscape: letter) else { throw fault(.escape) }
            position += 2
            return scalar
        }
        let first = try unit(source)
        if first == 0 { throw fault(.nul) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < source.count, source[position] == UInt8(ascii: "\\"),
            source[position + 1] == UInt8(ascii: "u")
        else { throw fault(.loneSurrogate) }
        let second = try unit(source)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00)
        else { throw fault(.loneSurrogate) }
        return scalar
    }

    /// The four hexadecimal digits behind `\u` at `position`.
    private mutating func unit(_ source: Span<UInt8>) throws(JSONFault) -> UInt32 {
        guard position + 6 <= source.count else { throw fault(.endsEarly) }
        var value: UInt32 = 0
        for index in position + 2..<position + 6 {
            switch source[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(source[index] - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((source[index] | 0x20) - 87)
            default: throw fault(.escape)
            }
        }
        position += 6
        return value
    }

    // MARK: Helpers

    private mutating func skipSpace(_ source: Span<UInt8>) {
        while position < source.count {
            switch source[position] {
            case 0x20, 0x09: position += 1
            case 0x0A where takesLineBreaks, 0x0D where takesLineBreaks: position += 1
            default: return
            }
        }
    }

    private func fault(_ reason: JSONFault.Reason) -> JSONFault { JSONFault(reason: reason, offset: position) }
}
