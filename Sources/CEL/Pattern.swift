/// A pattern that was made ready for matching.
///
/// A nondeterministic automaton that is in all of its states at once: the time of a match is the product of the text's
/// length and the number of states at most, whatever the pattern.
///
/// Source: Ken Thompson, "Regular Expression Search Algorithm", 1968; Russ Cox, "Regular Expression Matching: the
/// Virtual Machine Approach", 2009.
struct Pattern: Sendable {
    enum State {
        case scalar(Unicode.Scalar)
        /// An index in `classes`.
        case oneOf(Int)
        case any
        case anyButNewline
        case assertion(PatternNode.Assertion)
        /// Both the next state and the given one.
        case split(Int)
        case jump(Int)
        case match
    }

    /// What the whole pattern comes to where it is text without anything special.
    enum Plain {
        case contains(String)
        case hasPrefix(String)
        case hasSuffix(String)
        case equals(String)
    }

    private(set) var states: [State] = []
    private(set) var classes: [ScalarClass] = []
    /// Whether other cases of a text's characters are asked for.
    private(set) var ignoresCase = false
    private(set) var plain: Plain?
    /// The character that every match begins with, if there is one.
    private(set) var firstScalar: Unicode.Scalar?
    /// Whether it can match at the beginning of a text only.
    private(set) var isAnchored = false
    /// Pieces that were written out, empty ones as well: `(){1000}` has no states.
    private var pieceCount = 0

    /// - Throws: what is wrong with it, also if it is too long or has too many states.
    init(_ pattern: String) throws(PatternFault) {
        let node = try PatternParser.parse(pattern)
        plain = Self.plain(node)
        if case .sequence(let parts) = node, case .assertion(.beginOfText)? = parts.first { isAnchored = true }
        try write(node)
        try append(.match)
        if case .scalar(let scalar)? = states.first { firstScalar = scalar }
    }

    private static func plain(_ node: PatternNode) -> Plain? {
        var parts: [PatternNode] =
            switch node {
            case .empty: []
            case .sequence(let parts): parts
            case .scalar, .assertion: [node]
            case .oneOf, .any, .anyButNewline, .alternatives, .repetition: [.any]
            }
        var (isPrefix, isSuffix) = (false, false)
        if case .assertion(.beginOfText)? = parts.first {
            isPrefix = true
            parts.removeFirst()
        }
        if case .assertion(.endOfText)? = parts.last {
            isSuffix = true
            parts.removeLast()
        }
        var text = String.UnicodeScalarView()
        for part in parts {
            guard case .scalar(let scalar) = part else { return nil }
            text.append(scalar)
        }
        return switch (isPrefix, isSuffix) {
        case (false, false): .contains(String(text))
        case (true, false): .hasPrefix(String(text))
        case (false, true): .hasSuffix(String(text))
        case (true, true): .equals(String(text))
        }
    }

    private mutating func append(_ state: State) throws(PatternFault) {
        try count()
        states.append(state)
    }

    private mutating func count() throws(PatternFault) {
        pieceCount += 1
        guard pieceCount <= ExpressionLimits.patternStateCountMax else {
            throw PatternFault(
                "with its repetitions written out it has more than \(ExpressionLimits.patternStateCountMax) parts")
        }
    }

    private mutating func write(_ node: PatternNode) throws(PatternFault) {
        switch node {
        case .empty: try count()
        case .scalar(let scalar): try append(.scalar(scalar))
        case .oneOf(let set):
            try append(.oneOf(classes.count))
            classes.append(set)
            if set.ignoresCase { ignoresCase = true }
        case .any: try append(.any)
        case .anyButNewline: try append(.anyButNewline)
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try write(part) }
        case .alternatives(let alternatives): try write(alternatives: alternatives)
        case .repetition(let part, let minimum, let maximum):
            for _ in 0..<minimum { try write(part) }
            if let maximum { try write(part, times: maximum - minimum) } else { try writeLoop(part) }
        }
    }

    private mutating func write(alternatives: [PatternNode]) throws(PatternFault) {
        var ends: [Int] = []
        for (index, alternative) in alternatives.enumerated() {
            guard index < alternatives.count - 1 else {
                try write(alternative)
                break
            }
            let split = states.count
            try append(.split(0))
            try write(alternative)
            ends.append(states.count)
            try append(.jump(0))
            states[split] = .split(states.count)
        }
        for end in ends { states[end] = .jump(states.count) }
    }

    /// `a?` as often as said, each within the one before.
    private mutating func write(_ part: PatternNode, times: Int) throws(PatternFault) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(states.count)
            try append(.split(0))
            try write(part)
        }
        for split in splits { states[split] = .split(states.count) }
    }

    private mutating func writeLoop(_ part: PatternNode) throws(PatternFault) {
        let split = states.count
        try append(.split(0))
        try write(part)
        try append(.jump(split))
        states[split] = .split(states.count)
    }
}
