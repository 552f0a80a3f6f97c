import Testing

@testable import Routing

@Suite("Recovery")
struct RecoveryTests {
    @Test(
        "an engine from the rows is the engine that wrote them, and goes on as it",
        arguments: Array(301...312 as ClosedRange<UInt64>) + Array(1_000_301...1_000_312))
    func equalsLive(seed: UInt64) throws {
        var random = RandomWorld(seed: seed, kind: .small, knowsForgotten: false)
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
            for agent in world.auditor.people where !agent.isDeleted { world.connect(agent.id) }
        }
        var driver = random
        let mark = (live.log.count, twin.log.count)
        var mirror = random.driving(twin)
        let faults = try driver.run(200) + mirror.run(200)
        #expect(faults.isEmpty, "\(driver.report(faults))")
        #expect(
            live.told(since: mark.0) == twin.told(since: mark.1), "seed \(seed): live and recovered went different ways"
        )
        expectSameRows(live, twin, "seed \(seed) at the end", hasSameLog: false)
    }

    /// Once the twin has told of its agents' return its events have other numbers.
    private func expectSameRows(_ live: World, _ twin: World, _ comment: Comment, hasSameLog: Bool = true) {
        for (id, row) in live.store.inquiries where row.state.isLive || row.wrapUpEnds != nil {
            #expect(differences(twin, live, of: id, hasSameLog: hasSameLog) == [], comment)
            #expect(twin.engine.position(of: id) == live.engine.position(of: id), comment)
        }
        // By name: the numbers of deleted agents are free again after a start.
        #expect(
            twin.auditor.people.filter { !$0.isDeleted }.map(\.id)
                == live.auditor.people.filter { !$0.isDeleted }.map(\.id))
        for person in live.auditor.people where !person.isDeleted {
            let (left, right) = (live.index(person.id), twin.index(person.id))
            var (old, new) = (live.engine.agentRow(left, whole: true), twin.engine.agentRow(right, whole: true))
            // A start counts the time until the stop, and nobody's from there on.
            (old.time, new.time) = (AgentTime(), AgentTime())
            #expect(new == old, comment)
            #expect(twin.engine.view(of: right).used == live.engine.view(of: left).used, comment)
            #expect(
                twin.engine.workViews(of: right).map(\.id) == live.engine.workViews(of: left).map(\.id), comment)
        }
    }

    /// The fields that differ, with both values.
    private func differences(_ twin: World, _ live: World, of id: Int64, hasSameLog: Bool) -> [String] {
        guard var left = twin.row(id), var right = live.row(id) else {
            return twin.knows(id) == live.knows(id) ? [] : ["inquiry \(id): only one knows it"]
        }
        if !hasSameLog {
            (left.decisionSeq, right.decisionSeq) = (0, 0)
            // A row that was out of memory while an agent was deleted still names it.
            left.passed.removeAll { live.auditor.deletedNames.contains($0) }
            right.passed.removeAll { live.auditor.deletedNames.contains($0) }
        }
        return World.differences(left, right)
    }

    private func expectSameCounts(_ live: World, _ twin: World, _ comment: Comment) {
        let left = live.engine.census()
        let right = twin.engine.census()
        #expect(
            [left.waiting, left.offered, left.assigned, left.held, left.scheduled, left.forPreferred]
                == [right.waiting, right.offered, right.assigned, right.held, right.scheduled, right.forPreferred],
            comment)
        #expect(
            [left.agents, left.ready, left.away, left.keys] == [right.agents, right.ready, right.away, right.keys],
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

    @Test("what a start makes of its requirement is in the same order after the next, whatever numbers its skills have")
    func orderOfParts() throws {
        let before = CompiledPlan.of([.channel("chat", wrapUp: .hours(5))])
        let world = World(before)
        world.agent("kim", skills: "alpha:5,zulu:5")
        let id = world.submit(skills: "zulu,alpha")
        world.accept(id, by: "kim")
        world.complete(id, by: "kim")
        var after = before
        after.queues[0].steps = [.at(3_600, .raisePriority(1))]
        world.publish(after)
        try world.restart()
        world.connect("kim")
        world.away("kim")
        world.message(id)
        #expect(world.state(id) == .waiting)
        // The next start numbers skills by what agents have then.
        world.change("kim", skills: "zulu:5")
        #expect(try world.faultsOfRecovery() == [])
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
