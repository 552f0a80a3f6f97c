import ArgumentParser
import Client
import Plan

/// Prints in what two plans differ.
struct PlanDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Print what the newer of two plans changes.",
        discussion: """
            A line a change: what came begins with +, what went with -. How a plan is written makes no difference, nor \
            does a default that is written down. With one file, the older plan is that of a daemon: the one in force, \
            or --version.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The older and the newer plan, or the newer alone.")
    var files: [String]

    @Option(help: "Compare with this version of the daemon's plan.")
    var version: Int?

    func validate() throws {
        guard (1...2).contains(files.count) else { throw ValidationError("One plan or two, not \(files.count).") }
        if files.count == 2, version != nil { throw ValidationError("--version goes with one plan, not with two.") }
    }

    func run() async throws {
        if files.count == 2 { return show(try PlanFile.plan(files[0]).changes(to: try PlanFile.plan(files[1]))) }
        let newer = try PlanFile.plan(files[0])
        try await connection.withClient { client in
            show(try await PlanFile.plan(of: client, version: version).changes(to: newer))
        }
    }

    private func show(_ changes: [PlanChange]) {
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
