/// Escapes and classes of characters.
extension PatternParser {
    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let wordCharacters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]

    /// Source: RE2's doc/syntax.txt, "ASCII character classes".
    private static let namedClasses: [(name: String, ranges: [ClosedRange<UInt32>])] = [
        ("alnum", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("alpha", [0x41...0x5A, 0x61...0x7A]),
        ("ascii", [0x00...0x7F]), ("blank", [0x09...0x09, 0x20...0x20]), ("cntrl", [0x00...0x1F, 0x7F...0x7F]),
        ("digit", digits), ("graph", [0x21...0x7E]), ("lower", [0x61...0x7A]), ("print", [0x20...0x7E]),
        ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]), ("space", [0x09...0x0D, 0x20...0x20]),
        ("upper", [0x41...0x5A]), ("word", wordCharacters), ("xdigit", [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    /// What stands after a backslash outside of brackets.
    mutating func escape() throws(PatternFault) -> PatternNode? {
        guard let letter = peek() else { throw PatternFault("it ends in a '\\'") }
        switch letter {
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.noWordBoundary)
        case "A": return assertion(.beginOfText)
        case "z": return assertion(.endOfText)
        case "Q":
            index += 1
            isQuoting = true
            return nil
        default: break
        }
        var set = ScalarClass()
        if try insertClass(into: &set) {
            set.ignoresCase = flags.ignoresCase
            set.normalize()
            return .oneOf(set)
        }
        return literal(try escapedScalar())
    }

    private mutating func assertion(_ assertion: PatternNode.Assertion) -> PatternNode {
        index += 1
        return .assertion(assertion)
    }

    /// A character that means itself, unless it begins the `\E` that ends that.
    mutating func quoted(_ scalar: Unicode.Scalar) -> PatternNode? {
        guard scalar == "\\", peek() == "E" else { return literal(scalar) }
        index += 1
        isQuoting = false
        return nil
    }

    /// `\d`, `\pL`, `\p{Hangul}` and the like. Whether there was one.
    private mutating func insertClass(into set: inout ScalarClass) throws(PatternFault) -> Bool {
        guard let letter = peek() else { return false }
        switch letter {
        case "d", "D": try Self.insert(Self.digits, isNegated: letter == "D", into: &set)
        case "w", "W": try Self.insert(Self.wordCharacters, isNegated: letter == "W", into: &set)
        case "s", "S": try Self.insert(Self.spaces, isNegated: letter == "S", into: &set)
        case "p", "P":
            index += 1
            try insertProperty(into: &set, isNegated: letter == "P")
            return true
        default: return false
        }
        index += 1
        return true
    }

    private static func insert(
        _ ranges: [ClosedRange<UInt32>], isNegated: Bool, into set: inout ScalarClass
    ) throws(PatternFault) {
        guard isNegated else { return set.insert(ranges) }
        var named = ScalarClass()
        named.insert(ranges)
        try set.insert(complementOf: named)
    }

    private mutating func insertProperty(into set: inout ScalarClass, isNegated: Bool) throws(PatternFault) {
        var name = ""
        var isNegated = isNegated
        if skip("{") {
            if skip("^") { isNegated.toggle() }
            while let scalar = peek(), scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard skip("}") else { throw PatternFault("a '{' after \\p is not closed") }
        } else if let scalar = peek() {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard let property = ScalarProperty(name: name) else {
            throw PatternFault("there is no class \\p{\(name)}; there are L, Lu, N, P, Hangul, Han, Latin and the like")
        }
        guard isNegated else { return set.insert(property) }
        var named = ScalarClass()
        named.insert(property)
        try set.insert(complementOf: named)
    }

    /// The character that an escape stands for.
    private mutating func escapedScalar() throws(PatternFault) -> Unicode.Scalar {
        guard let letter = peek() else { throw PatternFault("it ends in a '\\'") }
        index += 1
        switch letter {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal()
        case "0": return octal(first: letter, digitCountMax: 3)
        case "1"..."7":
            guard let next = peek(), ("0"..."7").contains(next), let last = peek(1), ("0"..."7").contains(last) else {
                throw PatternFault("it refers back to a group, which is not possible")
            }
            return octal(first: letter, digitCountMax: 3)
        default:
            guard letter.isASCII, !letter.properties.isAlphabetic, !("0"..."9").contains(letter) else {
                throw PatternFault("there is no escape \\\(letter)")
            }
            return letter
        }
    }

    private mutating func octal(first: Unicode.Scalar, digitCountMax: Int) -> Unicode.Scalar {
        var value = first.value - 0x30
        var count = 1
        while count < digitCountMax, let digit = peek(), ("0"..."7").contains(digit) {
            value = value * 8 + digit.value - 0x30
            count += 1
            index += 1
        }
        // Three octal digits are below U+0200.
        return Unicode.Scalar(value) ?? first
    }

    /// `\x41` or `\x{1F431}`, of which the `\x` is behind.
    private mutating func hexadecimal() throws(PatternFault) -> Unicode.Scalar {
        let isBraced = skip("{")
        var value: UInt32 = 0
        var count = 0
        while count < (isBraced ? 8 : 2), let scalar = peek(), scalar.isASCII,
            let digit = NumberText.hexDigit(UInt8(truncatingIfNeeded: scalar.value))
        {
            value = value << 4 | digit
            count += 1
            index += 1
        }
        guard isBraced ? count > 0 && skip("}") : count == 2, let scalar = Unicode.Scalar(value) else {
            throw PatternFault("a character is written \\x41 or \\x{AC00}")
        }
        return scalar
    }

    // MARK: brackets

    /// `[…]`, of which the `[` is behind.
    mutating func bracketClass() throws(PatternFault) -> ScalarClass {
        var set = ScalarClass()
        set.ignoresCase = flags.ignoresCase
        set.isNegated = skip("^")
        var isFirst = true
        while isFirst || peek() != "]" {
            guard !isAtEnd else { throw PatternFault("a '[' is not closed") }
            try insertItem(into: &set)
            isFirst = false
        }
        index += 1
        set.normalize()
        return set
    }

    private mutating func insertItem(into set: inout ScalarClass) throws(PatternFault) {
        if peek() == "[", peek(1) == ":" { return try insertNamed(into: &set) }
        if peek() == "\\" {
            index += 1
            if try insertClass(into: &set) { return }
            index -= 1
        }
        let first = try bracketScalar()
        guard peek() == "-", let next = peek(1), next != "]" else { return set.insert(first.value, first.value) }
        index += 1
        let last = try bracketScalar()
        guard first <= last else { throw PatternFault("the range \(first)-\(last) is in the wrong order") }
        set.insert(first.value, last.value)
    }

    private mutating func bracketScalar() throws(PatternFault) -> Unicode.Scalar {
        guard let scalar = peek() else { throw PatternFault("a '[' is not closed") }
        index += 1
        return scalar == "\\" ? try escapedScalar() : scalar
    }

    /// `[:alpha:]`, `[:^alpha:]`.
    private mutating func insertNamed(into set: inout ScalarClass) throws(PatternFault) {
        index += 2
        let isNegated = skip("^")
        var name = ""
        while let scalar = peek(), scalar != ":" {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard skip(":"), skip("]"), let ranges = Self.namedClasses.first(where: { $0.name == name })?.ranges else {
            throw PatternFault("there is no class [:\(name):]")
        }
        try Self.insert(ranges, isNegated: isNegated, into: &set)
    }
}
