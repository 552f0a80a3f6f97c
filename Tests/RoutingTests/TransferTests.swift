import Testing

@testable import Routing

@Suite("Transfers")
struct TransferTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, target: .minutes(1)), .channel("kakao", holdReleases: true)],
        queues: [.init(name: "default"), .init(name: "vip", target: .seconds(20))], missedOffersToAway: 0)

    /// Kim has call 1.
    private func atWork() -> World {
        let world = World(plan)
        world.agent("kim", skills: "french")
        world.accept(world.submit("voice"), by: "kim")
        world.pass(.seconds(10))
        return world
    }

    @Test("to another queue it keeps its age, and its rank follows that queue's target")
    func queue() throws {
        let world = atWork()
        #expect(world.transfer(1, by: "kim", queue: "vip", reason: "asks for more") == .ok(.waiting))
        #expect(world.told(of: 1).suffix(2) == ["transferred 1 kim asks for more", "queued 1"])
        let row = try #require(world.row(1))
        #expect(row.queue == "vip" && row.queuedAt == world.start)
        #expect(row.rank == (world.start + .seconds(20)).microseconds)
        #expect(row.acceptedAt == nil && row.agent == "")
    }

    @Test("the giver does not get it back, others do")
    func giver() {
        let world = atWork()
        world.transfer(1, by: "kim", queue: "vip")
        #expect(world.state(1) == .waiting)
        #expect(world.row(1)?.excluded == ["kim"])
        world.agent("lee")
        #expect(world.place(1) == "offered lee")
    }

    @Test("its place survives: the older one is served before the younger")
    func place() {
        let world = atWork()
        world.submit("voice")
        world.transfer(1, by: "kim", skills: "")
        #expect(world.place(2) == "offered kim")
        world.submit("voice")
        world.agent("lee")
        #expect(world.place(1) == "offered lee")
    }

    @Test("new skills replace the old, and only who has them gets it")
    func skills() {
        let world = atWork()
        world.agent("lee", skills: "billing")
        world.agent("mia", skills: "sales:7")
        world.transfer(1, by: "kim", skills: "sales:6")
        #expect(world.place(1) == "offered mia")
        #expect(world.row(1)?.definition?.skills == [SkillLevel(skill: "sales", level: 6)])
        #expect(!world.told(of: 1).contains("queued 1"))
    }

    @Test("a changed requirement ends the exclusions of others; a transfer to an agent alone does not")
    func exclusions() {
        for (queue, expected) in [("vip", ["kim"]), (nil, ["lee", "kim"])] {
            let world = World(plan)
            world.agent("lee")
            let call = world.submit("voice")
            world.decline(call, by: "lee")
            world.agent("kim")
            world.accept(call, by: "kim")
            world.agent("mia", ready: false)
            world.transfer(call, by: "kim", queue: queue, to: "mia")
            #expect(world.row(call)?.excluded == expected)
        }
    }

    @Test("the receiver is waited for, and gets it with room")
    func receiver() {
        let world = atWork()
        world.agent("lee")
        world.accept(world.submit("voice"), by: "lee")
        world.agent("mia")
        world.transfer(1, by: "kim", to: "lee")
        #expect(world.state(1) == .waiting)
        #expect(world.log.last?.detail(.preferred) == .name("lee"))
        #expect(world.log.last?.span(.hold) == .seconds(30))
        world.pass(.seconds(10))
        world.complete(2, by: "lee")
        #expect(world.place(1) == "offered lee")
    }

    @Test("not longer than the hold")
    func receiverBusy() {
        let world = atWork()
        world.agent("lee")
        world.accept(world.submit("voice"), by: "lee")
        world.agent("mia")
        world.transfer(1, by: "kim", to: "lee")
        world.at(.milliseconds(39_999))
        #expect(world.state(1) == .waiting)
        world.at(.seconds(40))
        #expect(world.told(of: 1).suffix(2) == ["preferred_released 1 lee timeout", "offered 1 mia"])
    }

    @Test("a receiver who is gone is not waited for")
    func receiverGone() {
        let world = atWork()
        world.agent("lee", ready: false)
        world.agent("mia")
        world.transfer(1, by: "kim", to: "lee")
        #expect(
            world.told(of: 1).suffix(3) == ["transferred 1 kim", "preferred_released 1 lee offline", "offered 1 mia"])
    }

    @Test("a receiver who declined it before may get it now")
    func receiverDeclined() {
        let world = World(plan)
        world.agent("lee")
        let call = world.submit("voice")
        world.decline(call, by: "lee")
        world.agent("kim")
        world.accept(call, by: "kim")
        world.transfer(call, by: "kim", to: "lee")
        #expect(world.place(call) == "offered lee")
    }

    @Test("to oneself is refused")
    func toOneself() {
        let world = atWork()
        let before = world.log.count
        #expect(world.transfer(1, by: "kim", to: "kim") == .badArgument("agent"))
        #expect(world.log.count == before)
    }

    @Test("a held one that took no room leaves none behind")
    func held() {
        let world = World(plan)
        world.agent("kim")
        let kakao = world.submit("kakao")
        world.accept(kakao, by: "kim")
        world.hold(kakao, by: "kim")
        world.transfer(kakao, by: "kim", queue: "vip")
        #expect(world.view("kim").used == 0)
        #expect(world.engine.structureFaults() == [])
    }

    @Test("the giver gets the next at once, and its idle clock starts anew")
    func giverGoesOn() {
        let world = atWork()
        world.submit("voice")
        world.transfer(1, by: "kim", queue: "vip")
        #expect(world.place(2) == "offered kim")
        #expect(world.view("kim").row.idleSince == world.now)
    }
}

@Suite("Requeueing")
struct RequeueTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, target: .minutes(1))], missedOffersToAway: 0)

    @Test("an offer is taken back and goes to the next agent")
    func offered() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice")
        #expect(world.requeue(call) == .ok(.offered))
        #expect(
            world.told(of: call) == [
                "submitted 1", "offered 1 kim", "withdrawn 1 kim forced", "requeued 1 kim forced", "offered 1 lee",
            ])
        #expect(world.row(call)?.excluded == ["kim"])
        #expect(world.accept(call, by: "kim") == .gone)
    }

    @Test("work is taken back to its old place", arguments: [false, true])
    func work(isHeld: Bool) {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        if isHeld { world.hold(call, by: "kim") }
        world.pass(.seconds(10))
        #expect(world.requeue(call, priority: 4) == .ok(.waiting))
        #expect(world.told(of: call).last == "requeued 1 kim forced")
        #expect(world.row(call)?.queuedAt == world.start)
        #expect(world.row(call)?.rank == (world.start + .minutes(1) - .minutes(4)).microseconds)
        #expect(world.view("kim").used == 0)
    }

    @Test("of what waits only the priority changes")
    func waiting() {
        let world = World(plan)
        let call = world.submit("voice")
        #expect(world.requeue(call) == .ok(.waiting))
        #expect(world.requeue(call, priority: 0) == .ok(.waiting))
        #expect(world.told() == ["submitted 1"])
        #expect(world.requeue(call, priority: 5) == .ok(.waiting))
        #expect(world.told() == ["submitted 1", "updated 1"])
        #expect(world.row(call)?.excluded == [])
    }

    @Test("the preference ends with its agent's exclusion")
    func preferred() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice", agent: "kim", hold: .hours(1))
        world.requeue(call)
        #expect(world.told(of: call).last == "offered 1 lee")
        #expect(world.told(of: call).contains { $0.hasPrefix("preferred_released 1 kim") })
    }
}
