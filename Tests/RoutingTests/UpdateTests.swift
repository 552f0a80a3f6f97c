import Testing

@testable import Routing

@Suite("Updates")
struct UpdateTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, target: .minutes(1))],
        queues: [.init(name: "default"), .init(name: "vip", target: .seconds(20))], missedOffersToAway: 0)

    @Test("scenario 14: X waited 5 min at priority 10, Y 12 min at 0: X; with Y raised to 4: Y, at 3 the lower id")
    func priority() {
        for (raised, expected) in [(nil, "x"), (2, "x"), (3, "y"), (4, "y")] as [(Int32?, String)] {
            let world = World(plan)
            let y = world.submit("voice")
            world.at(.minutes(7))
            let x = world.submit("voice", priority: 10)
            world.at(.minutes(12))
            if let raised { world.update(y, priority: raised) }
            world.agent("kim")
            #expect(world.place(expected == "x" ? x : y) == "offered kim", "raised to \(raised ?? 0)")
        }
    }

    @Test("what stays the same makes no event")
    func same() {
        let world = World(plan)
        let call = world.submit("voice", skills: "french:3,sales")
        #expect(world.update(call) == .ok(.waiting))
        #expect(
            world.update(call, priority: 0, queue: "default", skills: "sales:1,french:3", prefer: "") == .ok(.waiting))
        #expect(world.told() == ["submitted 1"])
    }

    @Test("an offer whose agent does not meet the requirement any more is withdrawn; one who still does keeps it")
    func offered() {
        for (level, place) in [(5, "offered kim"), (6, "waiting")] {
            let world = World(plan)
            world.agent("kim", skills: "french:5")
            let call = world.submit("voice")
            let expires = world.row(call)?.offerExpires
            world.pass(.seconds(5))
            world.update(call, skills: "french:\(level)")
            #expect(world.place(call) == place)
            if level == 5 { #expect(world.row(call)?.offerExpires == expires) }
            if level == 6 { #expect(world.told(of: call).last == "withdrawn 1 kim changed") }
        }
    }

    @Test("skills are replaced as a whole, and the inquiry goes at once to whom it fits now")
    func skills() {
        let world = World(plan)
        world.agent("kim", skills: "billing")
        let call = world.submit("voice", skills: "french,sales")
        world.update(call, skills: "billing:2")
        #expect(world.place(call) == "offered kim")
        #expect(world.row(call)?.definition?.skills == [SkillLevel(skill: "billing", level: 2)])
        world.update(call, skills: "")
        #expect(world.row(call)?.definition?.skills == [])
    }

    @Test("another queue: its target makes the rank, and exclusions end")
    func queue() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        let before = world.log.count
        world.update(call, queue: "vip")
        #expect(world.told(since: before) == ["updated 1", "queued 1", "offered 1 kim"])
        #expect(world.row(call)?.rank == (world.start + .seconds(20)).microseconds)
        #expect(world.log[before].queue == "vip")
    }

    @Test("an open offer stays over a change of queue")
    func queueOfOffered() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.update(call, queue: "vip")
        #expect(world.told(of: call) == ["submitted 1", "offered 1 kim", "updated 1", "queued 1"])
        #expect(world.accept(call, by: "kim") == .ok(.assigned))
    }

    @Test("what is only nice to have ends no exclusion")
    func prefer() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        world.update(call, prefer: "french")
        #expect(world.row(call)?.excluded == ["kim"])
        #expect(world.row(call)?.definition?.prefer == [SkillLevel(skill: "french", level: 1)])
    }

    @Test("work stays where it is, whatever is asked for", arguments: [false, true])
    func work(isHeld: Bool) {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee", skills: "french")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        if isHeld { world.hold(call, by: "kim") }
        let before = world.log.count
        world.update(call, priority: 9, queue: "vip", skills: "french")
        #expect(world.told(since: before) == ["updated 1", "queued 1"])
        #expect(world.place(call) == (isHeld ? "held kim" : "assigned kim"))
        #expect(world.row(call)?.queue == "vip")
    }

    @Test("texts change without a word of them in the event")
    func texts() {
        let world = World(plan)
        let call = world.submit("voice", customer: "ann")
        world.update(call, subject: "About my shoes")
        #expect(world.row(call).map { Array($0.definition?.texts.subject ?? []) } == Array("About my shoes".utf8))
        #expect(world.row(call).map { Array($0.definition?.texts.customer ?? []) } == Array("ann".utf8))
        #expect(world.log.last?.details.map(\.key) == [.fields])
    }

    @Test("a held preference is looked at anew: without the skill it is anybody's")
    func preferred() {
        let world = World(plan)
        world.agent("kim", skills: "french")
        world.accept(world.submit("voice"), by: "kim")
        world.agent("lee", skills: "sales")
        let call = world.submit("voice", agent: "kim", hold: .hours(1))
        world.update(call, priority: 3)
        #expect(world.state(call) == .waiting)
        world.update(call, skills: "sales")
        #expect(world.told(of: call).suffix(2) == ["preferred_released 2 kim changed", "offered 2 lee"])
    }
}
