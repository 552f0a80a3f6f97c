import Testing

@testable import Routing

@Suite("Messages")
struct MessageTests {
    private func plan(
        reopenWithin: TimeSpan = .hours(24), wrapUp: TimeSpan = .zero, continuity: [Continuity] = []
    ) -> CompiledPlan {
        .of(
            [
                .channel("chat", wrapUp: wrapUp),
                .channel("email", weight: 10, limit: 10, isAutomatic: true, keepsWorkOffline: true),
            ], continuity: continuity, reopenWithin: reopenWithin)
    }

    // Scenario 21: the customer writes on what stayed with an agent who is gone.

    @Test("the customer writes on an e-mail of an agent who is offline: it is requeued, preferring that agent")
    func requeued() {
        let world = World(plan())
        world.agent("kim")
        let email = world.submit("email")
        world.pass(.seconds(10))
        world.disconnect("kim")
        world.pass(.seconds(30))
        world.agent("lee")
        #expect(world.place(email) == "assigned kim")
        let before = world.log.count
        #expect(world.message(email) == .ok(.assigned))
        #expect(
            world.told(since: before) == [
                "message 1 kim", "requeued 1 kim message", "preferred_released 1 kim offline", "assigned 1 lee",
            ])
        #expect(world.log.first { $0.type == .requeued }?.detail(.preferred) == .name("kim"))
        #expect(world.row(email)?.queuedAt == world.start)
    }

    @Test("so is a held one")
    func requeuedHeld() {
        let world = World(plan())
        world.agent("kim")
        let chat = world.submit("chat")
        world.accept(chat, by: "kim")
        world.hold(chat, by: "kim")
        world.offline("kim")
        #expect(world.message(chat) == .ok(.waiting))
        #expect(world.told(of: chat).suffix(2) == ["requeued 1 kim message", "preferred_released 1 kim offline"])
        world.ready("kim")
        #expect(world.place(chat) == "offered kim")
    }

    @Test("within the grace nothing is taken away, and a held one wakes")
    func grace() {
        let world = World(plan())
        world.agent("kim")
        let chats = (1...2).map { _ in
            let id = world.submit("chat")
            world.accept(id, by: "kim")
            return id
        }
        world.hold(chats[0], by: "kim")
        world.disconnect("kim")
        for id in chats { #expect(world.message(id) == .ok(.assigned)) }
        #expect(!world.told().contains { $0.hasPrefix("requeued") })
    }

    @Test("who is away keeps it")
    func away() {
        let world = World(plan())
        world.agent("kim")
        let email = world.submit("email")
        world.away("kim")
        #expect(world.message(email) == .ok(.assigned))
        #expect(world.told(of: email).last == "message 1 kim")
    }

    @Test("the agent's own message moves nothing", arguments: [InquiryState.waiting, .assigned, .held])
    func fromAgent(state: InquiryState) {
        let world = World(plan())
        world.agent("kim", ready: state != .waiting)
        let id = world.submit("chat")
        if state != .waiting { world.accept(id, by: "kim") }
        if state == .held { world.hold(id, by: "kim") }
        #expect(world.message(id, from: .agent) == .ok(state))
        #expect(world.log.last?.detail(.from) == .name("agent"))
    }

    // Reopening

    private func completed(_ plan: CompiledPlan) -> World {
        let world = World(plan)
        world.agent("kim")
        let id = world.submit("chat", priority: 3, customer: "ann")
        world.accept(id, by: "kim")
        world.complete(id, by: "kim", disposition: "refund", outcome: .resolved)
        return world
    }

    @Test(
        "the customer's message brings a completed one back within the plan's time, to the moment",
        arguments: [(0, true), (1, false)])
    func window(extra: Int, isReopened: Bool) {
        let world = completed(plan(reopenWithin: .minutes(10)))
        world.offline("kim")
        world.at(.minutes(10))
        world.standStill(for: TimeSpan(microseconds: Int64(extra)))
        let before = world.log.count
        #expect(world.message(1) == (isReopened ? .ok(.waiting) : .conflict("completed")))
        #expect(world.told(since: before) == (isReopened ? ["message 1 kim", "reopened 1 kim"] : []))
    }

    @Test("it is as new: its age, its rank and its agent, but not its priority")
    func anew() throws {
        let world = completed(plan())
        world.at(.minutes(5))
        world.offline("kim")
        world.message(1)
        let row = try #require(world.row(1))
        #expect(row.queuedAt == world.now)
        #expect(row.rank == (world.now + .minutes(1) - .minutes(3)).microseconds)
        #expect(row.priority == 3)
        #expect(row.agent == "" && row.acceptedAt == nil && row.closedAt == nil)
        #expect(row.disposition == [] && row.outcome == nil)
        #expect(world.engine.census().totals.completed == 0)
        #expect(world.engine.census().totals.submitted == 1)
    }

    @Test("a wrap-up that still runs ends first")
    func wrapUp() {
        let world = completed(plan(wrapUp: .seconds(60)))
        world.pass(.seconds(20))
        let before = world.log.count
        world.message(1)
        #expect(
            world.told(since: before) == ["message 1 kim", "wrapped 1 kim", "reopened 1 kim", "offered 1 kim"])
        #expect(world.view("kim").used == 25)
        world.pass(.seconds(20))
        #expect(world.engine.structureFaults() == [])
    }

    @Test("with last_agent it goes back to who had it, and waits for that agent")
    func continuity() {
        let world = completed(plan(continuity: [.lastAgent]))
        world.agent("lee")
        for _ in 1...4 { world.accept(world.submit("chat"), by: "lee") }
        for _ in 1...4 { world.accept(world.submit("chat"), by: "kim") }
        world.complete(2, by: "lee")
        #expect(world.message(1) == .ok(.waiting))
        #expect(world.log.last?.detail(.preferred) == .name("kim"))
        world.complete(6, by: "kim")
        #expect(world.place(1) == "offered kim")
    }

    @Test("one that has left memory comes back too")
    func forgotten() {
        let world = completed(plan(reopenWithin: .days(3)))
        world.at(.hours(70))
        world.submit("chat")
        #expect(!world.knows(1))
        #expect(world.message(1) == .ok(.offered))
        #expect(world.place(1) == "offered kim")
        #expect(world.engine.structureFaults() == [])
    }

    @Test("a reopened one can be completed and reopened again")
    func twice() {
        let world = completed(plan())
        world.message(1)
        world.accept(1, by: "kim")
        world.complete(1, by: "kim")
        #expect(world.engine.census().totals.completed == 1)
        world.pass(.hours(23))
        #expect(world.message(1) == .ok(.offered))
        #expect(world.told(of: 1).filter { $0 == "reopened 1 kim" }.count == 2)
    }
}

@Suite("Ratings")
struct RatingTests {
    @Test("the last word counts, and what is not said stays")
    func lastWord() {
        let world = World()
        let id = world.submit("chat")
        #expect(world.rate(id, csat: 2, nps: 5, comment: "slow") == .ok(.waiting))
        world.rate(id, csat: 5)
        #expect(world.row(id)?.definition?.csat == 5)
        #expect(world.row(id)?.definition?.nps == 5)
        #expect(world.row(id)?.definition?.comment == Array("slow".utf8))
        #expect(world.told() == ["submitted 1", "rated 1", "rated 1"])
    }

    @Test("the comment is personal: no event tells it")
    func comment() {
        let world = World()
        let id = world.submit("chat")
        world.rate(id, csat: 5, comment: "Ann says thanks")
        #expect(world.log.last?.details == [EventDetail(.csat, .integer(5))])
    }

    @Test("after completion, and after it has left memory, it is taken and moves nothing")
    func closed() throws {
        let world = World()
        world.agent("kim")
        let id = world.submit("chat")
        world.accept(id, by: "kim")
        world.complete(id, by: "kim")
        #expect(world.rate(id, nps: 10) == .ok(.completed))
        world.at(.hours(30))
        world.submit("chat")
        #expect(!world.knows(id))
        #expect(world.rate(id, nps: 0) == .ok(.completed))
        let row = try #require(world.store.inquiries[id])
        #expect(row.definition?.nps == 0)
        #expect(row.closedAt == world.start)
    }
}
