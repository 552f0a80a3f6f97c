import Testing

@testable import Routing

@Suite("Teams")
struct TeamTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1)],
        queues: [
            .init(name: "default"), .init(name: "korea", teams: ["seoul", "busan"]), .init(name: "closed", teams: []),
        ])

    @Test(
        "a queue with teams is served by their agents only",
        arguments: [("seoul", true), ("busan", true), ("paris", false), ("", false)])
    func teams(team: String, isServed: Bool) {
        let world = World(plan)
        world.agent("kim", team: team)
        #expect(world.state(world.submit("voice", queue: "closed")) == .waiting)
        #expect(world.state(world.submit("voice", queue: "korea")) == (isServed ? .offered : .waiting))
    }

    @Test("a queue without teams is served by anybody")
    func any() {
        let world = World(plan)
        world.agent("kim", team: "paris")
        #expect(world.place(world.submit("voice")) == "offered kim")
    }

    @Test("joining a team brings what waits, leaving it takes open offers away")
    func change() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice", queue: "korea")
        world.change("kim", team: "busan")
        #expect(world.place(call) == "offered kim")
        world.change("kim", team: "paris")
        #expect(world.told(of: call).last == "withdrawn 1 kim changed")
    }

    @Test("ASSIGN does not pass over the team, not even by force")
    func assign() {
        let world = World(plan)
        world.agent("kim", team: "paris")
        let call = world.submit("voice", queue: "korea")
        #expect(world.assign(call, to: "kim", force: true) == .conflict("agent"))
    }
}

@Suite("Deleting an agent")
struct DeletionTests {
    private let plan = CompiledPlan.of([.channel("voice", weight: 100, limit: 1, wrapUp: .seconds(30))])

    @Test("with any work it is refused", arguments: ["offered", "assigned", "held", "wrapping up"])
    func work(what: String) {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        if what != "offered" { world.accept(call, by: "kim") }
        if what == "held" { world.hold(call, by: "kim") }
        if what == "wrapping up" { world.complete(call, by: "kim") }
        let before = world.log.count
        #expect(world.deleteAgent("kim") != .done)
        #expect(world.log.count == before)
        #expect(world.view("kim").row.state == .ready)
    }

    @Test("one who is signed on goes offline first; then nobody knows the agent")
    func signedOn() {
        let world = World(plan)
        world.agent("kim")
        let before = world.log.count
        #expect(world.deleteAgent("kim") == .done)
        #expect(world.told(since: before) == ["agent_offline kim", "agent_changed kim"])
        #expect(world.log.last?.detail(.deleted) == .flag(true))
        #expect(world.engine.agent(named: ArraySlice("kim".utf8)) == nil)
        #expect(world.store.agents["kim"] == nil)
        #expect(world.state(world.submit("voice")) == .waiting)
        #expect(world.engine.structureFaults() == [])
    }

    @Test("what waits for it is anybody's, and its exclusions are forgotten")
    func preferred() {
        let world = World(.of([.channel("voice", weight: 100, limit: 1)]))
        world.agent("kim")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        world.agent("lee")
        let other = world.submit("voice")
        world.accept(other, by: "kim")
        let held = world.submit("voice", agent: "kim", hold: .hours(1))
        world.complete(other, by: "kim")
        world.disconnect("kim")
        #expect(world.state(held) == .waiting)
        #expect(world.deleteAgent("kim") == .done)
        #expect(world.told(of: held).contains("preferred_released 3 kim offline"))
    }

    @Test("the same name again is somebody else, younger than all")
    func again() throws {
        let world = World(.selecting(.longestIdle, .channel("voice", weight: 100, limit: 1)))
        world.agent("kim", skills: "french")
        world.agent("lee")
        world.deleteAgent("kim")
        let kim = world.agent("kim")
        #expect(kim == 2)
        #expect(world.view("kim").definition.skills == [])
        #expect(world.place(world.submit("voice")) == "offered lee")
        try world.restart()
        #expect(world.store.agents.count == 2)
        #expect(world.engine.structureFaults() == [])
    }
}
