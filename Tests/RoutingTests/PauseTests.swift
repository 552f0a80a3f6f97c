import Testing

@testable import Routing

@Suite("Scenario 36: a paused queue")
struct PauseTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1)], queues: [.init(name: "one"), .init(name: "two")],
        missedOffersToAway: 0)

    @Test("its inquiries keep their place; another queue's with the same channel and skills are served meanwhile")
    func others() {
        let world = World(plan)
        world.pause("one")
        let first = world.submit("voice", queue: "one", skills: "french")
        world.pass(.seconds(1))
        let second = world.submit("voice", queue: "two", skills: "french")
        world.pass(.seconds(1))
        let third = world.submit("voice", queue: "two", skills: "french")
        world.agent("kim", skills: "french")
        #expect(world.place(second) == "offered kim")
        world.accept(second, by: "kim")
        world.resumeQueue("one")
        world.complete(second, by: "kim")
        #expect(world.place(first) == "offered kim")
        #expect(world.state(third) == .waiting)
        #expect(world.row(first)?.queuedAt == world.start)
    }

    @Test("open offers of it are withdrawn and exclude nobody; work stays")
    func offers() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        let work = world.submit("voice", queue: "one")
        world.accept(work, by: "kim")
        let offer = world.submit("voice", queue: "one")
        let before = world.log.count
        #expect(world.pause("one") == .done)
        #expect(world.told(since: before) == ["queue_paused", "withdrawn 2 lee paused"])
        #expect(world.log[before].queue == "one")
        #expect(world.row(offer)?.excluded == [])
        #expect(world.place(work) == "assigned kim")
        world.resumeQueue("one")
        #expect(world.place(offer) == "offered lee")
    }

    @Test("the room that its offers had goes to other queues at once")
    func room() {
        let world = World(plan)
        world.agent("kim")
        world.submit("voice", queue: "one")
        let other = world.submit("voice", queue: "two")
        world.pause("one")
        #expect(world.place(other) == "offered kim")
    }

    @Test("when it goes on what waits chooses in its order")
    func order() {
        let world = World(plan)
        world.pause("one")
        let late = world.submit("voice", queue: "one", priority: -1)
        let early = world.submit("voice", queue: "one")
        world.agent("kim")
        world.agent("lee")
        let before = world.log.count
        world.resumeQueue("one")
        #expect(world.told(since: before) == ["queue_resumed", "offered \(early) kim", "offered \(late) lee"])
    }

    @Test("pausing twice, or going on without a pause, makes no event")
    func twice() {
        let world = World(plan)
        world.resumeQueue("one")
        world.pause("one")
        world.pause("one")
        world.resumeQueue("one")
        world.resumeQueue("one")
        #expect(world.told() == ["queue_paused", "queue_resumed"])
    }

    @Test("a preferred agent's hold runs on, and exclusions end as ever")
    func timers() {
        let world = World(plan)
        world.agent("kim")
        let held = world.submit("voice", queue: "one", agent: "kim", hold: .seconds(40))
        world.pause("one")
        #expect(world.told(of: held).last == "withdrawn 1 kim paused")
        world.at(.seconds(40))
        #expect(world.told(of: held).last == "preferred_released 1 kim timeout")
        #expect(world.state(held) == .waiting)
    }

    @Test("it is paused after a restart too")
    func restart() throws {
        let world = World(plan)
        world.pause("two")
        try world.restart()
        world.agent("kim")
        #expect(world.engine.row.pausedQueues == ["two"])
        #expect(world.state(world.submit("voice", queue: "two")) == .waiting)
        #expect(world.place(world.submit("voice", queue: "one")) == "offered kim")
    }
}
