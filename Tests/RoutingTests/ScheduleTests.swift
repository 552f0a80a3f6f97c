import Testing

@testable import Routing

@Suite("Scheduled inquiries")
struct ScheduleTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, target: .minutes(1))],
        queues: [.init(name: "default"), .init(name: "vip", target: .seconds(20))])

    @Test("one enters its queue at its time and not before, and counts its age from there")
    func due() throws {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice", at: .minutes(10))
        #expect(world.told() == ["agent_changed kim", "agent_ready kim", "submitted 1", "scheduled 1"])
        #expect(world.log.last?.detail(.at) == .instant(world.start + .minutes(10)))
        world.at(.milliseconds(599_999))
        #expect(world.state(call) == .scheduled)
        world.at(.minutes(10))
        #expect(world.told(of: call).suffix(2) == ["queued 1", "offered 1 kim"])
        let row = try #require(world.row(call))
        #expect(row.queuedAt == world.now)
        #expect(row.rank == (world.now + .minutes(1)).microseconds)
        #expect(row.definition?.submittedAt == world.start)
        #expect(row.definition?.scheduledAt == nil)
    }

    @Test("a time that is now or gone by is now", arguments: [0, -60])
    func now(seconds: Int) {
        let world = World(plan)
        world.at(.minutes(5))
        world.submit("voice", at: .seconds(Int64(300 + seconds)))
        #expect(world.told() == ["submitted 1"])
    }

    @Test("who was there before goes first")
    func order() {
        let world = World(plan)
        let later = world.submit("voice", at: .minutes(1))
        world.at(.seconds(30))
        let earlier = world.submit("voice")
        world.at(.minutes(1))
        world.agent("kim")
        #expect(world.place(earlier) == "offered kim")
        #expect(world.state(later) == .waiting)
    }

    @Test("it is taken back before its time and never comes")
    func cancelled() {
        let world = World(plan)
        let call = world.submit("voice", at: .minutes(1))
        #expect(world.abandon(call) == .conflict("scheduled"))
        #expect(world.cancel(call, reason: "no more") == .ok(.cancelled))
        #expect(world.engine.nextDeadline == nil)
        world.at(.minutes(2))
        #expect(world.state(call) == .cancelled)
    }

    @Test("queue, priority and skills can be changed meanwhile, without an event `queued`")
    func updated() throws {
        let world = World(plan)
        let call = world.submit("voice", at: .minutes(1))
        #expect(world.update(call, priority: 2, queue: "vip", skills: "french") == .ok(.scheduled))
        #expect(world.told(of: call) == ["submitted 1", "scheduled 1", "updated 1"])
        world.agent("kim")
        world.at(.minutes(1))
        #expect(world.state(call) == .waiting)
        let row = try #require(world.row(call))
        #expect(row.rank == (world.now + .seconds(20) - .minutes(2)).microseconds)
    }

    @Test("the preferred agent's hold begins when it is due")
    func preferred() {
        let world = World(plan)
        world.agent("kim")
        let busy = world.submit("voice")
        world.accept(busy, by: "kim")
        world.agent("lee")
        let call = world.submit("voice", agent: "kim", hold: .seconds(40), at: .minutes(1))
        #expect(world.row(call)?.definition?.preferred == "kim")
        world.at(.milliseconds(99_999))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(100))
        #expect(world.told(of: call).suffix(2) == ["preferred_released 2 kim timeout", "offered 2 lee"])
    }

    @Test("it survives a restart, and what fell due meanwhile enters at the start")
    func restart() throws {
        let world = World(plan)
        let first = world.submit("voice", at: .minutes(1))
        let second = world.submit("voice", agent: nil, at: .minutes(10))
        try world.restart(after: .minutes(5))
        world.fireTimers()
        #expect([first, second].map { world.state($0) } == [.waiting, .scheduled])
        // As old as if it had been submitted when it was due.
        #expect(world.row(first)?.queuedAt == world.start + .minutes(1))
        world.at(.minutes(10))
        #expect(world.state(second) == .waiting)
    }

    @Test("a message and a rating are taken before its time and move nothing")
    func message() {
        let world = World(plan)
        let call = world.submit("voice", at: .minutes(1))
        #expect(world.message(call) == .ok(.scheduled))
        #expect(world.rate(call, csat: 5) == .ok(.scheduled))
    }
}

@Suite("What waits too long expires")
struct AgeTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, offerTimeout: .hours(1)), .channel("chat")],
        queues: [.init(name: "default"), .init(name: "vip")], missedOffersToAway: 0, maxAge: .minutes(30))

    @Test("at the plan's age and not before")
    func waiting() {
        let world = World(plan)
        world.at(.minutes(5))
        let call = world.submit("voice")
        world.submit("chat")
        world.at(.milliseconds(35 * 60_000 - 1))
        #expect(world.state(call) == .waiting)
        world.at(.minutes(35))
        #expect(world.told().suffix(2) == ["expired 1 max_age", "expired 2 max_age"])
        #expect(world.log.last?.span(.waited) == .minutes(30))
        #expect(world.engine.census().totals.expired == 2)
        #expect(world.engine.nextDeadline == nil)
    }

    @Test("an open offer is withdrawn first, and its agent gets the next")
    func offered() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.at(.minutes(10))
        let next = world.submit("voice")
        world.at(.minutes(30))
        #expect(world.told(of: call).suffix(2) == ["withdrawn 1 kim expired", "expired 1 max_age"])
        #expect(world.place(next) == "offered kim")
        #expect(world.accept(call, by: "kim") == .gone)
    }

    @Test("work never does; back in its queue it has the whole time again")
    func work() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        world.at(.minutes(50))
        #expect(world.place(call) == "assigned kim")
        world.requeue(call)
        world.at(.milliseconds(80 * 60_000 - 1))
        #expect(world.state(call) == .waiting)
        world.at(.minutes(80))
        #expect(world.state(call) == .expired)
    }

    @Test("what is scheduled counts from entering its queue")
    func scheduled() {
        let world = World(plan)
        let call = world.submit("voice", at: .hours(2))
        world.at(.minutes(149))
        #expect(world.state(call) == .waiting)
        world.at(.minutes(150))
        #expect(world.state(call) == .expired)
    }

    @Test("a restart in between changes nothing")
    func restart() throws {
        let world = World(plan)
        let call = world.submit("voice")
        world.at(.minutes(20))
        try world.restart()
        world.at(.milliseconds(30 * 60_000 - 1))
        #expect(world.state(call) == .waiting)
        world.at(.minutes(30))
        #expect(world.state(call) == .expired)
    }
}
