import ArgumentParser
import Plan

/// Prints a plan as it is written canonically.
struct PlanExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a plan in its canonical form.",
        discussion: """
            As YAML it says what differs from the defaults, with its keys in the order of docs/plan.md; as JSON it \
            says everything. Comments are not kept.
            """)

    private enum Format: String, EnumerableFlag {
        case yaml
        case json
    }

    @Argument(help: "The plan.")
    var file: String

    @Flag(help: "As YAML, which is the default, or as one JSON object.")
    private var format: Format = .yaml

    func run() throws {
        let plan = try PlanFile.plan(file)
        switch format {
        case .yaml: Terminal.write(plan.yaml)
        case .json: Terminal.line(String(decoding: plan.document, as: UTF8.self))
        }
    }
}
