import Testing

@testable import Routing

// The scenarios of "Offers and presence", by their numbers.

@Suite("Scenario 19: decline, miss, two accepts, an agent leaves")
struct OfferEndsTests {
    private let plan = CompiledPlan.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20)))

    @Test("who declines gets other work, not that one")
    func declined() {
        let world = World(plan)
        world.agent("kim")
        let first = world.submit("voice")
        let second = world.submit("voice")
        #expect(world.decline(first, by: "kim", reason: "lunch") == .ok(.waiting))
        #expect(world.place(second) == "offered kim")
        #expect(world.told(of: first).last == "declined 1 kim lunch")
        #expect(world.row(first)?.excluded == ["kim"])
    }

    @Test("a missed offer puts the agent away and goes to the next agent in its old place")
    func missed() {
        let world = World(plan)
        world.agent("kim")
        let first = world.submit("voice")
        world.pass(.seconds(1))
        let second = world.submit("voice")
        world.at(.milliseconds(19_999))
        #expect(world.place(first) == "offered kim")
        world.at(.seconds(20))
        #expect(world.state(first) == .waiting)
        #expect(world.view("kim").row.state == .away)
        #expect(world.view("kim").row.awayReason == "missed")
        world.agent("lee")
        #expect(world.place(first) == "offered lee")
        #expect(world.state(second) == .waiting)
    }

    @Test("the second accept is gone")
    func secondAccept() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.at(.seconds(20))
        world.agent("lee")
        #expect(world.accept(call, by: "lee") == .ok(.assigned))
        #expect(world.accept(call, by: "kim") == .gone)
        #expect(world.place(call) == "assigned lee")
    }

    @Test("the offers of one who signs off are withdrawn and offered elsewhere at once")
    func offline() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice")
        world.offline("kim")
        #expect(
            world.told(of: call) == ["submitted 1", "offered 1 kim", "withdrawn 1 kim offline", "offered 1 lee"])
        #expect(world.row(call)?.excluded == [])
        #expect(world.accept(call, by: "kim") == .gone)
    }
}

@Suite("Scenario 20: everybody declined")
struct EverybodyDeclinedTests {
    private let plan = CompiledPlan.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(30)))

    private func declinedByBoth(_ world: World) -> Int64 {
        world.agent("ann")
        world.agent("ben")
        let call = world.submit("voice")
        world.decline(call, by: "ann")
        world.at(.seconds(5))
        world.decline(call, by: "ben")
        return call
    }

    @Test("declined at 0 s and 5 s, the offer goes out again at 35 s")
    func cleared() {
        let world = World(plan)
        let call = declinedByBoth(world)
        world.at(.milliseconds(34_999))
        #expect(world.state(call) == .waiting)
        #expect(world.row(call)?.excluded == ["ann", "ben"])
        world.at(.seconds(35))
        #expect(world.told(of: call).suffix(2) == ["exclusions_cleared 1", "offered 1 ann"])
    }

    @Test("with a third able agent who is busy until 100 s nothing is cleared, and at 100 s it goes there")
    func thirdIsBusy() {
        let world = World(plan)
        world.agent("cho")
        let other = world.submit("voice")
        world.accept(other, by: "cho")
        let call = declinedByBoth(world)
        world.at(.seconds(100))
        #expect(world.state(call) == .waiting)
        world.complete(other, by: "cho")
        #expect(world.place(call) == "offered cho")
        #expect(!world.told().contains("exclusions_cleared 2"))
    }

    @Test("it is cleared at once when the third agent leaves after that time")
    func thirdLeaves() {
        let world = World(plan)
        world.agent("cho")
        let other = world.submit("voice")
        world.accept(other, by: "cho")
        let call = declinedByBoth(world)
        world.at(.seconds(50))
        world.away("cho")
        world.fireTimers()
        #expect(world.told(of: call).suffix(2) == ["exclusions_cleared 2", "offered 2 ann"])
    }

    @Test("it is cleared when the third agent loses the skill")
    func thirdLosesSkill() {
        let world = World(plan)
        for name in ["ann", "ben", "cho"] { world.agent(name, skills: "french") }
        world.agent("dan")
        let other = world.submit("voice", skills: "french")
        let call = world.submit("voice", skills: "french")
        world.accept(other, by: "ann")
        world.decline(call, by: "ben")
        world.decline(call, by: "cho")
        world.at(.seconds(60))
        #expect(world.state(call) == .waiting)
        world.change("ann", skills: "sales")
        world.fireTimers()
        #expect(world.told(of: call).suffix(2) == ["exclusions_cleared 2", "offered 2 ben"])
    }
}

@Suite("Scenario 21: work is never given to who is gone")
struct GoneTests {
    private let plan = CompiledPlan.of(
        [
            .channel("chat"), .channel("email", weight: 10, limit: 10, keepsWorkOffline: true),
        ], grace: .seconds(30))

    @Test("a lost connection withdraws offers at once, and nothing new comes within the grace")
    func withdrawn() {
        let world = World(plan)
        world.agent("kim")
        let offer = world.submit("chat")
        world.disconnect("kim")
        #expect(world.told(of: offer).last == "withdrawn 1 kim disconnected")
        world.at(.milliseconds(29_999))
        #expect(world.state(world.submit("chat")) == .waiting)
        #expect(world.view("kim").row.state == .ready)
        #expect(world.view("kim").isInGrace)
    }

    @Test("after the grace a chat returns to its old place and an e-mail stays")
    func offline() {
        let world = World(plan)
        world.agent("kim")
        let chat = world.submit("chat")
        let email = world.submit("email")
        for id in [chat, email] { world.accept(id, by: "kim") }
        world.pass(.seconds(10))
        world.disconnect("kim")
        world.pass(.seconds(30))
        #expect(world.view("kim").row.state == .offline)
        #expect(world.told().suffix(2) == ["agent_offline kim disconnected", "requeued 1 kim offline"])
        #expect(world.state(chat) == .waiting)
        #expect(world.row(chat)?.queuedAt == world.start)
        #expect(world.place(email) == "assigned kim")
    }
}

@Suite("Scenario 22: nothing stuck half-way")
struct HalfWayTests {
    enum Act: String, CaseIterable, Sendable { case accept, decline, timeout, abandon, disconnect }

    /// Every order of the five acts.
    static let orders: [[Act]] = permutations(Act.allCases)

    private static func permutations(_ acts: [Act]) -> [[Act]] {
        if acts.count <= 1 { return [acts] }
        return acts.flatMap { first in
            permutations(acts.filter { $0 != first }).map { [first] + $0 }
        }
    }

    @Test("accept, decline, timeout, abandon and disconnect at one instant have one outcome", arguments: orders)
    func oneOutcome(order: [Act]) {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))))
        world.agent("kim")
        let call = world.submit("voice")
        let next = world.submit("voice")
        world.standStill(for: .seconds(20))
        var won: Act?
        for act in order {
            let answer: Answer
            switch act {
            case .accept: answer = world.accept(call, by: "kim")
            case .decline: answer = world.decline(call, by: "kim")
            case .timeout: answer = world.fireTimers() > 0 ? .done : .gone
            case .abandon: answer = world.abandon(call)
            case .disconnect:
                let was = world.state(call)
                world.disconnect("kim")
                answer = was == .offered ? .done : .gone
            }
            if won == nil && answer != .gone { won = act }
            if let won { check(world, call, act, answer, won) }
        }
        #expect(won == order[0])
        #expect(world.state(call) != .offered)
        let expected: InquiryState = order[0] == .accept ? .assigned : .abandoned
        #expect(world.state(call) == expected)
        #expect(world.state(next) != nil)
        #expect(world.engine.structureFaults() == [])
    }

    /// What comes after the first act finds the offer gone; an abandon still ends what waits again.
    private func check(_ world: World, _ call: Int64, _ act: Act, _ answer: Answer, _ won: Act) {
        switch act {
        case .accept where won != .accept, .decline where won != .decline: #expect(answer == .gone)
        case .abandon where won == .accept: #expect(answer == .conflict("assigned"))
        case .accept, .decline, .timeout, .abandon, .disconnect: break
        }
    }
}

@Suite("Scenario 23: wrap-up")
struct WrapUpScenarioTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, wrapUp: .seconds(30))],
        queues: [.init(name: "one"), .init(name: "two")])

    private func wrappingUp(_ world: World) -> (done: Int64, next: Int64) {
        world.agent("kim")
        let done = world.submit("voice", queue: "one")
        world.accept(done, by: "kim")
        let next = world.submit("voice", queue: "two")
        #expect(world.complete(done, by: "kim") == .ok(.completed))
        return (done, next)
    }

    @Test("it holds the slot across all queues")
    func holds() {
        let world = World(plan)
        let (done, next) = wrappingUp(world)
        world.pass(.milliseconds(29_999))
        #expect(world.state(next) == .waiting)
        #expect(world.view("kim").used == 100)
        #expect(world.engine.wrapUpEnds(of: done) == world.start + .seconds(30))
    }

    @Test("WRAPPED frees it")
    func wrapped() {
        let world = World(plan)
        let (done, next) = wrappingUp(world)
        world.pass(.seconds(10))
        #expect(world.wrapped(done, by: "kim") == .ok(.completed))
        #expect(world.place(next) == "offered kim")
        #expect(world.log.first { $0.type == .wrapped }?.span(.duration) == .seconds(10))
    }

    @Test("the timeout frees it")
    func timeout() {
        let world = World(plan)
        let (done, next) = wrappingUp(world)
        world.pass(.seconds(30))
        #expect(world.told().suffix(2) == ["wrapped \(done) kim", "offered \(next) kim"])
        #expect(world.engine.wrapUpEnds(of: done) == nil)
    }
}

@Suite("Scenario 33: two declines do not deadlock")
struct NoDeadlockTests {
    @Test("each of two agents has declined the other's next offer, and both get work again")
    func crossed() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(30))))
        world.agent("ann")
        world.agent("ben")
        let calls = [world.submit("voice"), world.submit("voice")]
        world.decline(calls[0], by: "ann")
        world.decline(calls[1], by: "ben")
        #expect(calls.map { world.place($0) } == ["offered ben", "offered ann"])
        world.decline(calls[0], by: "ben")
        world.decline(calls[1], by: "ann")
        #expect(calls.map { world.place($0) } == ["waiting", "waiting"])
        world.pass(.seconds(30))
        #expect(calls.map { world.state($0) } == [.offered, .offered])
    }
}

@Suite("Scenario 34: a stalled database is nobody's fault")
struct StallTests {
    @Test("after 25 s without storage no offer of 20 s is missed, and each has the time that was left")
    func nothingMissed() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))))
        for name in ["ann", "ben"] { world.agent(name) }
        let calls = [world.submit("voice"), world.submit("voice")]
        world.at(.seconds(5))
        world.answeredUntil = world.now
        world.at(.seconds(10))
        world.at(.seconds(30))
        #expect(calls.map { world.state($0) } == [.offered, .offered])
        world.answeredUntil = nil
        world.apply(.stalled(since: world.start + .seconds(5)))
        #expect(world.log.last?.span(.duration) == .seconds(25))
        #expect(world.engine.offers(of: world.index("ann")).map(\.expires) == [world.start + .seconds(45)])
        world.at(.milliseconds(44_999))
        #expect(calls.map { world.state($0) } == [.offered, .offered])
        #expect(["ann", "ben"].map { world.view($0).row.state } == [.ready, .ready])
        world.at(.seconds(45))
        #expect(calls.map { world.state($0) } == [.waiting, .waiting])
    }

    @Test("an offer made during the stall gets back only what it lived through")
    func partOfIt() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))))
        world.agent("ann")
        world.answeredUntil = world.now
        world.standStill(for: .seconds(10))
        world.submit("voice")
        world.standStill(for: .seconds(15))
        world.answeredUntil = nil
        world.apply(.stalled(since: world.start))
        #expect(world.engine.offers(of: world.index("ann")).map(\.expires) == [world.start + .seconds(45)])
    }

    @Test("wrap-up and grace get theirs back too, exclusions do not")
    func wrapUpAndGrace() {
        let world = World(.of([.channel("voice", weight: 100, limit: 1, wrapUp: .seconds(20))], grace: .seconds(20)))
        for name in ["ann", "ben", "cho"] { world.agent(name) }
        let done = world.submit("voice")
        world.accept(done, by: "ann")
        world.complete(done, by: "ann")
        world.disconnect("ben")
        let declined = world.submit("voice")
        world.decline(declined, by: "cho")
        world.standStill(for: .seconds(15))
        world.apply(.stalled(since: world.start + .seconds(5)))
        #expect(world.engine.wrapUpEnds(of: done) == world.start + .seconds(30))
        world.at(.milliseconds(29_999))
        #expect(world.view("ben").row.state == .ready)
        world.at(.seconds(30))
        #expect(world.view("ben").row.state == .offline)
        #expect(world.place(declined) == "offered ann")
    }
}
