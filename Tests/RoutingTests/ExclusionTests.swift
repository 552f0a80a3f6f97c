import Testing

@testable import Routing

@Suite("Exclusions")
struct ExclusionTests {
    private let plan = CompiledPlan.of(
        [.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(30))], missedOffersToAway: 0)

    @Test("an exclusion ends when that agent signs on again, and not when coming back from away")
    func signingOn() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        world.accept(world.submit("voice"), by: "kim")
        let call = world.submit("voice")
        world.decline(call, by: "lee")
        world.away("lee")
        world.ready("lee")
        #expect(world.state(call) == .waiting)
        world.offline("lee")
        world.ready("lee")
        #expect(world.place(call) == "offered lee")
        #expect(world.row(call)?.excluded == [])
    }

    @Test("a miss excludes as a decline does")
    func miss() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.at(.seconds(30))
        #expect(world.row(call)?.excluded == ["kim"])
        #expect(world.row(call)?.excludedAt == world.now)
        world.at(.seconds(60))
        #expect(world.told(of: call).suffix(2) == ["exclusions_cleared 1", "offered 1 kim"])
    }

    @Test("with nobody signed on they are cleared too")
    func nobodySignedOn() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        world.offline("kim")
        world.at(.seconds(30))
        #expect(world.told(of: call).last == "exclusions_cleared 1")
    }

    @Test("an agent in grace is still waited for, and not after it")
    func inGrace() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        world.accept(world.submit("voice"), by: "kim")
        let call = world.submit("voice")
        world.decline(call, by: "lee")
        world.pass(.seconds(20))
        world.disconnect("kim")
        world.pass(.seconds(20))
        #expect(world.row(call)?.excluded == ["lee"])
        world.pass(.seconds(10))
        #expect(world.view("kim").row.state == .offline)
        #expect(world.told(of: call).last == "exclusions_cleared 2")
    }

    @Test("others' inquiries are not touched by them")
    func othersPass() {
        let world = World(plan)
        world.agent("kim")
        let first = world.submit("voice")
        world.decline(first, by: "kim")
        let second = world.submit("voice")
        #expect(world.place(second) == "offered kim")
    }

    @Test("at most 64 are kept: the 65th drops the oldest, who is asked again")
    func atMost64() {
        let world = World(plan)
        let names = (0...64).map { "agent\($0)" }
        for name in names { world.agent(name) }
        let call = world.submit("voice")
        for name in names.prefix(64) {
            #expect(world.place(call) == "offered \(name)")
            world.decline(call, by: name)
        }
        #expect(world.row(call)?.excluded.count == 64)
        #expect(world.place(call) == "offered agent64")
        world.away("agent0")
        world.decline(call, by: "agent64")
        #expect(world.row(call)?.excluded.count == 64)
        #expect(world.accept(call, by: "agent0") == .gone)
        world.ready("agent0")
        #expect(world.place(call) == "offered agent0")
        #expect(world.accept(call, by: "agent1") == .gone)
    }

    @Test("they end with the inquiry")
    func closed() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.decline(call, by: "kim")
        #expect(world.engine.census().withExclusions == 1)
        world.abandon(call)
        #expect(world.engine.census().withExclusions == 0)
        let told = world.log.count
        world.pass(.days(30))
        #expect(world.log.count == told)
    }
}
