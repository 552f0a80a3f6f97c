import ArgumentParser
import Foundation
import Plan
import Routing

/// What the rules of a plan cost a submission.
struct RulesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Submissions under a plan with and without rules; the engine alone.")

    @Option(help: "How many rules.")
    var rules = 200

    @Option(help: "Submissions of a round.")
    var count = 20_000

    @Option(help: "Rounds measured, after one that is not.")
    var rounds = 5

    @OptionGroup var rows: RowOptions

    private static let attributes = #"{"tier":"gold","lang":"ko","amount":129.5,"order":"2026-0001","city":"서울"}"#

    func run() throws {
        for number in [0, rules] {
            let results = try measure(rules: number)
            try rows.put(
                "rules.submit.\(number)", 1e9 / results.best, "1/s",
                String(format: "%.2f µs each, median %.2f µs", results.best / 1e3, results.median / 1e3))
        }
    }

    /// Nanoseconds of a submission. Each inquiry is withdrawn at once, so that none is left in the way of the next.
    private func measure(rules: Int) throws -> Rounds {
        var floor = Floor(try plan(rules: rules).compile(version: 1))
        floor.submit(count)
        var results = Rounds()
        for _ in 0..<rounds {
            let began = processorTime()
            floor.submit(count)
            results.add(Double(processorTime() - began) / Double(count))
        }
        return results
    }

    /// Rules as plans have them: a comparison of the channel, of an attribute, of one that may be missing, a part of the
    /// subject, opening hours. One in fifty matches.
    private func plan(rules: Int) throws -> RoutingPlan {
        let text = "calendars: {seoul: {timezone: Asia/Seoul, hours: {mon-fri: ['09:00-18:00']}}}"
        guard var plan = RoutingPlan.read(Array(text.utf8)).plan else { throw BenchError("the plan is faulty") }
        plan.rules = (0..<rules).map { number in
            var rule = RoutingPlan.Rule("rule \(number)", condition: Self.condition(number))
            rule.priority = 1
            return rule
        }
        return plan
    }

    private static func condition(_ number: Int) -> String {
        if number % 50 == 0 { return #"inquiry.attrs.tier == "gold""# }
        return switch number % 5 {
        case 0: #"inquiry.channel == "channel-\#(number)""#
        case 1: #"inquiry.attrs.tier == "tier-\#(number)" && inquiry.attrs.amount > 100"#
        case 2: #"has(inquiry.attrs.key\#(number)) && inquiry.attrs.key\#(number) in ["a", "b"]"#
        case 3: #"inquiry.subject.contains("word-\#(number)")"#
        default: #"!open("seoul") && inquiry.attrs.lang == "fr""#
        }
    }

    private struct Floor: ~Copyable {
        var engine: Engine
        var output = Output()
        let submission: Submission
        let now = Instant(microseconds: 1_772_442_000_000_000)

        init(_ plan: CompiledPlan) {
            engine = Engine(plan: plan, at: now)
            submission = Submission(
                source: 1, channel: 1,
                texts: InquiryTexts(
                    customer: Array("customer-1".utf8), subject: Array("환불 부탁드립니다, order 2026-0001".utf8),
                    attributes: Array(RulesBench.attributes.utf8)))
        }

        mutating func submit(_ count: Int) {
            for _ in 0..<count {
                output.clear()
                engine.apply(.submit(submission), at: now, into: &output)
                guard case .submitted(let id, _) = output.reply else { preconditionFailure("it is taken in") }
                engine.apply(.abandon(id: id), at: now, into: &output)
                if id % 100 == 0 {
                    var changes = Changes()
                    engine.takeChanges(into: &changes)
                }
            }
        }
    }
}
