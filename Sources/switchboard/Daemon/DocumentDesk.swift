import Plan
import Routing
import Server

/// Reads plans for the server.
struct DocumentDesk: PlanDesk {
    /// The engine's clock runs that many times faster than real time.
    let clockSpeed: Int64

    func read(_ document: [UInt8], over present: [UInt8], agents: [AgentDefinition], at now: Instant) -> PlanReading {
        let report = RoutingPlan.read(document, conditions: ConditionLanguage(), agents: agents.map(PlanAgent.init))
        var faults = report.faults.map(Self.remark)
        var compiled: CompiledPlan?
        if let plan = report.plan {
            do {
                compiled = try plan.compile(version: 0, around: now, clockSpeed: clockSpeed)
            } catch {
                faults = [Self.remark(error)]
            }
        }
        let accepted = compiled == nil ? nil : report.plan
        return PlanReading(
            plan: compiled, document: accepted?.document ?? [],
            changes: accepted.map { Self.changes(from: present, to: $0) } ?? [], faults: faults,
            warnings: report.warnings.map(Self.remark), isTooLarge: report.isTooLarge)
    }

    func changes(from older: [UInt8], to newer: [UInt8]) -> [String] {
        RoutingPlan.read(newer).plan.map { Self.changes(from: older, to: $0) } ?? []
    }

    private static func changes(from older: [UInt8], to newer: RoutingPlan) -> [String] {
        (RoutingPlan.read(older).plan ?? RoutingPlan()).changes(to: newer).map(\.line)
    }

    /// On the port a document is one line: where in it a fault stands tells nothing.
    private static func remark(_ fault: PlanFault) -> PlanReading.Remark {
        PlanReading.Remark(path: fault.path, message: fault.message)
    }
}

extension PlanAgent {
    fileprivate init(_ definition: AgentDefinition) {
        self.init(
            team: definition.team,
            skills: Dictionary(definition.skills.map { ($0.skill, Int32($0.level)) }, uniquingKeysWith: max),
            channels: definition.channels?.map(\.channel))
    }
}
