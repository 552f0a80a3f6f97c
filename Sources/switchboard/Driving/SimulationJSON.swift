import Simulation

/// The report of a simulation as one JSON object. Times are seconds, shares are from 0 to 1, what nothing was divided by
/// is null; `plans` stand in the same order everywhere.
enum SimulationJSON {
    static func text(_ comparison: PlanComparison) -> String {
        let plans = comparison.plans.map { plan in
            ReplayJSON.object([
                ("name", JSONOutput.string(plan.name)), ("occupancy", ReplayJSON.number(plan.occupancy.share)),
                ("turned_away", "\(plan.turnedAway)"), ("overtime", "\(plan.overtimeCalls)"),
            ])
        }
        let groups = comparison.groups.map { group in
            ReplayJSON.object([
                ("calls_of", JSONOutput.string(group.name)), ("recorded", ReplayJSON.figures(group.recorded)),
                ("plans", ReplayJSON.list(group.plans.map { ReplayJSON.figures($0) })),
            ])
        }
        return ReplayJSON.object([
            ("plans", ReplayJSON.list(plans)), ("figures", ReplayJSON.list(groups)),
            ("recorded_occupancy", ReplayJSON.number(comparison.recordedOccupancy.share)),
            ("oddities", ReplayJSON.list(comparison.oddities.map(JSONOutput.string))),
        ])
    }
}
