import ArgumentParser
import Foundation
import Plan
import Simulation

/// How far estimates of a wait are off, by the way in which they are made.
struct EstimatesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ewt", abstract: "Compares ways of estimating a wait, on made and on recorded loads.",
        discussion: "Prints the tables of docs/estimates.md. The engine on a virtual clock: the same every time.")

    @Option(help: ArgumentHelp("A recording as docs/replay.md describes it, beside the made loads.", valueName: "file"))
    var recording: String?

    @Option(help: ArgumentHelp("The plan that the recording is played under.", valueName: "file"))
    var plan = "docs/plans/bank-credit.yaml"

    func run() throws {
        try table(EstimateLoads.synthetic)
        guard let recording else { return }
        let calls = try Recording(csv: Array(Data(contentsOf: URL(fileURLWithPath: recording))))
        let text = try Data(contentsOf: URL(fileURLWithPath: plan))
        let report = RoutingPlan.read(Array(text), conditions: ConditionLanguage())
        guard let plan = report.plan else { throw BenchError("\(plan) is faulty: \(report.faults[0])") }
        try table(EstimateLoads.recorded(calls, name: "recording", plan: plan))
    }

    private func table(_ loads: [EstimateLoads.Load]) throws {
        for line in EstimateErrors.table(try loads.flatMap { try EstimateLoads.errors($0) }) { print(line) }
        print("")
    }
}
