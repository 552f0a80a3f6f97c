import ArgumentParser
import Plan

/// Says everything that is wrong with a plan.
struct PlanCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with a plan, and what is odd.",
        discussion: "A line a fault, FILE:LINE:COLUMN: KEY: what is wrong, then the warnings. 1 if there are faults.")

    @Argument(help: "The plan.")
    var file: String

    func run() throws {
        let report = try PlanFile.read(file)
        for fault in report.faults { Terminal.line(PlanFile.line(fault, file)) }
        for warning in report.warnings { Terminal.line(PlanFile.line(warning, file, "warning: ")) }
        if !report.faults.isEmpty { throw Failure.refused }
        if report.warnings.isEmpty { Terminal.line("\(file): no faults, no warnings") }
    }
}
