import Testing

@testable import Routing

@Suite("Scenario 13: one customer, one agent")
struct ContinuityTests {
    private func plan(
        voice: Int32 = 50, continuity: [Continuity] = [.openAgent], within: TimeSpan = .days(30)
    ) -> CompiledPlan {
        .of(
            [
                .channel("voice", weight: voice, limit: 1, target: .seconds(40)), .channel("social"),
                .channel("chat", weight: 10, target: .minutes(10)),
            ], continuity: continuity, continuityWithin: within)
    }

    /// Lee has been idle longer, Kim has the customer's open inquiry.
    private func openWithKim(_ plan: CompiledPlan) -> World {
        let world = World(plan)
        world.agent("lee")
        world.away("lee")
        world.agent("kim")
        world.accept(world.submit("social", customer: "ann"), by: "kim")
        world.ready("lee")
        return world
    }

    @Test("the customer's call is offered to the agent who has the open inquiry")
    func open() {
        let world = openWithKim(plan())
        let call = world.submit("voice", customer: "ann")
        #expect(world.place(call) == "offered kim")
        #expect(world.log.first { $0.inquiry == call }?.detail(.continuity) == .flag(true))
        #expect(world.holder(world.submit("voice", customer: "bea")) == "lee")
        #expect(world.holder(world.submit("chat")) == "lee")
    }

    @Test(
        "without room it is held for min(30 s, target / 2), then goes to anybody",
        arguments: [("voice", 20), ("chat", 30)])
    func noRoom(channel: String, seconds: Int) {
        let world = openWithKim(plan(voice: 100))
        world.change("kim", capacity: 25)
        let call = world.submit(channel, customer: "ann")
        world.at(.milliseconds(Int64(seconds) * 1_000 - 1))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(Int64(seconds)))
        #expect(
            world.told(of: call) == ["submitted 2", "preferred_released 2 kim timeout", "offered 2 lee"])
    }

    @Test("of several open ones the most recently submitted counts, held ones too")
    func several() {
        let world = openWithKim(plan())
        world.away("kim")
        let second = world.submit("social", customer: "ann")
        world.accept(second, by: "lee")
        world.hold(second, by: "lee")
        world.ready("kim")
        #expect(world.holder(world.submit("voice", customer: "ann")) == "lee")
    }

    @Test("one that is only offered to an agent does not count")
    func onlyOffered() {
        let world = World(plan())
        world.agent("kim")
        world.submit("social", customer: "ann")
        world.submit("social", customer: "ann")
        #expect(!world.log.contains { $0.detail(.preferred) != nil })
    }

    @Test("an agent asked for goes before the customer's")
    func explicit() {
        let world = openWithKim(plan())
        let call = world.submit("voice", customer: "ann", agent: "lee")
        #expect(world.place(call) == "offered lee")
        #expect(world.log.first { $0.inquiry == call }?.detail(.continuity) == nil)
    }

    @Test("with an empty list, and without a customer, nobody is looked for")
    func off() {
        let world = openWithKim(plan(continuity: []))
        #expect(world.holder(world.submit("voice", customer: "ann")) == "lee")
        let other = openWithKim(plan())
        #expect(other.holder(other.submit("voice")) == "lee")
    }

    /// Kim has completed the customer's inquiry at 0 s; Lee has been idle longer.
    private func doneByKim(_ plan: CompiledPlan) -> World {
        let world = openWithKim(plan)
        world.complete(1, by: "kim")
        return world
    }

    @Test("last_agent finds who completed the customer's last one; open_agent alone does not")
    func last() {
        let world = doneByKim(plan(continuity: [.openAgent, .lastAgent]))
        #expect(world.holder(world.submit("voice", customer: "ann")) == "kim")
        let other = doneByKim(plan(continuity: [.openAgent]))
        #expect(other.holder(other.submit("voice", customer: "ann")) == "lee")
    }

    @Test("only if it ended within the plan's time", arguments: [(599_999, "kim"), (600_001, "lee")])
    func within(milliseconds: Int, expected: String) {
        let world = doneByKim(plan(continuity: [.lastAgent], within: .minutes(10)))
        world.at(.milliseconds(Int64(milliseconds)))
        #expect(world.holder(world.submit("voice", customer: "ann")) == expected)
    }

    @Test("the open one goes first or the last one does, as the plan says")
    func order() {
        for (continuity, expected) in [
            ([Continuity.openAgent, .lastAgent], "kim"), ([.lastAgent, .openAgent], "lee"),
        ] {
            let world = openWithKim(plan(continuity: continuity))
            let second = world.submit("social", customer: "ann", agent: "lee")
            world.accept(second, by: "lee")
            world.complete(second, by: "lee")
            #expect(world.holder(world.submit("voice", customer: "ann")) == expected)
        }
    }

    @Test("what the engine has forgotten the caller tells it")
    func forgotten() throws {
        let world = doneByKim(plan(continuity: [.lastAgent]))
        try world.restart()
        for name in ["kim", "lee"] { world.connect(name) }
        #expect(world.holder(world.submit("voice", customer: "ann")) == "kim")
        world.complete(2, by: "kim")
        world.standStill(for: .hours(25))
        world.fireTimers()
        #expect(!world.knows(1))
    }

    @Test("an agent who was deleted is nobody's")
    func deleted() {
        let world = doneByKim(plan(continuity: [.lastAgent]))
        world.deleteAgent("kim")
        let call = world.submit("voice", customer: "ann")
        #expect(world.told(of: call) == ["submitted 2", "offered 2 lee"])
    }

    @Test("a scheduled one looks for the customer's agent when it is due")
    func scheduled() {
        let world = World(plan())
        world.agent("lee")
        let call = world.submit("voice", customer: "ann", at: .minutes(1))
        world.pass(.seconds(30))
        world.agent("kim")
        let social = world.submit("social", customer: "ann", agent: "kim")
        world.accept(social, by: "kim")
        world.at(.minutes(1))
        #expect(world.place(call) == "offered kim")
        #expect(world.log.first { $0.type == .submitted }?.detail(.preferred) == nil)
        #expect(world.log.first { $0.type == .queued }?.detail(.preferred) == .name("kim"))
    }
}
