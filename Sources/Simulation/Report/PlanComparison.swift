/// What came of a recorded day under several plans, side by side, beside what the recording says.
package struct PlanComparison: Sendable {
    /// The calls of one kind, of one priority code, or all.
    package struct Group: Sendable {
        package var name: String
        package var recorded: Figures
        /// In the order of the plans.
        package var plans: [Figures]
    }

    package struct Plan: Sendable {
        package var name: String
        package var occupancy: Occupancy
        package var turnedAway: Int
        package var overtimeCalls: Int
    }

    /// By kind, then by priority code, then the total.
    package let groups: [Group]
    package let plans: [Plan]
    package let recordedOccupancy: Occupancy
    package let oddities: [String]

    /// - Parameter outcomes: of the recording's scenario under each plan.
    package init(recording: Recording, outcomes: [(plan: String, outcome: RehearsalOutcome)]) {
        func group(_ name: String, _ isIn: (RecordedCall) -> Bool) -> Group {
            let members = recording.calls.indices.filter { isIn(recording.calls[$0]) }
            let recorded = members.map { index in
                let call = recording.calls[index]
                return WaitSample(kind: call.kind, waited: call.waited, answered: call.answered)
            }
            return Group(
                name: name, recorded: Figures(recorded),
                plans: outcomes.map { _, outcome in
                    Figures(members.compactMap { outcome.sample($0, kind: recording.calls[$0].kind) })
                })
        }
        var groups = recording.kinds.map { kind in group(kind) { $0.kind == kind } }
        for code in Set(recording.calls.map(\.priorityCode)).sorted() {
            groups.append(group("priority code \(code)") { $0.priorityCode == code })
        }
        groups.append(group("total") { _ in true })
        self.groups = groups
        plans = outcomes.map { name, outcome in
            Plan(
                name: name, occupancy: outcome.occupancy, turnedAway: outcome.turnedAway,
                overtimeCalls: outcome.overtimeCalls)
        }
        recordedOccupancy = ReplayReport.occupancy(of: recording)
        oddities = Oddities(recording).sentences
    }

    /// The tables for people.
    package var text: [String] {
        var table = TextTable([
            .init("calls of"), .init("plan"), .init("calls", .right), .init("answered", .right),
            .init("abandoned", .right), .init("ASA", .right), .init("p50", .right), .init("p95", .right),
            .init("p99", .right), .init("longest", .right), .init("in 20 s", .right),
        ])
        for group in groups {
            table.add([group.name, "(recorded)"] + Self.cells(group.recorded))
            for (plan, figures) in zip(plans, group.plans) {
                table.add(["", plan.name] + Self.cells(figures))
            }
        }
        return table.lines + [""] + notes
    }

    private static func cells(_ figures: Figures) -> [String] {
        func wait(_ value: Int64?) -> String { value.map { Numbers.seconds(Double($0)) } ?? "-" }
        return [
            "\(figures.offered)", "\(figures.answered)", "\(figures.abandoned)",
            figures.meanWait.map(Numbers.seconds) ?? "-", wait(figures.median), wait(figures.percentile95),
            wait(figures.percentile99), wait(figures.longest), figures.serviceLevel.map(Numbers.percent) ?? "-",
        ]
    }

    private var notes: [String] {
        var result = [
            "Waits are seconds, of answered calls (ASA is their mean, percentiles by nearest rank).",
            "In 20 s: answered within 20 s / (answered + abandoned after 20 s).",
            "Occupancy, busy / signed on: recorded " + Self.share(recordedOccupancy)
                + plans.map { ", \($0.name) " + Self.share($0.occupancy) }.joined() + ".",
        ]
        for plan in plans where plan.turnedAway > 0 {
            result.append("\(plan.name) turned \(plan.turnedAway) calls away.")
        }
        for plan in plans where plan.overtimeCalls > 0 {
            result.append("\(plan.name) kept agents past their shift \(plan.overtimeCalls) times.")
        }
        return result + oddities.map { "In the recording: " + $0 + "." }
    }

    private static func share(_ occupancy: Occupancy) -> String { occupancy.share.map(Numbers.percent) ?? "-" }
}
