import Testing

@testable import Routing

@Suite("The policy that an inquiry has taken on, when plans come and go")
struct PinnedPolicyTests {
    /// A policy for everything, with a condition in front of it that cannot be evaluated.
    private func failing(_ name: String) -> CompiledPlan {
        let broken = CompiledPlan.Policy(name: name, promises: [.assign: .init(target: .minutes(1))])
        return .of(
            [.channel("chat", limit: 10)], policies: [(policy: broken, when: { @Sendable _ in .fails("broken") })])
    }

    @Test("a rating of an inquiry whose policy no plan has any more leaves policy and verdicts in its row")
    func unknownPolicy() throws {
        let world = World(.promising([.resolution: .init(target: .minutes(10))]))
        world.agent("kim")
        let id = world.submit()
        world.accept(id, by: "kim")
        world.at(.minutes(20))
        world.complete(id, by: "kim")
        let before = try #require(world.store.inquiries[id])
        #expect(before.clocks.map(\.verdict) == [.breached])
        world.publish(.of([.channel("chat", limit: 10)]))
        world.at(.hours(30))
        #expect(!world.knows(id))
        world.publish(.of([.channel("chat", limit: 10)]))
        world.rate(id, csat: 5)
        let after = try #require(world.store.inquiries[id])
        #expect(after.definition?.csat == 5)
        #expect(after.definition?.policy == "all")
        #expect(after.definition?.policyVersion == before.definition?.policyVersion)
        #expect(after.clocks == before.clocks)
        #expect(world.engine.clocks(of: id).map(\.target) == [nil])
    }

    @Test("a reopened inquiry keeps in its row which conditions of the present policies failed, and of no earlier ones")
    func failedConditions() throws {
        let world = World(failing("first"))
        world.agent("kim")
        let id = world.submit()
        #expect(world.store.inquiries[id]?.definition?.failed == ["policy:first"])
        world.accept(id, by: "kim")
        world.complete(id, by: "kim")
        world.publish(failing("second"))
        world.message(id, from: .customer)
        #expect(world.row(id)?.state.isLive == true)
        #expect(world.store.inquiries[id]?.definition?.failed == ["policy:second"])
        try world.restart()
    }

    @Test(
        "a move to a queue that a plan dropped is done again as soon as a plan has that queue again, after a start too")
    func queueComesBack() throws {
        let promise = CompiledPlan.Promise(
            target: .minutes(60), thresholds: [.init(after: .minutes(30), label: "50%", actions: [.move(1)])])
        let queues = [CompiledPlan.Queue(name: "default"), CompiledPlan.Queue(name: "second")]
        let world = World(.promising([.assign: promise], queues: queues))
        let moved = world.submit()
        world.publish(.of([.channel("chat", limit: 10)]))
        world.publish(.of([.channel("chat", limit: 10)], queues: [queues[1], queues[0]]))
        try world.restart()
        world.at(.minutes(31))
        #expect(world.row(moved)?.queue == "second")
    }

    @Test("a plan whose calendar has the same hours, compiled in another year, changes no row of what is timed by it")
    func sameHours() throws {
        let hours: [(Int64, Int64)] = [(0, 3_600), (7_200, 20_000)]
        var plan = CompiledPlan.promising([.resolution: .init(target: .hours(2))], hours: hours)
        let world = World(plan)
        let id = world.submit()
        world.at(.minutes(30))
        let before = try #require(world.store.inquiries[id])
        plan.calendars[0].open = CompiledCalendar(
            from: world.start - .days(1), until: world.start + .days(500), intervals: plan.calendars[0].open.intervals)
        world.publish(plan)
        #expect(world.store.inquiries[id]?.clocks == before.clocks)
        world.at(.hours(4))
        #expect(world.times(.slaBreached, of: id) == [.hours(3)])
    }
}
