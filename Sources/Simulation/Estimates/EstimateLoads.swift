package import Plan
import Routing

/// The loads on which ways of estimating a wait are compared.
package enum EstimateLoads {
    package struct Load: Sendable {
        package var name: String
        package var plan: RoutingPlan
        /// Played one by one; `origin` is the time of the scenario's 0.
        package var runs: [(scenario: Scenario, origin: Int64)]
        /// The kinds of call that the table shows apart; empty for all in one row.
        package var kinds: [String] = []
    }

    private static let second = microsecondsPerSecond
    private static let hour = 3600 * second
    /// Calls take four minutes in the mean.
    private static let handling = 240 * second
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5]

    /// Twenty agents, and calls by a Poisson process.
    package static var synthetic: [Load] {
        var loads: [Load] = []
        for percent in [80, 90, 97, 105] {
            loads.append(load("\(percent)% load", streams: [stream("a", Double(percent) / 100)]))
        }
        loads.append(load("105%, patience 5 min", streams: [stream("a", 1.05, patience: 300 * second)]))
        loads.append(load("130%, patience 5 min", streams: [stream("a", 1.3, patience: 300 * second)]))
        loads.append(
            Load(
                name: "90%, then 8 of 20 agents leave, and return", plan: RoutingPlan(),
                runs: runs(
                    SyntheticLoad(
                        streams: [stream("a", 0.9, patience: 600 * second)],
                        crews: [
                            .init(count: 12, kinds: ["a"], shift: 0..<9 * hour),
                            .init(count: 8, kinds: ["a"], shift: 0..<3 * hour),
                            .init(count: 8, kinds: ["a"], shift: 6 * hour..<9 * hour),
                        ], length: 9 * hour))))
        var strict = RoutingPlan()
        strict.priorityBoost = .strict
        var priority = RoutingPlan.Rule("priority", condition: "inquiry.attrs.priority_code == 2")
        priority.priority = 1
        strict.rules = [priority]
        var gold = stream("gold", 0.95 * 0.2)
        gold.priorityCode = 2
        loads.append(
            load("95%, a fifth strictly first", streams: [gold, stream("basic", 0.95 * 0.8)], plan: strict))
        loads.append(
            load("95%, a rare kind", streams: [stream("rare", 0.95 * 0.05), stream("usual", 0.95 * 0.95)]))
        loads.append(
            load(
                "90%, a tenth for 4 of 20 agents", streams: [stream("few", 0.09), stream("many", 0.81)],
                crews: [
                    .init(count: 4, kinds: ["few", "many"], shift: 0..<10 * hour),
                    .init(count: 16, kinds: ["many"], shift: 0..<10 * hour),
                ]))
        loads.append(
            load(
                "80% of 2 agents", streams: [stream("a", 0.08)],
                crews: [.init(count: 2, kinds: ["a"], shift: 0..<10 * hour)]))
        return loads
    }

    /// Each day of a recording under a plan, and the same with every fifth agent left out: a recording's agents are all
    /// taken for ready from their first to their last call, which is more than there were.
    package static func recorded(_ recording: Recording, name: String, plan: RoutingPlan) -> [Load] {
        var all = Load(name: name, plan: plan, runs: [])
        var fewer = Load(name: name + ", every fifth agent left out", plan: plan, runs: [])
        for day in Set(recording.calls.map { CivilTime.dayNumber($0.arrivedAt) }).sorted() {
            let calls = recording.day(day)
            var scenario = Scenario(recording: calls, seed: 1, priorityByPlan: true)
            let origin = (calls.calls.first?.arrivedAt ?? 0) - Scenario.recordedLead
            all.runs.append((scenario, origin))
            scenario.agents = scenario.agents.indices.filter { $0 % 5 != 0 }.map { scenario.agents[$0] }
            fewer.runs.append((scenario, origin))
        }
        return [all, fewer]
    }

    /// What was told under a load, and how long it took. The errors of each of its rows.
    package static func errors(_ load: Load) throws(Rehearsal.Fault) -> [(name: String, errors: EstimateErrors)] {
        var quotes: [WaitQuote] = []
        for (scenario, origin) in load.runs {
            let study = EstimateStudy()
            let outcome = try Rehearsal(scenario: scenario, plan: load.plan, origin: origin, observer: study).run()
            if let fault = outcome.faults.first { throw Rehearsal.Fault(description: "\(load.name): \(fault)") }
            quotes += study.quotes
        }
        if load.kinds.isEmpty { return [(load.name, EstimateErrors(quotes))] }
        return load.kinds.map { kind in
            ("\(load.name): \(kind)", EstimateErrors(quotes.filter { $0.skills.contains { $0.skill == kind } }))
        }
    }

    // MARK: Parts

    /// - Parameter share: of what twenty agents can do.
    private static func stream(_ kind: String, _ share: Double, patience: Int64? = nil) -> SyntheticLoad.Stream {
        SyntheticLoad.Stream(
            kind: kind, callsPerHour: share * 20 * 3600 / 240, handling: handling, patience: patience)
    }

    private static func load(
        _ name: String, streams: [SyntheticLoad.Stream], plan: RoutingPlan = RoutingPlan(),
        crews: [SyntheticLoad.Crew]? = nil
    ) -> Load {
        let kinds = streams.map(\.kind)
        let everybody = [SyntheticLoad.Crew(count: 20, kinds: kinds, shift: 0..<10 * hour)]
        return Load(
            name: name, plan: plan,
            runs: runs(SyntheticLoad(streams: streams, crews: crews ?? everybody, length: 10 * hour)),
            kinds: kinds.count > 1 ? kinds : [])
    }

    private static func runs(_ load: SyntheticLoad) -> [(scenario: Scenario, origin: Int64)] {
        seeds.map { (load.scenario(seed: $0), 0) }
    }
}
