/// Reads a pattern of `matches`: RE2's syntax, of which back-references and looking around are no part.
///
/// Source: RE2's doc/syntax.txt.
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        /// `^` and `$` also match at the ends of lines.
        var isMultiline = false
        /// `.` also matches the end of a line.
        var matchesNewline = false
    }

    let scalars: [Unicode.Scalar]
    var index = 0
    var flags = Flags()
    /// Whether it is between `\Q` and `\E`, where characters mean themselves.
    var isQuoting = false
    private var depth = 0

    static func parse(_ pattern: String) throws(PatternFault) -> PatternNode {
        guard pattern.utf8.count <= ExpressionLimits.patternBytesMax else {
            throw PatternFault("it has more than \(ExpressionLimits.patternBytesMax) bytes")
        }
        var parser = PatternParser(scalars: Array(pattern.unicodeScalars))
        let node = try parser.alternatives()
        guard parser.isAtEnd else { throw PatternFault("a ')' closes nothing") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var isAtEnd: Bool { index == scalars.count }

    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < scalars.count ? scalars[index + distance] : nil
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        index += 1
        return true
    }

    private mutating func alternatives() throws(PatternFault) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionLimits.patternDepthMax else {
            throw PatternFault("its groups nest deeper than \(ExpressionLimits.patternDepthMax) levels")
        }
        var alternatives = [try sequence()]
        while skip("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func sequence() throws(PatternFault) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = peek(), isQuoting || scalar != "|" && scalar != ")" {
            if let atom = try atom() { parts.append(try repeated(atom)) }
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    // MARK: repetitions

    private mutating func repeated(_ atom: PatternNode) throws(PatternFault) -> PatternNode {
        if isQuoting {
            // What repeats after `\E` is the last character before it.
            guard peek() == "\\", peek(1) == "E" else { return atom }
            index += 2
            isQuoting = false
        }
        guard let (minimum, maximum) = try counts() else { return atom }
        // Lazy or not: it matches or it does not.
        _ = skip("?")
        if try counts() != nil { throw PatternFault("two repetitions follow one another; group the first: (?:a*)*") }
        return .repetition(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func counts() throws(PatternFault) -> (Int, Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = index
        guard skip("{"), let minimum = number() else { return literalBrace(start) }
        var maximum: Int? = minimum
        if skip(",") { maximum = number() }
        guard skip("}") else { return literalBrace(start) }
        guard minimum <= ExpressionLimits.patternRepeatMax, maximum ?? 0 <= ExpressionLimits.patternRepeatMax else {
            throw PatternFault("it repeats something more than \(ExpressionLimits.patternRepeatMax) times")
        }
        guard minimum <= maximum ?? minimum else { throw PatternFault("a repetition's limits are in the wrong order") }
        return (minimum, maximum)
    }

    /// A brace that begins no repetition stands for itself.
    private mutating func literalBrace(_ start: Int) -> (Int, Int?)? {
        index = start
        return nil
    }

    /// Beyond five digits the number does not count any further: it is above every limit.
    private mutating func number() -> Int? {
        var number: Int?
        while let digit = peek(), ("0"..."9").contains(digit) {
            number = min((number ?? 0) * 10 + Int(digit.value - 0x30), 99_999)
            index += 1
        }
        return number
    }

    // MARK: atoms

    /// The next atom; nil where something without a meaning of its own stood, like `(?i)`.
    private mutating func atom() throws(PatternFault) -> PatternNode? {
        guard let scalar = peek() else { return nil }
        index += 1
        if isQuoting { return quoted(scalar) }
        switch scalar {
        case ".": return flags.matchesNewline ? .any : .anyButNewline
        case "^": return .assertion(flags.isMultiline ? .beginOfLine : .beginOfText)
        case "$": return .assertion(flags.isMultiline ? .endOfLine : .endOfText)
        case "[": return .oneOf(try bracketClass())
        case "(": return try group()
        case "\\": return try escape()
        case "*", "+", "?": throw nothingToRepeat(scalar)
        case "{":
            index -= 1
            if try counts() != nil { throw nothingToRepeat(scalar) }
            index += 1
            return literal(scalar)
        default: return literal(scalar)
        }
    }

    private func nothingToRepeat(_ mark: Unicode.Scalar) -> PatternFault {
        PatternFault("there is nothing before '\(mark)' to repeat")
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        guard flags.ignoresCase, scalar.properties.isCased else { return .scalar(scalar) }
        let cases = ScalarCases(scalar, isCaseless: false)
        var set = ScalarClass()
        set.ignoresCase = true
        for scalar in [cases.scalar, cases.lower, cases.upper, cases.folded] { set.insert(scalar.value, scalar.value) }
        set.normalize()
        return .oneOf(set)
    }

    private mutating func group() throws(PatternFault) -> PatternNode? {
        guard skip("?") else { return try closed(with: flags) }
        let isNamed = peek() == "P" && peek(1) == "<"
        if isNamed || peek() == "<" && peek(1) != "=" && peek(1) != "!" {
            try skipGroupName()
            return try closed(with: flags)
        }
        if let mark = peek(), ["=", "!", "<"].contains(mark) {
            throw PatternFault("looking ahead or behind is not possible")
        }
        let changed = try changedFlags()
        if skip(":") { return try closed(with: changed) }
        guard skip(")") else { throw PatternFault("after '(?' stand flags of i, m, s and U, or ':'") }
        // They hold to the end of the group around, which puts them back.
        flags = changed
        return nil
    }

    /// The rest of a group, in which the flags hold.
    private mutating func closed(with inner: Flags) throws(PatternFault) -> PatternNode {
        let outer = flags
        flags = inner
        defer { flags = outer }
        let node = try alternatives()
        guard skip(")") else { throw PatternFault("a '(' is not closed") }
        return node
    }

    private mutating func skipGroupName() throws(PatternFault) {
        _ = skip("P")
        _ = skip("<")
        var length = 0
        while let scalar = peek(), scalar != ">" {
            guard scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) else { break }
            length += 1
            index += 1
        }
        guard length > 0, skip(">") else { throw PatternFault("a group's name stands in '<' and '>'") }
    }

    private mutating func changedFlags() throws(PatternFault) -> Flags {
        var changed = flags
        var isOn = true
        while let scalar = peek() {
            switch scalar {
            case "i": changed.ignoresCase = isOn
            case "m": changed.isMultiline = isOn
            case "s": changed.matchesNewline = isOn
            case "U": break
            case "-" where isOn && ["i", "m", "s", "U"].contains(peek(1)): isOn = false
            default: return changed
            }
            index += 1
        }
        return changed
    }
}
