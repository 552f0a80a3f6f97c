extension Pattern {
    /// Whether the pattern matches somewhere in the text.
    ///
    /// - Throws: the limit of the meter, which is charged a step for every state that is entered.
    func matches(_ text: String, _ meter: inout Meter) throws(Failure) -> Bool {
        try meter.charge(bytes: text.utf8.count)
        switch plain {
        case .contains(let part)?: return Text.contains(text, part)
        case .hasPrefix(let part)?: return Text.hasPrefix(text, part)
        case .hasSuffix(let part)?: return Text.hasSuffix(text, part)
        case .equals(let part)?: return Text.areEqual(text, part)
        case nil:
            var matcher = PatternMatcher(self)
            return try matcher.run(text, &meter)
        }
    }
}

/// One match under way.
private struct PatternMatcher {
    let pattern: Pattern
    /// States that await the next character.
    private var waiting: [Int] = []
    /// Targets that were reached with the character before.
    private var reached: [Int] = []
    /// The place of the text at which each state was entered last.
    private var enteredAt: [Int]
    private var stack: [Int] = []

    init(_ pattern: Pattern) {
        self.pattern = pattern
        enteredAt = Array(repeating: -1, count: pattern.states.count)
    }

    mutating func run(_ text: String, _ meter: inout Meter) throws(Failure) -> Bool {
        var scalars = text.unicodeScalars.makeIterator()
        var previous: Unicode.Scalar?
        var next = scalars.next()
        var place = 0
        while true {
            if reached.isEmpty, let first = pattern.firstScalar {
                while let scalar = next, scalar != first {
                    previous = scalar
                    next = scalars.next()
                }
            }
            if place == 0 || !pattern.isAnchored { reached.append(0) }
            if try enter(place, previous, next, &meter) { return true }
            guard let scalar = next else { return false }
            if pattern.isAnchored, waiting.isEmpty { return false }
            step(over: ScalarCases(scalar, isCaseless: !pattern.ignoresCase))
            previous = scalar
            next = scalars.next()
            place += 1
        }
    }

    /// Follows everything that takes no character from the states that were reached. Whether the match is found.
    private mutating func enter(
        _ place: Int, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?, _ meter: inout Meter
    ) throws(Failure) -> Bool {
        waiting.removeAll(keepingCapacity: true)
        swap(&stack, &reached)
        while let state = stack.popLast() {
            guard enteredAt[state] != place else { continue }
            enteredAt[state] = place
            try meter.charge()
            switch pattern.states[state] {
            case .match: return true
            case .jump(let target): stack.append(target)
            case .split(let target):
                stack.append(target)
                stack.append(state + 1)
            case .assertion(let assertion):
                if Self.holds(assertion, between: previous, and: next) { stack.append(state + 1) }
            case .scalar, .oneOf, .any, .anyButNewline: waiting.append(state)
            }
        }
        return false
    }

    private mutating func step(over cases: ScalarCases) {
        for state in waiting {
            let passes =
                switch pattern.states[state] {
                case .scalar(let scalar): scalar == cases.scalar
                case .oneOf(let index): pattern.classes[index].contains(cases)
                case .any: true
                case .anyButNewline: cases.scalar != "\n"
                case .assertion, .split, .jump, .match: false
                }
            if passes { reached.append(state + 1) }
        }
    }

    private static func holds(
        _ assertion: PatternNode.Assertion, between previous: Unicode.Scalar?, and next: Unicode.Scalar?
    ) -> Bool {
        switch assertion {
        case .beginOfText: previous == nil
        case .endOfText: next == nil
        case .beginOfLine: previous == nil || previous == "\n"
        case .endOfLine: next == nil || next == "\n"
        case .wordBoundary: isWord(previous) != isWord(next)
        case .noWordBoundary: isWord(previous) == isWord(next)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
