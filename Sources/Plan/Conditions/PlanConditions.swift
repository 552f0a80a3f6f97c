import CEL
package import Routing

/// The conditions of a plan's rules and policies, made ready.
package struct PlanConditions: RuleConditions {
    /// A class, so that a verdict holds on to one thing instead of to each part of a program.
    private final class Condition: Sendable {
        let program: Program
        let reads: InquiryVariables

        init(_ program: Program) {
            self.program = program
            reads = InquiryVariables(readBy: program)
        }
    }

    /// By rule and by policy; nil: it always matches.
    private let rules: [Condition?]
    private let policies: [Condition?]
    /// What any of them reads.
    private let reads: InquiryVariables
    private let calendars: OpenCalendars

    /// Steps of one condition, a millisecond or so of the engine's thread at worst; a typical one takes about ten.
    package static let stepsMax = 10_000
    /// Steps of all conditions of one inquiry. Those that are behind it fail.
    package static let inquiryStepsMax = 100_000
    private static let sizeMax = 65_536

    /// - Parameter rules: by rule, as `policies` by policy; nil: it always matches.
    init(rules: [Program?], policies: [Program?], _ calendars: [(name: String, compiler: CalendarCompiler)]) {
        self.rules = rules.map { $0.map { Condition($0) } }
        self.policies = policies.map { $0.map { Condition($0) } }
        reads = (self.rules + self.policies).reduce([]) { $0.union($1?.reads ?? []) }
        self.calendars = OpenCalendars(calendars)
    }

    /// Allocates once an inquiry, and once more at the first rule that reads attributes; comparisons then allocate
    /// nothing.
    package func verdict(ofRule number: Int, on input: inout RuleInput) -> RuleVerdict {
        verdict(of: rules[number], on: &input)
    }

    package func verdict(ofPolicy number: Int, on input: inout RuleInput) -> RuleVerdict {
        verdict(of: policies[number], on: &input)
    }

    private func verdict(of condition: Condition?, on input: inout RuleInput) -> RuleVerdict {
        guard let condition else { return .matches }
        let values = values(for: condition.reads, of: &input)
        let limits = EvaluationLimits(
            cost: min(Self.stepsMax, max(0, Self.inquiryStepsMax - input.spent)), size: Self.sizeMax)
        do throws(EvaluationError) {
            return try condition.program.matches(values, limits: limits, spent: &input.spent) ? .matches : .differs
        } catch {
            return error.code == .missing ? .differs : .fails(error.description)
        }
    }

    /// Reading attributes takes longest, so they wait until a condition asks for them.
    private func values(for wanted: InquiryVariables, of input: inout RuleInput) -> InquiryValues {
        if let known = input.prepared as? InquiryValues, known.made.isSuperset(of: wanted) { return known }
        let needed = wanted.contains(.attributes) ? reads : reads.subtracting(.attributes)
        let values = InquiryValues(input, needed, calendars)
        input.prepared = values
        return values
    }
}
