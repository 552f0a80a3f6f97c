import Plan
import Routing
import Server

/// Reads plans as the daemon does.
struct StageDesk: PlanDesk {
    func read(_ document: [UInt8], over present: [UInt8], agents: [AgentDefinition]) -> PlanReading {
        let report = RoutingPlan.read(document, conditions: ConditionLanguage())
        var faults = report.faults.map { PlanReading.Remark(path: $0.path, message: $0.message) }
        var compiled: CompiledPlan?
        if let plan = report.plan {
            do {
                compiled = try plan.compile(version: 0, clockSpeed: 1)
            } catch {
                faults = [PlanReading.Remark(path: error.path, message: error.message)]
            }
        }
        let document = compiled == nil ? [] : report.plan?.document ?? []
        return PlanReading(
            plan: compiled, document: document, changes: compiled == nil ? [] : changes(from: present, to: document),
            faults: faults, warnings: [], isTooLarge: report.isTooLarge)
    }

    func changes(from older: [UInt8], to newer: [UInt8]) -> [String] {
        guard let newer = RoutingPlan.read(newer).plan else { return [] }
        return (RoutingPlan.read(older).plan ?? RoutingPlan()).changes(to: newer).map(\.line)
    }
}
