import Testing

@testable import Routing

// The scenarios of "Which first", by their numbers.

@Suite("Scenario 14: priority is waiting time")
struct PriorityTests {
    /// What the agent who comes at minute 12 is offered: of Y, then X at minute 7 with priority 10.
    private func first(priorityOfY: Int32) -> String {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)], boost: .minutes(1)))
        let old = world.submit("voice", priority: priorityOfY)
        world.at(.minutes(7))
        let young = world.submit("voice", priority: 10)
        world.at(.minutes(12))
        world.agent("kim")
        return world.state(young) == .offered ? "X" : world.state(old) == .offered ? "Y" : "none"
    }

    @Test("X waited 5 min at priority 10 and comes before Y, 12 min at priority 0")
    func priority() { #expect(first(priorityOfY: 0) == "X") }

    @Test("Y at priority 4 comes before X")
    func raised() { #expect(first(priorityOfY: 4) == "Y") }

    @Test("Y at priority 3 ties with X in rank and has the lower id")
    func tie() { #expect(first(priorityOfY: 3) == "Y") }

    @Test("with a strict boost a point outweighs any wait")
    func strict() {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)], boost: CompiledPlan.strictBoost))
        world.submit("voice", priority: -100)
        world.submit("voice", priority: 99)
        world.at(.days(30))
        let urgent = world.submit("voice", priority: 100)
        world.agent("kim")
        #expect(world.place(urgent) == "offered kim")
    }
}

@Suite("Scenario 15: slack, not arrival")
struct SlackTests {
    @Test("due in 2 minutes comes before due in 30")
    func slack() {
        let world = World(
            .of(
                [.channel("voice", weight: 100, limit: 1)],
                queues: [
                    .init(name: "slow", target: .minutes(60)), .init(name: "quick", target: .minutes(30)),
                ]))
        let slow = world.submit("voice", queue: "slow")
        world.at(.minutes(58))
        world.submit("voice", queue: "quick")
        world.agent("kim")
        #expect(world.place(slow) == "offered kim")
    }
}

@Suite("Scenario 16: a queue holds an agent back only with work that this agent can take")
struct HeldBackTests {
    @Test("B's call is offered at once though A's, which is ahead, needs a skill that the agent lacks")
    func skipped() {
        let world = World(
            .of(
                [.channel("voice", weight: 100, limit: 1)],
                queues: [.init(name: "a", target: .seconds(1)), .init(name: "b", target: .minutes(10))]))
        let ahead = world.submit("voice", queue: "a", skills: "french")
        world.agent("kim", skills: "sales")
        let behind = world.submit("voice", queue: "b")
        #expect(world.place(behind) == "offered kim")
        #expect(world.state(ahead) == .waiting)
    }
}

@Suite("Scenario 17: place survives decline and miss")
struct PlaceSurvivesTests {
    @Test("the first, declined, is served before the eighth")
    func declined() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1)))
        world.agent("kim")
        let calls = (1...8).map { _ in world.submit("voice") }
        world.decline(calls[0], by: "kim")
        #expect(world.place(calls[1]) == "offered kim")
        world.agent("lee")
        #expect(world.place(calls[0]) == "offered lee")
        #expect(world.row(calls[0])?.queuedAt == world.start)
    }

    @Test("the first, missed, is served before the others")
    func missed() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1)))
        world.agent("kim")
        let calls = (1...8).map { _ in world.submit("voice") }
        world.at(.seconds(30))
        #expect(world.state(calls[0]) == .waiting)
        world.agent("lee")
        #expect(world.place(calls[0]) == "offered lee")
    }

    @Test("work that returns when its agent signs off is served before what came later")
    func returned() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1)))
        world.agent("kim")
        let first = world.submit("voice")
        world.accept(first, by: "kim")
        world.pass(.minutes(5))
        let second = world.submit("voice")
        world.offline("kim")
        #expect(world.told(of: first).last == "requeued 1 kim offline")
        world.agent("lee")
        #expect(world.place(first) == "offered lee")
        #expect(world.state(second) == .waiting)
    }
}

@Suite("Scenario 18: ties")
struct TieTests {
    @Test("of equal rank the lower id is first")
    func lowerID() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1)))
        let calls = (1...3).map { _ in world.submit("voice") }
        world.agent("kim")
        #expect(world.place(calls[0]) == "offered kim")
        world.abandon(calls[0])
        #expect(world.place(calls[1]) == "offered kim")
    }
}
