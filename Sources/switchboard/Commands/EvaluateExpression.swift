import ArgumentParser
import Foundation
import Plan
import Routing

/// Evaluates expressions of the rule language.
struct EvaluateExpression: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel", abstract: "Evaluate an expression of the rule language, CEL.",
        discussion: """
            Prints the value as JSON. Without an expression it answers one JSON object a line from standard input, \
            {"expr": …, "bindings": {…}}, each by a line {"value": …} or {"error": "…"}.

            With --rule the expression is a rule's condition, and the bindings fill its scope: {"inquiry": {"channel": \
            "chat", "attrs": {…}}, "customer": {"open": [3], "last_agent": "kim"}, "now": "2026-03-02T09:00:00Z", \
            "calendars": {"seoul": true}}, any part of it or none.
            """)

    @Argument(help: "The expression; without it questions are read from standard input.")
    var expression: String?

    @Option(help: ArgumentHelp("A JSON object: the names that the expression may use.", valueName: "file"))
    var bindings: String?

    @Flag(help: "Check it as the condition of a rule, in the scope of rules.")
    var rule = false

    func validate() throws {
        if expression == nil, bindings != nil {
            throw ValidationError("--bindings goes with an expression; on standard input each question has its own")
        }
    }

    func run() throws {
        guard let expression else { return answerLines() }
        let bindings = try bindings.map { try InputFile.bytes($0) } ?? []
        do throws(ExpressionTrial.Complaint) {
            let trial =
                try rule
                ? ExpressionTrial(ruleBindings: bindings, now: .current) : ExpressionTrial(bindings: bindings)
            Terminal.line(try trial.answer(expression))
        } catch {
            Terminal.complain([error.message, error.excerpt].compactMap { $0 }.joined(separator: "\n"))
            throw Failure.refused
        }
    }

    private func answerLines() {
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            Terminal.line(ExpressionTrial.answer(line: Array(line.utf8), isRule: rule, now: .current))
        }
    }
}

extension Instant {
    /// What the wall clock shows.
    static var current: Instant { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}
