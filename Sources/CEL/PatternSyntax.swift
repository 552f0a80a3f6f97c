/// What a pattern is made of.
indirect enum PatternNode {
    case empty
    case scalar(Unicode.Scalar)
    case oneOf(ScalarClass)
    case any
    case anyButNewline
    case assertion(Assertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `maximum` is nil for as often as one likes. Which repetition is preferred makes no difference to whether a text
    /// matches.
    case repetition(PatternNode, minimum: Int, maximum: Int?)

    enum Assertion {
        case beginOfText
        case endOfText
        case beginOfLine
        case endOfLine
        case wordBoundary
        case noWordBoundary
    }
}

/// Why a text is no pattern.
struct PatternFault: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// A set of characters.
struct ScalarClass: Sendable {
    /// Sorted, without overlaps; inclusive.
    private var ranges: [(first: UInt32, last: UInt32)] = []
    /// By `ScalarProperty.bit`.
    private var categories: UInt32 = 0
    private var scripts: [Script] = []
    /// Sets without negations whose complements belong to the set.
    private var complements: [ScalarClass] = []
    var isNegated = false
    /// Whether a character counts as its other cases, too. A complement then lacks what has a case in the set.
    var ignoresCase = false

    mutating func insert(_ first: UInt32, _ last: UInt32) {
        ranges.append((first, last))
    }

    mutating func insert(_ property: ScalarProperty) {
        switch property {
        case .any: insert(0, 0x10FFFF)
        case .categories(let bits): categories |= bits
        case .script(let script): if !scripts.contains(script) { scripts.append(script) }
        }
    }

    mutating func insert(_ added: [ClosedRange<UInt32>]) {
        for range in added { insert(range.lowerBound, range.upperBound) }
    }

    /// - Throws: a fault if there are too many: each is looked at for every character.
    mutating func insert(complementOf set: ScalarClass) throws(PatternFault) {
        guard complements.count < ExpressionLimits.patternComplementCountMax else {
            throw PatternFault(
                "between brackets stand more than \(ExpressionLimits.patternComplementCountMax) classes like \\D or \\PL"
            )
        }
        complements.append(set)
    }

    /// Sorts the ranges and joins those that touch. To be called before `contains`.
    mutating func normalize() {
        for index in complements.indices { complements[index].normalize() }
        var joined: [(first: UInt32, last: UInt32)] = []
        for range in ranges.sorted(by: { $0.first < $1.first }) {
            if let previous = joined.last, range.first <= previous.last &+ 1 {
                joined[joined.count - 1].last = max(previous.last, range.last)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    /// O(log ranges).
    func contains(_ cases: ScalarCases) -> Bool {
        let included =
            includes(cases, ignoringCase: ignoresCase)
            || complements.contains { !$0.includes(cases, ignoringCase: ignoresCase) }
        return included != isNegated
    }

    private func includes(_ cases: ScalarCases, ignoringCase: Bool) -> Bool {
        if includes(cases.scalar) { return true }
        return ignoringCase && (includes(cases.lower) || includes(cases.upper) || includes(cases.folded))
    }

    private func includes(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < scalar.value { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].first <= scalar.value { return true }
        if categories != 0, categories & ScalarProperty.bit(scalar.properties.generalCategory) != 0 { return true }
        return scripts.contains { $0.contains(scalar) }
    }
}

/// A character with its other cases.
struct ScalarCases {
    let scalar: Unicode.Scalar
    let lower: Unicode.Scalar
    let upper: Unicode.Scalar
    /// The small letter of the capital one: `σ` for `ς`.
    let folded: Unicode.Scalar

    /// - Parameter isCaseless: whether the other cases are not asked for.
    init(_ scalar: Unicode.Scalar, isCaseless: Bool) {
        self.scalar = scalar
        // The i without a dot and the capital one with it are letters of their own but in Turkic languages.
        if isCaseless || scalar == "\u{130}" || scalar == "\u{131}" || !scalar.properties.isCased {
            (lower, upper, folded) = (scalar, scalar, scalar)
        } else {
            lower = Self.single(scalar.properties.lowercaseMapping) ?? scalar
            upper = Self.single(scalar.properties.uppercaseMapping) ?? scalar
            folded = Self.single(upper.properties.lowercaseMapping) ?? scalar
        }
    }

    /// The one character of a mapping; mappings to several (`ß` to `SS`) are none of a character.
    private static func single(_ mapping: String) -> Unicode.Scalar? {
        let scalars = mapping.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
