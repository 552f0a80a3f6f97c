import Testing

@testable import Routing

/// `SUBMIT agent=kim hold=40s`; voice takes all of an agent.
@Suite("Scenario 12: the preferred agent")
struct PreferredAgentTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, target: .minutes(2)), .channel("chat", weight: 1)],
        queues: [.init(name: "default"), .init(name: "quick", target: .seconds(40))])

    /// Kim is ready and full, Lee idle; inquiry 2 is for Kim.
    private func busyKim(hold: TimeSpan? = .seconds(40)) -> (World, call: Int64) {
        let world = World(plan)
        world.agent("kim")
        world.accept(world.submit("voice"), by: "kim")
        world.agent("lee")
        return (world, world.submit("voice", agent: "kim", hold: hold))
    }

    @Test("nobody else gets it for 40 s though others are idle, then anybody")
    func held() {
        let (world, call) = busyKim()
        world.at(.milliseconds(39_999))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(40))
        #expect(
            world.told(of: call) == ["submitted 2", "preferred_released 2 kim timeout", "offered 2 lee"])
    }

    @Test("she gets it if she has room in time")
    func roomInTime() {
        let (world, call) = busyKim()
        world.at(.seconds(20))
        world.complete(1, by: "kim")
        #expect(world.told(of: call) == ["submitted 2", "offered 2 kim"])
        world.at(.seconds(45))
        world.accept(call, by: "kim")
        #expect(world.place(call) == "assigned kim")
        #expect(world.row(call)?.definition?.preferred == "")
    }

    @Test("once released it has its old place among the others")
    func oldPlace() {
        let (world, call) = busyKim()
        let first = world.submit("voice")
        #expect(world.place(first) == "offered lee")
        world.accept(first, by: "lee")
        world.pass(.seconds(1))
        let later = world.submit("voice")
        world.at(.seconds(40))
        #expect([call, later].map { world.state($0) } == [.waiting, .waiting])
        world.complete(first, by: "lee")
        #expect(world.place(call) == "offered lee")
        #expect(world.state(later) == .waiting)
    }

    @Test("others pass it while it is held")
    func othersPass() {
        let (world, call) = busyKim()
        let later = world.submit("voice")
        #expect(world.place(later) == "offered lee")
        #expect(world.state(call) == .waiting)
    }

    @Test("she is given it, whoever else has been idle longer")
    func whoeverElse() {
        let world = World(plan)
        world.agent("lee")
        world.pass(.minutes(1))
        world.agent("kim")
        #expect(world.place(world.submit("voice", agent: "kim")) == "offered kim")
        #expect(world.place(world.submit("voice")) == "offered lee")
    }

    @Test(
        "when she is signed off, away, without the skill, the channel or the switch, it is anybody's at once",
        arguments: [
            ("offline", "offline"), ("away", "away"), ("unskilled", "changed"), ("channel", "changed"),
            ("switched off", "changed"),
        ])
    func atOnce(what: String, reason: String) {
        let world = World(plan)
        world.agent(
            "kim", skills: what == "unskilled" ? "french:1" : "french:5", channels: what == "channel" ? "chat" : nil)
        switch what {
        case "offline": world.offline("kim")
        case "away": world.away("kim")
        case "switched off": world.ready("kim", channels: "chat")
        default: break
        }
        world.agent("lee", skills: "french:5")
        let call = world.submit("voice", skills: "french:3", agent: "kim", hold: .seconds(40))
        #expect(
            world.told(of: call) == ["submitted 1", "preferred_released 1 kim \(reason)", "offered 1 lee"])
    }

    @Test(
        "it is released the moment she goes away, signs off, loses the skill or switches the channel off",
        arguments: [("offline", "offline"), ("away", "away"), ("skill", "changed"), ("switch", "changed")])
    func releasedAtOnce(what: String, reason: String) {
        let world = World(plan)
        world.agent("kim", skills: "french")
        world.accept(world.submit("voice"), by: "kim")
        world.agent("lee", skills: "french")
        let calls = (1...2).map { _ in world.submit("voice", skills: "french", agent: "kim", hold: .seconds(40)) }
        world.pass(.seconds(10))
        let before = world.log.count
        switch what {
        case "offline": world.offline("kim")
        case "away": world.away("kim")
        case "skill": world.change("kim", skills: "sales")
        default: world.ready("kim", channels: "chat")
        }
        let told = world.told(since: before)
        for call in calls { #expect(told.contains("preferred_released \(call) kim \(reason)")) }
        #expect(told.last == "offered \(what == "offline" ? 1 : calls[0]) lee")
    }

    @Test("her grace alone releases nothing, its end does")
    func grace() {
        let (world, call) = busyKim()
        world.disconnect("kim")
        #expect(world.told(of: call).last == "submitted 2")
        world.at(.milliseconds(29_999))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(30))
        #expect(world.told(of: call).contains("preferred_released 2 kim offline"))
    }

    @Test("a hold of 0 never waits, but she gets it when it fits at once")
    func zero() {
        let (world, call) = busyKim(hold: .zero)
        #expect(world.told(of: call) == ["submitted 2", "preferred_released 2 kim timeout", "offered 2 lee"])
        world.complete(1, by: "kim")
        world.agent("mia")
        #expect(world.place(world.submit("voice", agent: "kim", hold: .zero)) == "offered kim")
    }

    @Test(
        "without hold= it waits for 30 s or half the target, whichever is less",
        arguments: [("default", 30), ("quick", 20)])
    func usual(queue: String, seconds: Int) {
        let world = World(plan)
        world.agent("kim")
        world.accept(world.submit("voice"), by: "kim")
        world.agent("lee")
        let call = world.submit("voice", queue: queue, agent: "kim")
        #expect(world.log.last?.span(.hold) == .seconds(Int64(seconds)))
        world.at(.milliseconds(Int64(seconds) * 1_000 - 1))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(Int64(seconds)))
        #expect(world.place(call) == "offered lee")
    }

    @Test("when she declines it, or misses it, it is anybody's", arguments: ["declined", "missed"])
    func refused(how: String) {
        let world = World(
            .of([.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))], missedOffersToAway: 0))
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice", agent: "kim", hold: .minutes(5))
        if how == "declined" { world.decline(call, by: "kim") } else { world.pass(.seconds(20)) }
        #expect(
            world.told(of: call) == [
                "submitted 1", "offered 1 kim", "\(how) 1 kim", "preferred_released 1 kim \(how)", "offered 1 lee",
            ])
    }

    @Test("the preference outlives a withdrawn offer, until the hold ends")
    func withdrawn() {
        let (world, call) = busyKim(hold: .seconds(25))
        world.complete(1, by: "kim")
        #expect(world.place(call) == "offered kim")
        world.disconnect("kim")
        #expect(world.told(of: call).last == "withdrawn 2 kim disconnected")
        world.at(.seconds(10))
        world.connect("kim")
        #expect(world.place(call) == "offered kim")
        world.disconnect("kim")
        world.at(.seconds(25))
        #expect(world.told(of: call).suffix(2) == ["preferred_released 2 kim timeout", "offered 2 lee"])
    }

    @Test("an offer withdrawn after the hold goes to anybody at once")
    func withdrawnLate() {
        let (world, call) = busyKim(hold: .seconds(5))
        world.complete(1, by: "kim")
        world.at(.seconds(6))
        #expect(world.place(call) == "offered kim")
        world.away("kim")
        #expect(
            world.told(of: call).suffix(2) == ["preferred_released 2 kim away", "offered 2 lee"])
    }

    @Test("64 may wait for one agent, the 65th is anybody's")
    func full() {
        let (world, _) = busyKim(hold: .hours(1))
        world.away("lee")
        for _ in 2...64 { world.submit("voice", agent: "kim", hold: .hours(1)) }
        #expect(!world.told().contains { $0.hasPrefix("preferred_released") })
        let last = world.submit("voice", agent: "kim", hold: .hours(1))
        #expect(world.told(of: last) == ["submitted \(last)", "preferred_released \(last) kim full"])
        world.abandon(2)
        let again = world.submit("voice", agent: "kim", hold: .hours(1))
        #expect(world.told(of: again) == ["submitted \(again)"])
    }

    @Test("what waits for her and what is anybody's come in one order")
    func oneOrder() {
        let (world, call) = busyKim()
        world.away("lee")
        let urgent = world.submit("voice", priority: 5)
        let late = world.submit("voice")
        for expected in [urgent, call, late] {
            world.complete(expected == urgent ? 1 : expected == call ? urgent : call, by: "kim")
            #expect(world.place(expected) == "offered kim")
            world.accept(expected, by: "kim")
        }
    }

    @Test("whoever else is given it by hand ends the preference silently")
    func byHand() {
        let (world, call) = busyKim()
        world.assign(call, to: "lee")
        world.at(.minutes(2))
        #expect(world.told(of: call) == ["submitted 2", "assigned 2 lee"])
        #expect(world.row(call)?.definition?.preferred == "")
    }

    @Test("its end takes the hold's timer along")
    func ends() {
        let (world, call) = busyKim()
        world.abandon(call)
        world.at(.minutes(2))
        #expect(world.told(of: call) == ["submitted 2", "abandoned 2"])
        #expect(world.engine.structureFaults() == [])
    }

    @Test("a stall moves the hold's end by the part that it lived through")
    func stall() {
        let (world, call) = busyKim()
        world.at(.seconds(10))
        world.answeredUntil = world.now
        world.standStill(for: .seconds(15))
        world.answeredUntil = nil
        world.apply(.stalled(since: world.start + .seconds(5)))
        #expect(world.row(call)?.definition?.holdUntil == world.start + .seconds(60))
        world.at(.milliseconds(59_999))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(60))
        #expect(world.place(call) == "offered lee")
    }

    @Test("it is kept over a restart, to the same end")
    func restart() throws {
        let (world, call) = busyKim()
        world.at(.seconds(5))
        try world.restart(after: .seconds(5))
        for name in ["kim", "lee"] { world.connect(name) }
        #expect(world.state(call) == .waiting)
        world.at(.milliseconds(39_999))
        #expect(world.state(call) == .waiting)
        world.at(.seconds(40))
        #expect(world.place(call) == "offered lee")
    }
}
