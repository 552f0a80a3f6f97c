import ArgumentParser
import Plan
import Simulation

/// Tries routing plans on recorded traffic.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try routing plans on a recorded day, and print what each makes of the waits.",
        discussion: """
            The engine itself plays the day on a clock of its own, once for each plan: no daemon, no database, a day in \
            well under a second. The same file, seed and plans print the same. docs/simulate.md describes it. The exit \
            code is 1 when a plan is faulty, does not go with the recording, or the counts do not add up.
            """)

    @OptionGroup var selection: RecordingOptions

    @Option(help: ArgumentHelp("A plan to try; several are compared.", valueName: "file"))
    var plan: [String]

    @Flag(help: "Print the report as a JSON object.")
    var json = false

    func validate() throws {
        if plan.isEmpty { throw ValidationError("Name a plan to try with --plan FILE.") }
    }

    func run() async throws {
        try await Failure.reporting {
            let recording = try selection.recording()
            let plans = try plan.map { (file: $0, plan: try PlanFile.plan($0)) }
            let scenario = Scenario(recording: recording, seed: selection.seed, priorityByPlan: true)
            let origin = (recording.calls.first?.arrivedAt ?? 0) - Scenario.recordedLead
            var outcomes: [(plan: String, outcome: RehearsalOutcome)] = []
            for (file, plan) in plans {
                let outcome: RehearsalOutcome
                do {
                    outcome = try Rehearsal(scenario: scenario, plan: plan, origin: origin).run()
                } catch {
                    Terminal.complain("\(file): \(error)")
                    throw Failure.refused
                }
                outcomes.append((Self.name(plan, file, taken: outcomes.map(\.plan)), outcome))
            }
            let comparison = PlanComparison(recording: recording, outcomes: outcomes)
            for line in json ? [SimulationJSON.text(comparison)] : comparison.text { Terminal.line(line) }
            for (name, outcome) in outcomes where !outcome.faults.isEmpty {
                for fault in outcome.faults.prefix(20) { Terminal.complain("under \(name): \(fault)") }
                throw Failure.refused
            }
        }
    }

    /// What a plan is called in the tables: by its own name, else by its file's.
    private static func name(_ plan: RoutingPlan, _ file: String, taken: [String]) -> String {
        plan.name.isEmpty || taken.contains(plan.name) ? file : plan.name
    }
}
