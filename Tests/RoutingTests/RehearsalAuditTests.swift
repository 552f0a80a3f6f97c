import Plan
import Simulation
import Testing

@testable import Routing

/// What a rehearsal asked of its engine and what came of it, to be asked again.
private final class Tape: RehearsalObserver {
    private(set) var commands: [(at: Instant, command: Command)] = []
    private(set) var eventCount = 0

    func stepped(
        _ command: Command?, at now: Instant, reply: Reply, events: ContiguousArray<Event>, engine: borrowing Engine
    ) {
        if let command { commands.append((now, command)) }
        eventCount += events.count
    }
}

@Suite("The auditor at a rehearsal")
struct RehearsalAuditTests {
    private static let hour: Int64 = 3_600_000_000

    /// Two kinds of call, somebody for both, somebody for one, customers who give up; a queue with steps and wrap-up.
    private static let load = SyntheticLoad(
        streams: [
            .init(kind: "a", callsPerHour: 40, handling: 180_000_000, patience: 240_000_000),
            .init(kind: "b", priorityCode: 2, callsPerHour: 20, handling: 120_000_000),
        ],
        crews: [
            .init(count: 2, kinds: ["a", "b"], shift: 0..<2 * hour),
            .init(count: 1, kinds: ["a"], shift: 0..<hour),
        ], length: 2 * hour)

    @Test(
        "an audited world that is asked the same finds no fault and does the same",
        arguments: ["priority_boost: 90s", "priority_boost: strict", "channels: {voice: {wrap_up: 20s}}"])
    func audited(text: String) throws {
        let rules = """

            queues: {default: {}, late: {target: 1s}, b: {steps: [{after: 1m, do: [{queue: late}]}]}}
            rules:
              - {name: second, when: inquiry.attrs.priority_code == 2, then: {priority: 1, queue: b}}
            """
        let plan = try #require(
            RoutingPlan.read(Array((text + rules).utf8), conditions: ConditionLanguage()).plan)
        let tape = Tape()
        let start = Instant(microseconds: 1_772_442_000_000_000)
        let outcome = try Rehearsal(
            scenario: Self.load.scenario(seed: 5), plan: plan, origin: start.microseconds, observer: tape
        ).run()
        #expect(outcome.faults == [] && outcome.inquiries.count > 80)

        let world = World(try plan.compile(version: 1), start: start)
        for (at, command) in tape.commands {
            world.at(at - start)
            world.apply(command)
        }
        #expect(world.violations == [])
        #expect(world.log.count == tape.eventCount && outcome.eventCount == tape.eventCount)
    }
}
