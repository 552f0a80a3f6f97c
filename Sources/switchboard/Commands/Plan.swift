import ArgumentParser
import Client
import Plan
import Routing

/// Everything about routing plans. Those of its commands that take a file need no daemon.
struct PlanCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Check, compare, try out and publish routing plans.",
        discussion: "A plan is a file in YAML or JSON; - is standard input. docs/plan.md describes it.",
        subcommands: [
            PlanCheck.self, PlanExport.self, PlanDiff.self, PlanRoute.self, PlanPublish.self, PlanHistory.self,
            PlanRollback.self,
        ])
}

/// A plan in a file.
enum PlanFile {
    static func read(_ path: String) throws -> PlanReport {
        RoutingPlan.read(try InputFile.bytes(path), conditions: ConditionLanguage())
    }

    /// The plan, if it has no faults; else they are told, and the program ends with code 1.
    static func plan(_ path: String) throws -> RoutingPlan {
        let report = try read(path)
        if let plan = report.plan { return plan }
        for fault in report.faults { Terminal.complain(line(fault, path)) }
        throw Failure.refused
    }

    /// The plan of a daemon: the one in force, or an older version.
    static func plan(of client: SwitchboardClient, version: Int?) async throws -> RoutingPlan {
        let asked = fields(["version": version.map(String.init)])
        let answer = try await client.request(Request("PLAN GET", nil, asked))
        let report = RoutingPlan.read(Array((answer["body"] ?? "").utf8), format: .json)
        guard let plan = report.plan else {
            throw ClientError.protocolViolation(
                "a plan that is faulty: \(report.faults.map(\.description).first ?? "")")
        }
        return plan
    }

    /// `shop.yaml:12:5: queues.vip.target: 1s to 30d, not 0s`, as editors and compilers write it.
    static func line(_ finding: PlanFault, _ path: String, _ word: String = "") -> String {
        let place = finding.position.map { ":\($0.line):\($0.column)" } ?? ""
        let key = finding.path.isEmpty ? "" : finding.path + ": "
        return "\(path)\(place): \(word)\(key)\(finding.message)"
    }
}
