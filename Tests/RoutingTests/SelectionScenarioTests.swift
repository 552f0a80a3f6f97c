import Testing

@testable import Routing

// The scenarios of "Who gets it", by their numbers.

@Suite("Scenario 7: least loaded, then idle longest")
struct LeastLoadedTests {
    /// A 3/5 idle 5 min, B 3/4 idle 3 min, C 3/5 idle 7 min, D 0/3 idle 2 min.
    private func loadedWorld() -> World {
        let world = World(.of(.channel("chat", weight: 1, limit: 10)))
        for (name, limit) in [("a", 5), ("b", 4), ("c", 5), ("d", 3)] {
            world.agent(name, channels: "chat:\(limit)", ready: false)
        }
        for (name, minute) in [("c", 0), ("a", 2), ("b", 4)] {
            world.at(.minutes(Int64(minute)))
            world.ready(name)
            for _ in 1...3 { world.accept(world.submit("chat"), by: name) }
            world.away(name)
        }
        world.at(.minutes(5))
        world.ready("d")
        world.at(.minutes(7))
        for name in ["a", "b", "c"] { world.ready(name) }
        return world
    }

    @Test("four chats in a row go to D, D, C, A")
    func fourInARow() {
        let world = loadedWorld()
        let chats = (1...4).map { _ in world.submit("chat") }
        #expect(chats.map { world.holder($0) } == ["d", "d", "c", "a"])
    }

    @Test("the ranking is D, C, A, B")
    func ranking() {
        let world = loadedWorld()
        var ranking: [String] = []
        for _ in 1...4 {
            let name = world.holder(world.submit("chat")) ?? "nobody"
            ranking.append(name)
            world.away(name)
            world.abandon(world.auditor.totals.submitted)
        }
        #expect(ranking == ["d", "c", "a", "b"])
    }

    @Test("with equal load and idle time the older agent is first")
    func olderFirst() {
        let world = World()
        for name in ["zoe", "ann"] { world.agent(name) }
        #expect(world.holder(world.submit("voice")) == "zoe")
    }

    @Test("the load is the greater of points and items")
    func greaterOfBoth() {
        // Of points: ann 40/100, ben 30/100. Of chats: ann 1/10, ben 1/2.
        let world = World(.of(.channel("chat", weight: 30, limit: 10), .channel("email", weight: 10, limit: 10)))
        world.agent("ann")
        world.accept(world.submit("chat"), by: "ann")
        world.accept(world.submit("email"), by: "ann")
        world.agent("ben", channels: "chat:2,email")
        world.accept(world.submit("chat"), by: "ben")
        #expect(world.holder(world.submit("chat")) == "ann")
    }
}

@Suite("Scenario 8: loaded versus idle")
struct LoadedVersusIdleTests {
    @Test(
        "A has nothing since 300 s, B two since 900 s, C one since 600 s",
        arguments: [(Selection.longestIdle, "b"), (.leastLoaded, "a")])
    func selection(selection: Selection, expected: String) {
        let world = World(.selecting(selection, .channel("chat", weight: 1, limit: 3)))
        for (name, second, items) in [("b", 0, 2), ("c", 300, 1), ("a", 600, 0)] {
            world.at(.seconds(Int64(second)))
            world.agent(name)
            for _ in 0..<items { world.accept(world.submit("chat"), by: name) }
            world.away(name)
        }
        world.at(.seconds(900))
        for name in ["a", "b", "c"] { world.ready(name) }
        #expect(world.holder(world.submit("chat")) == expected)
    }
}

@Suite("Scenario 9: a missed offer does not reset the idle clock")
struct MissedKeepsIdleTests {
    @Test("A, idle longer than B, misses X: X goes to B and the next inquiry to A")
    func missed() {
        let world = World(.selecting(.longestIdle, .channel("voice", weight: 100, limit: 1), missed: 0))
        world.agent("ann")
        world.at(.seconds(10))
        world.agent("ben")
        let first = world.submit("voice")
        #expect(world.place(first) == "offered ann")
        world.at(.seconds(40))
        #expect(world.told(of: first) == ["submitted 1", "offered 1 ann", "missed 1 ann", "offered 1 ben"])
        #expect(world.place(world.submit("voice")) == "offered ann")
    }

    @Test("neither declining, nor a withdrawn offer, nor away and ready again resets it")
    func declined() {
        let world = World(.selecting(.longestIdle, .channel("voice", weight: 100, limit: 1)))
        world.agent("ann")
        world.at(.seconds(10))
        world.agent("ben")
        let idle = world.view("ann").row.idleSince
        world.decline(world.submit("voice"), by: "ann")
        world.abandon(world.submit("voice"))
        world.away("ann")
        world.pass(.seconds(5))
        world.ready("ann")
        #expect(world.view("ann").row.idleSince == idle)
    }

    @Test("accepting, completing, wrapping up and signing on again reset it")
    func resets() {
        let world = World(.of(.channel("voice", weight: 100, limit: 1, wrapUp: .seconds(30))))
        world.agent("ann")
        var expected: [Instant] = []
        var found: [Instant] = []
        func note() {
            expected.append(world.now)
            found.append(world.view("ann").row.idleSince)
        }
        let call = world.submit("voice")
        world.pass(.seconds(1))
        world.accept(call, by: "ann")
        note()
        world.pass(.seconds(1))
        world.complete(call, by: "ann")
        note()
        world.pass(.seconds(1))
        world.wrapped(call, by: "ann")
        note()
        world.offline("ann")
        world.pass(.hours(12))
        world.ready("ann")
        note()
        #expect(found == expected)
    }
}

@Suite("Scenario 10: skill match")
struct SkillMatchTests {
    @Test("french:1 sales:5 goes only to the one who has both at their levels")
    func onlyTheSecond() {
        let world = World()
        world.agent("one", skills: "french:3,sales:4")
        world.agent("two", skills: "french:1,sales:9")
        world.agent("three", skills: "sales:10")
        let first = world.submit("voice", skills: "french:1,sales:5")
        #expect(world.holder(first) == "two")
        #expect(world.state(world.submit("voice", skills: "french:1,sales:5")) == .waiting)
    }

    @Test("a level is enough when it is exactly the required one", arguments: [(4, "waiting"), (5, "offered kim")])
    func level(level: Int, expected: String) {
        let world = World()
        world.agent("kim", skills: "sales:\(level)")
        #expect(world.place(world.submit("voice", skills: "sales:5")) == expected)
    }
}

@Suite("Scenario 10: the most skilled")
struct MostSkilledTests {
    private let plan = CompiledPlan.selecting(.mostSkilled, .channel("voice", weight: 100, limit: 1))

    @Test("french:1 sales:5 goes to french 5, sales 9 before french 1, sales 9")
    func fourth() {
        let world = World(plan)
        world.agent("one", skills: "french:3,sales:4")
        world.agent("two", skills: "french:1,sales:9")
        world.agent("three", skills: "sales:10")
        world.agent("four", skills: "french:5,sales:9")
        #expect(
            (1...2).map { _ in world.holder(world.submit("voice", skills: "french:1,sales:5")) } == ["four", "two"])
    }

    @Test("what is not asked for does not count")
    func others() {
        let world = World(plan)
        world.agent("one", skills: "sales:5")
        world.agent("two", skills: "sales:4,french:10,billing:10")
        #expect(world.holder(world.submit("voice", skills: "sales")) == "one")
    }

    @Test("between equals what is nice to have decides, then the load")
    func prefer() {
        let world = World(.selecting(.mostSkilled, .channel("chat", weight: 10, limit: 10)))
        world.agent("one", skills: "sales:5")
        world.agent("two", skills: "sales:5,french:2")
        #expect(world.holder(world.submit("chat", skills: "sales", prefer: "french:9")) == "two")
        #expect(world.holder(world.submit("chat", skills: "sales")) == "one")
        world.submit("chat", skills: "sales", prefer: "french")
        #expect(world.holder(world.submit("chat", skills: "sales")) == "one")
    }
}

@Suite("Scenario 11: spare the versatile")
struct LeastSkilledTests {
    private let plan = CompiledPlan.selecting(
        .leastSkilled, .channel("chat", weight: 100, limit: 1), .channel("voice", weight: 100, limit: 1))

    @Test("a billing chat goes to the one with billing alone, though another is idle longer")
    func spare() {
        let world = World(plan)
        world.agent("all", skills: "billing,returns,english")
        world.pass(.minutes(5))
        world.agent("one", skills: "billing", channels: "chat")
        #expect(world.holder(world.submit("chat", skills: "billing")) == "one")
        #expect(world.holder(world.submit("chat", skills: "billing")) == "all")
    }

    @Test("two skills on one channel count as one skill on two; then the lower level goes first, then the longer idle")
    func ties() {
        let world = World(plan)
        world.agent("high", skills: "billing:9,returns", channels: "chat")
        world.pass(.seconds(1))
        world.agent("low", skills: "billing:3")
        world.agent("later", skills: "billing:3")
        let holders = (1...3).map { _ in world.holder(world.submit("chat", skills: "billing")) }
        #expect(holders == ["low", "later", "high"])
    }
}
