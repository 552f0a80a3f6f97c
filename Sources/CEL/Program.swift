/// An expression that was read, checked and made ready. Evaluating it changes nothing; any thread may.
///
/// One reference: passing it around costs no more than that.
package struct Program: Sendable {
    private let code: Code

    /// - Parameters:
    ///   - declarations: the names that it may use.
    ///   - expected: the type that its result must have, as far as that is known; `dyn` for any.
    /// - Throws: the first fault.
    package init(
        _ source: String, in declarations: Declarations, expecting expected: ValueType = .dyn
    ) throws(Fault) {
        let checked = try Checker.check(Parser.parse(source), declarations, isLenient: false)
        let root = checked.tree.root
        guard checked.types[root].goesWith(expected) else {
            let what = expected == .bool ? "a condition" : "a value of type \(expected)"
            throw Fault(
                "here \(what) is asked for; this is a value of type \(checked.types[root])",
                at: checked.tree.firstOffset, in: source)
        }
        self.init(checked)
    }

    /// A program whose types and names are left to its evaluation, which fails where it meets what does not fit.
    ///
    /// For the conformance tests, some of which ask for it.
    ///
    /// - Throws: the first fault of the syntax.
    package init(unchecked source: String, in declarations: Declarations) throws(Fault) {
        self.init(try Checker.check(Parser.parse(source), declarations, isLenient: true))
    }

    private init(_ checked: Checker) {
        code = Emitter.emit(checked)
    }

    package var source: String { code.source }

    /// `dyn` where it depends on values.
    package var type: ValueType { code.type }

    /// The numbers of the variables that it may read, in ascending order. O(instructions).
    package var variables: [Int] {
        var numbers: Set<Int> = []
        for instruction in code.instructions {
            switch instruction.operation {
            case .variable, .entry, .entryAt, .hasVariable, .hasEntry: numbers.insert(Int(instruction.first))
            case .isKey: numbers.insert(Int(instruction.second))
            default: continue
            }
        }
        return numbers.sorted()
    }

    /// The value of the expression.
    ///
    /// - Throws: why it has none, also if a limit was reached.
    package func evaluate(
        _ bindings: any Bindings = ValueBindings(), limits: EvaluationLimits = EvaluationLimits()
    ) throws(EvaluationError) -> Value {
        var evaluation = Evaluation(code, bindings, limits)
        do {
            return try evaluation.evaluate(code.root)
        } catch {
            throw EvaluationError(error, at: evaluation.position, in: source)
        }
    }

    /// Whether the condition holds. Allocates nothing for comparisons and for `in` with a list that is written out.
    ///
    /// - Throws: why that cannot be said, also if the value is no bool.
    package func matches(
        _ bindings: any Bindings = ValueBindings(), limits: EvaluationLimits = EvaluationLimits()
    ) throws(EvaluationError) -> Bool {
        var spent = 0
        return try matches(bindings, limits: limits, spent: &spent)
    }

    /// The same.
    ///
    /// - Parameter spent: grows by the steps that it took, whatever comes of it.
    package func matches(
        _ bindings: any Bindings, limits: EvaluationLimits, spent: inout Int
    ) throws(EvaluationError) -> Bool {
        var evaluation = Evaluation(code, bindings, limits)
        defer { spent += limits.cost - max(0, evaluation.meter.remaining) }
        do {
            return try evaluation.condition(code.root)
        } catch {
            throw EvaluationError(error, at: evaluation.position, in: source)
        }
    }
}
