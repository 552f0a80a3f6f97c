import Plan
import Testing

@testable import Simulation

@Suite("Rehearsals")
struct RehearsalTests {
    private func rehearse(_ scenario: Scenario, _ plan: RoutingPlan) throws -> RehearsalOutcome {
        try Rehearsal(scenario: scenario, plan: plan, origin: 917_852_400 * second).run()
    }

    private func waits(_ outcome: RehearsalOutcome) -> [Int64?] {
        outcome.inquiries.map { inquiry in inquiry.acceptedAt.map { ($0 - inquiry.submittedAt) / second } }
    }

    @Test("one agent, worked by hand: who came first is first, who gives up is gone")
    func byHand() throws {
        let scenario = Scenario(
            agents: [oneAgent()],
            inquiries: calls([
                (at: 10, handling: 60, patience: nil, code: 0), (at: 20, handling: 30, patience: nil, code: 0),
                (at: 25, handling: 30, patience: 20, code: 0), (at: 30, handling: 30, patience: nil, code: 0),
            ]), overtime: true)
        let outcome = try rehearse(scenario, try plan("{}"))
        #expect(waits(outcome) == [0, 50, nil, 70])
        #expect(outcome.inquiries.map(\.ending) == [.answered, .answered, .abandoned, .answered])
        let left = outcome.inquiries[2]
        #expect(left.endedAt.map { $0 - left.submittedAt } == 20 * second)
        #expect(outcome.occupancy.busy == 120 * second && outcome.occupancy.signedOn == hour)
        #expect(outcome.faults == [])
    }

    @Test("a caller without any patience is answered by an agent who is free, and else is gone at once")
    func noPatience() throws {
        let scenario = Scenario(
            agents: [oneAgent()],
            inquiries: calls([
                (at: 10, handling: 60, patience: 0, code: 0), (at: 20, handling: 30, patience: 0, code: 0),
            ]), overtime: true)
        let outcome = try rehearse(scenario, try plan("{}"))
        #expect(outcome.inquiries.map(\.ending) == [.answered, .abandoned])
    }

    @Test(
        "a priority customer who came 90 s later stands beside who came first, and before everybody if that is strict",
        arguments: [
            (DocumentedPlan.credit, [0, 1, 3, 2]), (.strict, [0, 3, 1, 2]), (.targets, [0, 1, 3, 2]),
        ])
    func credit(documented: DocumentedPlan, expected: [Int]) throws {
        let scenario = Scenario(
            agents: [oneAgent()],
            inquiries: calls([
                (at: 0, handling: 101, patience: nil, code: 0), (at: 10, handling: 10, patience: nil, code: 1),
                (at: 11, handling: 10, patience: nil, code: 1), (at: 100, handling: 10, patience: nil, code: 2),
            ]), overtime: true)
        let outcome = try rehearse(scenario, try documented.read())
        let order = outcome.inquiries.indices.sorted {
            (outcome.inquiries[$0].acceptedAt ?? 0) < (outcome.inquiries[$1].acceptedAt ?? 0)
        }
        #expect(order == expected)
    }

    @Test(
        "each call ends exactly once, under every plan", arguments: DocumentedPlan.allCases, [UInt64(1), 2, 3])
    func endings(documented: DocumentedPlan, seed: UInt64) throws {
        let scenario = busyMorning(seed: seed)
        let outcome = try rehearse(scenario, try documented.read())
        #expect(outcome.faults == [])
        #expect(outcome.inquiries.count == scenario.inquiries.count && outcome.turnedAway == 0)
        let answered = outcome.inquiries.count { $0.ending == .answered }
        let abandoned = outcome.inquiries.count { $0.ending == .abandoned }
        #expect(answered + abandoned == scenario.inquiries.count && abandoned > 0)
        #expect(outcome.inquiries.allSatisfy { ($0.endedAt ?? 0) >= $0.submittedAt })
    }

    @Test(
        "nobody is answered while somebody waits whom that agent may take and who comes before, by the plan's own words",
        arguments: DocumentedPlan.allCases, [UInt64(1), 2, 3])
    func order(documented: DocumentedPlan, seed: UInt64) throws {
        let scenario = busyMorning(seed: seed)
        let outcome = try rehearse(scenario, try documented.read())
        let kinds = Dictionary(uniqueKeysWithValues: scenario.agents.map { ($0.id, $0.kinds) })
        func rank(_ index: Int) -> (Int, Int64) {
            let code = scenario.inquiries[index].attributes.hasSuffix("2}") ? 2 : 0
            return documented.rank(
                submittedAt: outcome.inquiries[index].submittedAt, kind: scenario.inquiries[index].kind,
                priorityCode: code)
        }
        var passedOver = 0
        var compared = 0
        for (index, inquiry) in outcome.inquiries.enumerated() {
            guard let at = inquiry.acceptedAt, let agent = inquiry.agent, at > inquiry.submittedAt else { continue }
            for (other, rival) in outcome.inquiries.enumerated() {
                guard rival.submittedAt < at, let ended = rival.acceptedAt ?? rival.endedAt, ended > at,
                    kinds[agent, default: []].contains(scenario.inquiries[other].kind)
                else { continue }
                compared += 1
                if rank(other) < rank(index) { passedOver += 1 }
            }
        }
        #expect(passedOver == 0 && compared > 100)
    }

    @Test("the same day under the same plan is the same, to the byte of the report")
    func deterministic() throws {
        let recording = try #require(try Self.recordedMorning())
        let texts = try (0..<2).map { _ in
            let outcomes = try DocumentedPlan.allCases.map { documented in
                let scenario = Scenario(recording: recording, seed: 7, priorityByPlan: true)
                return (plan: documented.rawValue, outcome: try rehearse(scenario, try documented.read()))
            }
            return PlanComparison(recording: recording, outcomes: outcomes).text
        }
        #expect(texts[0] == texts[1])
    }

    @Test("what the plan turns away is counted, and is neither answered nor abandoned", arguments: ["length", "step"])
    func turnedAway(how: String) throws {
        let scenario = Scenario(
            agents: [oneAgent()],
            inquiries: calls([
                (at: 0, handling: 100, patience: nil, code: 0), (at: 10, handling: 10, patience: nil, code: 0),
                (at: 11, handling: 10, patience: 200, code: 0), (at: 50, handling: 10, patience: nil, code: 0),
            ]), overtime: true)
        let queue =
            how == "length"
            ? "{max_length: 1}" : "{steps: [{after: 60s, do: [{expire: too_long}]}]}"
        let outcome = try rehearse(scenario, try plan("queues: {default: \(queue)}"))
        #expect(outcome.turnedAway == 2)
        #expect(outcome.inquiries.filter { $0.ending == .answered }.count == 2)
        #expect(outcome.faults == [])
    }

    @Test("wrap-up is the plan's, and keeps the agent from the next")
    func wrapUp() throws {
        let scenario = Scenario(
            agents: [oneAgent()],
            inquiries: calls([
                (at: 0, handling: 30, patience: nil, code: 0), (at: 10, handling: 10, patience: nil, code: 0),
            ]), overtime: true)
        let outcome = try rehearse(scenario, try plan("channels: {voice: {wrap_up: 15s}}"))
        #expect(waits(outcome) == [0, 35])
    }

    @Test(
        "a plan that does not go with the day is told",
        arguments: [("channels: {chat: {}}", "channel voice"), ("skills: [b]", "skill a")])
    func misfits(text: String, word: String) throws {
        let scenario = Scenario(
            agents: [oneAgent()], inquiries: calls([(at: 0, handling: 1, patience: nil, code: 0)]), overtime: true)
        let plan = try plan(text)
        let fault = #expect(throws: Rehearsal.Fault.self) { try Self.outcome(scenario, plan) }
        #expect(fault?.description.contains(word) == true)
    }

    private static func outcome(_ scenario: Scenario, _ plan: RoutingPlan) throws -> RehearsalOutcome {
        try Rehearsal(scenario: scenario, plan: plan, origin: 0).run()
    }

    @Test("a morning on four channels is played to its end")
    func fourChannels() throws {
        let scenario = SyntheticMorning.scenario(seed: 1, length: hour)
        let outcome = try rehearse(scenario, try plan("channels: {voice: {}, chat: {}, social: {}, email: {}}"))
        #expect(outcome.faults == [] && outcome.inquiries.count == scenario.inquiries.count)
    }

    /// A recording of what came of a synthetic morning.
    static func recordedMorning() throws -> Recording? {
        let scenario = busyMorning(seed: 11)
        let outcome = try Rehearsal(scenario: scenario, plan: try plan("{}"), origin: 0).run()
        return Recording(
            calls: zip(scenario.inquiries, outcome.inquiries).map { planned, inquiry in
                let answered = inquiry.ending == .answered
                let left = (answered ? inquiry.acceptedAt : inquiry.endedAt) ?? inquiry.submittedAt
                return RecordedCall(
                    arrivedAt: inquiry.submittedAt, kind: planned.kind,
                    priorityCode: planned.attributes.hasSuffix("2}") ? 2 : 0, waited: left - inquiry.submittedAt,
                    answered: answered, service: answered ? planned.handling : 0, agent: inquiry.agent)
            })
    }
}
