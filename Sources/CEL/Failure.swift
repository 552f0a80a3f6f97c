/// Why a step of an evaluation came to nothing; where is added by the evaluation.
struct Failure: Error, Sendable {
    let code: EvaluationError.Code
    /// What the message speaks of. A name or a sentence, depending on the code.
    let subject: String

    init(_ code: EvaluationError.Code, _ subject: String = "") {
        self.code = code
        self.subject = subject
    }

    static func noOverload(_ operation: String, _ operands: Value...) -> Failure {
        Failure(.noOverload, "\(operation) (\(operands.map(\.kind.name).joined(separator: ", ")))")
    }

    static func missing(_ key: Value) -> Failure {
        if case .string(let key) = key { return Failure(.missing, key) }
        return Failure(.missing, key.json(bytesMax: 100) ?? "of \(key.kind.name)")
    }
}

/// Why an evaluation has no result.
package struct EvaluationError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A key of a map or a variable that has no value. In a condition: it does not match.
        case missing
        /// The operands are of types that the operator or function has no meaning for.
        case noOverload
        case divisionByZero
        /// An int, uint, timestamp or duration out of range.
        case overflow
        /// An index outside of its list.
        case index
        /// A value that cannot be made into one of another type.
        case conversion
        /// An unknown time zone, or a pattern that is none.
        case argument
        /// A map's key that is given twice or is of a type that keys are not of.
        case key
        /// A name that is not declared; in expressions that were not checked.
        case unknownName
        /// The function of the host has no result.
        case host
        case costLimit
        case depthLimit
        case sizeLimit

        /// Whether the evaluation was stopped, which `&&` and `||` do not absorb.
        package var isLimit: Bool {
            switch self {
            case .costLimit, .depthLimit, .sizeLimit: true
            case .missing, .noOverload, .divisionByZero, .overflow, .index, .conversion, .argument, .key, .unknownName,
                .host:
                false
            }
        }
    }

    private let failure: Failure
    private let source: String
    /// In bytes from the beginning of the source.
    private let offset: Int

    init(_ failure: Failure, at offset: Int, in source: String) {
        self.failure = failure
        self.source = source
        self.offset = offset
    }

    package var code: Code { failure.code }

    /// A sentence without the place. Built when asked for: most errors are missing keys that nobody reads.
    package var message: String {
        let subject = failure.subject
        return switch code {
        case .missing: "no such key: \(subject)"
        case .noOverload: "no such overload: \(subject)"
        case .divisionByZero: "division by zero"
        case .overflow: "out of range: \(subject)"
        case .index, .conversion, .argument, .key, .host: subject
        case .unknownName: "undeclared: \(subject)"
        case .costLimit: "stopped after the \(subject) steps that an evaluation may take"
        case .depthLimit: "a value that nests deeper than \(EvaluationLimits.valueDepthMax) levels"
        case .sizeLimit: "the result would be larger than \(subject)"
        }
    }

    /// Where in the source it came about.
    package var position: SourcePosition { SourcePosition(offset: offset, in: source) }

    /// The line, or the part of it around the place, and under it a caret that points at the place.
    package var excerpt: String { Excerpt.render(source, position) }

    package var description: String { "line \(position.line), column \(position.column): \(message)" }
}
