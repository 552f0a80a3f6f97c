import ArgumentParser
import Plan

/// Prints in what two plans differ.
struct PlanDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Print what the newer of two plans changes.",
        discussion: """
            A line a change: what came begins with +, what went with -. How a plan is written makes no difference, nor \
            does a default that is written down.
            """)

    @Argument(help: "The older plan.")
    var old: String

    @Argument(help: "The newer plan.")
    var new: String

    func run() throws {
        let changes = try PlanFile.plan(old).changes(to: try PlanFile.plan(new))
        if changes.isEmpty { Terminal.line("No differences.") }
        for change in changes {
            switch change.kind {
            case .added: Terminal.line(Terminal.green(change.line))
            case .removed: Terminal.line(Terminal.red(change.line))
            case .moved: Terminal.line(Terminal.cyan(change.line))
            case .changed: Terminal.line(change.line)
            }
        }
    }
}
