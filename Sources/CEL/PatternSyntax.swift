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
struct ScalarClass {
    /// Sorted, without overlaps; inclusive.
    private var ranges: [(first: UInt32, last: UInt32)] = []
    /// By `ScalarProperty.bit`.
    private var categories: UInt32 = 0
    private var scripts: [(script: Script, isNegated: Bool)] = []
    var isNegated = false
    /// Whether a character counts as its other cases, too.
    var ignoresCase = false

    mutating func insert(_ first: UInt32, _ last: UInt32) {
        ranges.append((first, last))
    }

    mutating func insert(_ property: ScalarProperty, isNegated: Bool) {
        switch property {
        case .any: insert([0...0x10FFFF], isNegated: isNegated)
        case .categories(let bits): categories |= isNegated ? ~bits : bits
        case .script(let script):
            if !scripts.contains(where: { $0 == (script, isNegated) }) { scripts.append((script, isNegated)) }
        }
    }

    /// Adds a set that is given by sorted ranges, or its complement.
    mutating func insert(_ added: [ClosedRange<UInt32>], isNegated: Bool) {
        guard isNegated else {
            for range in added { insert(range.lowerBound, range.upperBound) }
            return
        }
        var next: UInt32 = 0
        for range in added {
            if range.lowerBound > next { insert(next, range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { insert(next, 0x10FFFF) }
    }

    /// Sorts the ranges and joins those that touch. To be called before `contains`.
    mutating func normalize() {
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
        if !ignoresCase { return includes(cases.scalar) != isNegated }
        let included =
            includes(cases.scalar) || includes(cases.lower) || includes(cases.upper) || includes(cases.folded)
        return included != isNegated
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
        return scripts.contains { $0.script.contains(scalar) != $0.isNegated }
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
        if isCaseless || !scalar.properties.isCased {
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
