import Testing

@testable import Routing

@Suite("Recovery")
struct RecoveryTests {
    @Test(
        "an engine from the rows is the engine that wrote them, and goes on as it",
        arguments: 301...312 as ClosedRange<UInt64>)
    func equalsLive(seed: UInt64) throws {
        var random = RandomWorld(seed: seed)
        for round in 1...4 {
            let faults = try random.run(150)
            try #require(faults.isEmpty, "\(random.report(faults))")
            let live = random.world
            let twin = try live.recoveredTwin()
            #expect(twin.engine.structureFaults() == [], "seed \(seed) round \(round)")
            expectSameRows(live, twin, "seed \(seed) round \(round)")
            expectSameCounts(live, twin, "seed \(seed) round \(round)")
        }
        try goOn(random, seed: seed)
    }

    /// Brings every agent back on both sides and drives both alike.
    private func goOn(_ random: RandomWorld, seed: UInt64) throws {
        let live = random.world
        let twin = try live.recoveredTwin()
        for world in [live, twin] {
            for agent in world.auditor.people.values.sorted(by: { $0.number < $1.number }) { world.connect(agent.id) }
        }
        var driver = random
        let mark = (live.log.count, twin.log.count)
        var mirror = random.driving(twin)
        let faults = try driver.run(200) + mirror.run(200)
        #expect(faults.isEmpty, "\(driver.report(faults))")
        #expect(
            live.told(since: mark.0) == twin.told(since: mark.1), "seed \(seed): live and recovered went different ways"
        )
        expectSameRows(live, twin, "seed \(seed) at the end")
    }

    private func expectSameRows(_ live: World, _ twin: World, _ comment: Comment) {
        for (id, row) in live.store.inquiries where row.state.isLive || row.wrapUpEnds != nil {
            #expect(twin.row(id) == live.row(id), comment)
            #expect(twin.engine.position(of: id) == live.engine.position(of: id), comment)
        }
        for agent in 0..<AgentIndex(live.engine.agentCount) {
            #expect(twin.engine.agentRow(agent, whole: true) == live.engine.agentRow(agent, whole: true), comment)
            #expect(twin.engine.view(of: agent).used == live.engine.view(of: agent).used, comment)
            #expect(
                twin.engine.workViews(of: agent).map(\.id) == live.engine.workViews(of: agent).map(\.id), comment)
        }
    }

    private func expectSameCounts(_ live: World, _ twin: World, _ comment: Comment) {
        let left = live.engine.census()
        let right = twin.engine.census()
        #expect(
            [left.waiting, left.offered, left.assigned, left.agents, left.ready, left.away, left.keys]
                == [right.waiting, right.offered, right.assigned, right.agents, right.ready, right.away, right.keys],
            comment)
        #expect(left.withExclusions == right.withExclusions, comment)
        #expect(left.totals == right.totals, comment)
        #expect(live.engine.row == twin.engine.row, comment)
    }

    @Test("an open offer stands still and goes on with what was left when its agent is back")
    func offersStandStill() throws {
        let world = World(.of([.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))]))
        world.agent("kim")
        let call = world.submit("voice")
        world.at(.seconds(5))
        try world.restart(after: .hours(3))
        #expect(world.view("kim").isInGrace)
        #expect(world.place(call) == "offered kim")
        #expect(world.engine.offers(of: world.index("kim")).count == 0)
        world.pass(.seconds(25))
        #expect(world.place(call) == "offered kim")
        world.connect("kim")
        #expect(world.engine.offers(of: world.index("kim")).map(\.expires) == [world.now + .seconds(15)])
        world.pass(.seconds(15))
        #expect(world.told(of: call).last == "missed 1 kim")
    }

    @Test("it has no less left after a second restart in the middle of the grace")
    func twice() throws {
        let world = World(.of([.channel("voice", weight: 100, limit: 1, offerTimeout: .seconds(20))]))
        world.agent("kim")
        world.submit("voice")
        world.at(.seconds(5))
        try world.restart(after: .minutes(2))
        world.pass(.seconds(20))
        world.submit("voice")
        try world.restart(after: .minutes(2))
        world.pass(.seconds(20))
        world.connect("kim")
        #expect(world.engine.offers(of: world.index("kim")).map(\.expires) == [world.now + .seconds(15)])
    }

    @Test("it can be accepted, declined and given up while it stands still")
    func answeredWhileStill() throws {
        for (act, expected) in [("accept", "assigned kim"), ("decline", "waiting"), ("abandon", "abandoned")] {
            let world = World()
            world.agent("kim")
            let call = world.submit("voice")
            try world.restart()
            switch act {
            case "accept": world.accept(call, by: "kim")
            case "decline": world.decline(call, by: "kim")
            default: world.abandon(call)
            }
            #expect(world.place(call) == expected)
            #expect(world.engine.structureFaults() == [])
        }
    }

    @Test("it is withdrawn as disconnected when its agent does not come back within the grace")
    func neverBack() throws {
        let world = World()
        world.agent("kim")
        let call = world.submit("voice")
        try world.restart()
        let before = world.log.count
        world.pass(.seconds(30))
        #expect(world.told(since: before) == ["agent_offline kim disconnected", "withdrawn 1 kim disconnected"])
        #expect(world.state(call) == .waiting)
    }

    @Test("nothing is given to agents in grace, and what waits is given when they are back")
    func inGrace() throws {
        let world = World()
        world.agent("kim")
        try world.restart()
        let call = world.submit("voice")
        #expect(world.state(call) == .waiting)
        world.connect("kim")
        #expect(world.place(call) == "offered kim")
    }

    @Test("keys, numbers and totals go on")
    func numbersGoOn() throws {
        let world = World()
        let key = SubmissionKey(fingerprint: Digest128(high: 1, low: 2), request: Digest128(high: 3, low: 4))
        let id = world.submit("voice", key: key)
        world.abandon(world.submit("voice"))
        let seq = world.engine.lastSeq
        try world.restart(after: .days(7))
        #expect(world.engine.lastSeq == seq)
        #expect(world.tryToSubmit("voice", key: key) == .id(id, duplicate: true))
        #expect(world.submit("voice") == 3)
        #expect(world.engine.census().totals.abandoned == 1)
        #expect(!world.knows(2))
    }

    @Test("a wrap-up goes on holding its slot and ends at its time")
    func wrapUp() throws {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, wrapUp: .seconds(60))))
        world.agent("kim")
        let call = world.submit("voice")
        world.accept(call, by: "kim")
        world.complete(call, by: "kim", disposition: "refund", outcome: .resolved)
        try world.restart(after: .seconds(20))
        world.connect("kim")
        #expect(world.state(world.submit("voice")) == .waiting)
        #expect(world.complete(call, by: "kim", disposition: "refund", outcome: .resolved) == .ok(.completed))
        world.at(.seconds(60))
        #expect(world.place(2) == "offered kim")
    }

    @Test("a plan that lacks a channel in use is refused")
    func channelGone() {
        let world = World()
        world.submit("voice")
        #expect(throws: Rejection.self) {
            _ = try Engine(plan: .of(.channel("chat")), recovered: world.store.recovered, at: world.now)
        }
    }
}
