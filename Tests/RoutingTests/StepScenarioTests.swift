import Testing

@testable import Routing

// The scenarios of "Steps", and those of "Who gets it" and "Which first" where queues and steps have their part in them.

extension World {
    /// When something was told of an inquiry, since the start.
    func times(_ type: EventType, of id: Int64) -> [TimeSpan] {
        log.filter { $0.type == type && $0.inquiry == id }.map { $0.at - start }
    }

    func skills(_ id: Int64) -> [SkillLevel]? { row(id)?.definition?.skills }
}

extension CompiledPlan {
    /// One queue with those steps, calls only.
    static func stepping(_ steps: [Step], skills: [SkillLevel] = [], missed: Int32 = 0) -> CompiledPlan {
        .of(
            [.channel("voice", weight: 100, limit: 1)], queues: [Queue(name: "default", skills: skills, steps: steps)],
            missedOffersToAway: missed)
    }
}

extension CompiledPlan.Step {
    /// After so many seconds.
    static func at(_ seconds: Int64, _ actions: CompiledPlan.Action...) -> CompiledPlan.Step {
        CompiledPlan.Step(after: .seconds(seconds), actions: actions)
    }
}

@Suite("Scenario 24: an expiring requirement")
struct ExpiringRequirementTests {
    private let plan = CompiledPlan.stepping([.at(60, .drop(["skill"]))])

    @Test("the agent with too low a level is offered it at 60 s, not at 59.999 s")
    func expiring() {
        let world = World(plan)
        world.agent("kim", skills: "english:5,skill:5")
        let call = world.submit("voice", skills: "english:1,skill:10")
        world.at(.milliseconds(59_999))
        #expect(world.place(call) == "waiting")
        world.at(.seconds(60))
        #expect(world.place(call) == "offered kim")
        #expect(world.told(of: call) == ["submitted 1", "step 1", "offered 1 kim"])
    }

    @Test("an agent without english never gets it")
    func never() {
        let world = World(plan)
        world.agent("kim", skills: "skill:10")
        let call = world.submit("voice", skills: "english:1,skill:10")
        world.at(.days(13))
        #expect(world.place(call) == "waiting")
    }
}

@Suite("Scenario 25: drop one after another")
struct DropTests {
    @Test(
        "location, product, issue go at T, 2T, 3T",
        arguments: [("english", 3), ("english,issue", 2), ("english,issue,product", 1)])
    func one(skills: String, turns: Int64) {
        let world = World(
            .stepping([.at(20, .drop(["location"])), .at(40, .drop(["product"])), .at(60, .drop(["issue"]))]))
        world.agent("kim", skills: skills)
        let call = world.submit("voice", skills: "english,issue,product,location")
        world.at(.minutes(5))
        #expect(world.times(.offered, of: call).first == .seconds(20 * turns))
        #expect(world.times(.step, of: call) == [.seconds(20), .seconds(40), .seconds(60)])
    }
}

@Suite("Scenario 26: wait and length")
struct WaitAndLengthTests {
    @Test("at 60 s priority +10, at 300 s queue two: each once, neither before")
    func wait() {
        let world = World(
            .of(queues: [
                .init(name: "one", steps: [.at(60, .raisePriority(10)), .at(300, .move(1))]), .init(name: "two"),
            ]))
        let call = world.submit("voice")
        func seen(_ seconds: Int64) -> String {
            world.at(.seconds(seconds))
            return "\(world.row(call)?.priority ?? -1) \(world.row(call)?.queue ?? "")"
        }
        #expect([59, 60, 299, 300, 900].map(seen) == ["0 one", "10 one", "10 one", "10 two", "10 two"])
        #expect(world.told(of: call) == ["submitted 1", "step 1", "step 1", "queued 1"])
    }

    @Test("the 101st that would wait goes to the overflow, or is refused", arguments: [1, nil] as [QueueIndex?])
    func length(overflow: QueueIndex?) {
        let world = World(.of(queues: [.init(name: "one", lengthMax: 100, overflow: overflow), .init(name: "two")]))
        for _ in 1...100 { world.submit("chat") }
        let answer = world.tryToSubmit("chat")
        #expect(answer == (overflow == nil ? .limit : .id(101, duplicate: false)))
        if overflow != nil { #expect(world.row(101)?.queue == "two") }
        #expect(world.row(100)?.queue == "one")
        #expect(world.engine.census().waiting == (overflow == nil ? 100 : 101))
    }
}

@Suite("Scenarios 10 and 11: by what the queue requires")
struct QueueSkillScenarioTests {
    private func plan(_ selection: Selection, _ skills: [SkillLevel]) -> CompiledPlan {
        .of(
            [.channel("voice", weight: 100, limit: 1), .channel("chat", weight: 100, limit: 1)],
            queues: [.init(name: "default", selection: selection, skills: skills)])
    }

    @Test("scenario 10: french 1 and sales 5 of the queue go to the second only, most skilled to the fourth")
    func skillMatch() {
        let required = [SkillLevel(skill: "french", level: 1), SkillLevel(skill: "sales", level: 5)]
        for selection in [Selection.leastLoaded, .mostSkilled] {
            let world = World(plan(selection, required))
            world.agent("one", skills: "french:3,sales:4")
            world.agent("two", skills: "french:1,sales:9")
            world.agent("three", skills: "sales:10")
            if selection == .mostSkilled { world.agent("four", skills: "french:5,sales:9") }
            let call = world.submit("voice")
            #expect(world.holder(call) == (selection == .mostSkilled ? "four" : "two"))
            #expect(world.skills(call) == required)
        }
    }

    @Test("scenario 11: a chat of the billing queue spares the versatile, though idle longer")
    func spare() {
        let world = World(plan(.leastSkilled, [SkillLevel(skill: "billing", level: 1)]))
        world.agent("all", skills: "billing,returns,english")
        world.pass(.minutes(5))
        world.agent("one", skills: "billing", channels: "chat")
        #expect(world.holder(world.submit("chat")) == "one")
        #expect(world.holder(world.submit("chat")) == "all")
    }
}

@Suite("Scenarios 14, 15 and 16: with steps and queues that require")
struct StepOrderScenarioTests {
    @Test("scenario 14: Y, raised by its step after 12 minutes", arguments: [(3, "Y"), (4, "Y"), (2, "X"), (0, "X")])
    func priority(points: Int32, expected: String) {
        let world = World(.stepping([.at(720, .raisePriority(points))]))
        let old = world.submit("voice")
        world.at(.minutes(7))
        let young = world.submit("voice", priority: 10)
        world.at(.minutes(12))
        world.agent("kim")
        #expect(world.place(expected == "Y" ? old : young) == "offered kim")
    }

    @Test("scenario 15: a move by itself makes it no later, and earlier where the queue's target is less")
    func slack() {
        let plan = CompiledPlan.of(
            [.channel("voice", weight: 100, limit: 1)],
            queues: [
                .init(name: "slow", target: .minutes(60), steps: [.at(3_480, .move(1))]),
                .init(name: "quick", target: .minutes(30), steps: [.at(60, .move(0))]),
            ])
        let world = World(plan)
        let slow = world.submit("voice", queue: "slow")
        world.at(.minutes(57))
        let quick = world.submit("voice", queue: "quick")
        #expect(world.row(quick)?.rank == (world.start + .minutes(87)).microseconds)
        world.at(.minutes(58))
        #expect([slow, quick].map { world.row($0)?.queue } == ["quick", "slow"])
        #expect(world.row(slow)?.rank == (world.start + .minutes(30)).microseconds)
        // 57 + 60 minutes would be later.
        #expect(world.row(quick)?.rank == (world.start + .minutes(87)).microseconds)
        world.agent("kim")
        #expect(world.place(slow) == "offered kim")
        #expect(world.row(slow)?.queuedAt == world.start)
    }

    @Test("scenario 16: the skill that A requires holds back nobody who lacks it")
    func heldBack() {
        let world = World(
            .of(
                [.channel("voice", weight: 100, limit: 1)],
                queues: [
                    .init(name: "a", target: .seconds(1), skills: [SkillLevel(skill: "french", level: 1)]),
                    .init(name: "b", target: .minutes(10)),
                ]))
        let ahead = world.submit("voice", queue: "a")
        world.agent("kim", skills: "sales")
        let behind = world.submit("voice", queue: "b")
        #expect(world.place(behind) == "offered kim")
        #expect(world.state(ahead) == .waiting)
    }
}
