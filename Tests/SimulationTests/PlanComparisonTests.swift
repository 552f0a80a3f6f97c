import Plan
import Testing

@testable import Simulation

@Suite("Plans compared on a recorded day")
struct PlanComparisonTests {
    private func comparison(_ recording: Recording, seed: UInt64 = 1) throws -> PlanComparison {
        let scenario = Scenario(recording: recording, seed: seed, priorityByPlan: true)
        let origin = (recording.calls.first?.arrivedAt ?? 0) - Scenario.recordedLead
        let outcomes = try DocumentedPlan.allCases.map { documented in
            let plan = try documented.read()
            let outcome = try Rehearsal(scenario: scenario, plan: plan, origin: origin).run()
            #expect(outcome.faults == [])
            return (plan: plan.name, outcome: outcome)
        }
        return PlanComparison(recording: recording, outcomes: outcomes)
    }

    @Test("kinds add up to the total, and so do priority codes, under each plan")
    func sums() throws {
        let recording = try #require(try RehearsalTests.recordedMorning())
        let comparison = try comparison(recording)
        let total = try #require(comparison.groups.last)
        #expect(
            comparison.groups.map(\.name) == [
                "internet", "prospect", "regular", "stock", "priority code 0", "priority code 2", "total",
            ])
        for plan in comparison.plans.indices {
            #expect(total.plans[plan].offered == recording.calls.count)
            for groups in [comparison.groups[0..<4], comparison.groups[4..<6]] {
                #expect(groups.reduce(0) { $0 + $1.plans[plan].answered } == total.plans[plan].answered)
                #expect(groups.reduce(0) { $0 + $1.plans[plan].abandoned } == total.plans[plan].abandoned)
            }
        }
        #expect(total.recorded.offered == recording.calls.count)
    }

    @Test("a day recorded under a plan and tried under the same plan waits as it was recorded")
    func itself() throws {
        // Everybody stays, so that nothing is unknown of the recording but who was signed on when.
        let scenario = SyntheticLoad(
            streams: [.init(kind: "a", callsPerHour: 100, handling: 100 * second)],
            crews: [.init(count: 3, kinds: ["a"], shift: 0..<4 * hour)], length: 2 * hour
        ).scenario(seed: 3)
        let outcome = try Rehearsal(scenario: scenario, plan: try plan("{}"), origin: 0).run()
        let recording = Recording(
            calls: zip(scenario.inquiries, outcome.inquiries).map { planned, inquiry in
                RecordedCall(
                    arrivedAt: inquiry.submittedAt, kind: "a", priorityCode: 0,
                    waited: (inquiry.acceptedAt ?? 0) - inquiry.submittedAt, answered: true, service: planned.handling,
                    agent: inquiry.agent)
            })
        let again = try Rehearsal(
            scenario: Scenario(recording: recording, seed: 1, priorityByPlan: true), plan: try plan("{}"),
            origin: (recording.calls.first?.arrivedAt ?? 0) - Scenario.recordedLead
        ).run()
        #expect(again.inquiries.map(\.acceptedAt) == outcome.inquiries.map(\.acceptedAt))
    }

    @Test("strict priority serves priority customers sooner and the others later than a credit of 90 s does")
    func strictAgainstCredit() throws {
        let recording = try #require(try RehearsalTests.recordedMorning())
        let comparison = try comparison(recording)
        let others = try #require(comparison.groups.first { $0.name == "priority code 0" })
        let priority = try #require(comparison.groups.first { $0.name == "priority code 2" })
        #expect((priority.plans[1].meanWait ?? 0) < (priority.plans[0].meanWait ?? 0))
        #expect((others.plans[1].meanWait ?? 0) > (others.plans[0].meanWait ?? 0))
    }

    @Test("the recorded bank's day: every call ends once under each plan, and the documentation has the table")
    func bank() throws {
        guard let bank = try DocumentedPlan.bank() else { return }
        let day = try #require(CivilTime.day("1999-02-01"))
        let comparison = try comparison(bank.day(day))
        let total = try #require(comparison.groups.last)
        #expect(total.plans.allSatisfy { $0.offered == 1551 })
        let document = try DocumentedPlan.text("docs/simulate.md")
        for line in comparison.text { #expect(document.contains(line), "docs/simulate.md has another table") }
    }
}
