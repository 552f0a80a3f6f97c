import ArgumentParser
import Client
import Plan

/// Prints a plan as it is written canonically.
struct PlanExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a plan in its canonical form.",
        discussion: """
            As YAML it says what differs from the defaults, with its keys in the order of docs/plan.md; as JSON it \
            says everything. Comments are not kept. Without a file it is the plan of a daemon: the one in force, or \
            --version.
            """)

    private enum Format: String, EnumerableFlag {
        case yaml
        case json
    }

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The plan.")
    var file: String?

    @Option(help: "This version of the daemon's plan.")
    var version: Int?

    @Flag(help: "As YAML, which is the default, or as one JSON object.")
    private var format: Format = .yaml

    func validate() throws {
        if file != nil, version != nil { throw ValidationError("--version is a daemon's: name no file with it.") }
    }

    func run() async throws {
        if let file { return show(try PlanFile.plan(file)) }
        try await connection.withClient { client in show(try await PlanFile.plan(of: client, version: version)) }
    }

    private func show(_ plan: RoutingPlan) {
        switch format {
        case .yaml: Terminal.write(plan.yaml)
        case .json: Terminal.line(String(decoding: plan.document, as: UTF8.self))
        }
    }
}
