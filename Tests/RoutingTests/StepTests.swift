import Testing

@testable import Routing

@Suite("The time in a queue")
struct WaitedTests {
    private let plan = CompiledPlan.stepping([.at(60, .notify("long")), .at(90, .notify("longer"))])

    @Test("goes on after a decline and after a miss")
    func declineAndMiss() {
        let world = World(plan)
        world.agent("kim")
        world.agent("lee")
        let call = world.submit("voice")
        world.at(.seconds(10))
        world.decline(call, by: "kim")
        world.at(.seconds(50))
        #expect(world.times(.missed, of: call) == [.seconds(40)])
        world.at(.minutes(10))
        #expect(world.times(.step, of: call) == [.seconds(60), .seconds(90)])
    }

    @Test("stands still while an agent works, and goes on where it was, between steps too")
    func requeue() {
        let world = World(plan)
        world.agent("kim")
        let call = world.submit("voice")
        world.at(.seconds(20))
        world.accept(call, by: "kim")
        world.at(.seconds(100))
        world.requeue(call)
        #expect(world.row(call)?.waitedBefore == .seconds(20))
        world.at(.seconds(139))
        #expect(world.times(.step, of: call) == [])
        world.at(.seconds(145))
        world.assign(call, to: "kim")
        world.at(.seconds(1_000))
        world.transfer(call, by: "kim", skills: "other")
        world.at(.minutes(60))
        #expect(world.times(.step, of: call) == [.seconds(140), .seconds(1_025)])
    }

    @Test("starts anew in another queue, and when the inquiry is reopened")
    func anew() {
        let steps = [CompiledPlan.Step.at(60, .notify("long"), .require([SkillLevel(skill: "senior", level: 1)]))]
        let world = World(.of(queues: [.init(name: "one", steps: steps), .init(name: "two", steps: steps)]))
        let call = world.submit("voice")
        world.at(.seconds(50))
        world.update(call, queue: "two")
        world.at(.seconds(115))
        #expect(world.times(.step, of: call) == [.seconds(110)])
        world.agent("kim", skills: "senior")
        world.accept(call, by: "kim")
        world.complete(call, by: "kim")
        world.at(.seconds(200))
        world.away("kim")
        world.message(call)
        #expect(world.skills(call) == [])
        world.at(.minutes(10))
        #expect(world.times(.step, of: call) == [.seconds(110), .seconds(260)])
    }

    @Test("a scheduled inquiry's begins when it enters its queue")
    func scheduled() {
        let world = World(plan)
        let call = world.submit("voice", at: .minutes(10))
        world.at(.minutes(20))
        #expect(world.times(.step, of: call) == [.seconds(660), .seconds(690)])
    }
}

@Suite("A step")
struct StepTests {
    private func senior(_ level: UInt8) -> [SkillLevel] { [SkillLevel(skill: "senior", level: level)] }

    @Test("withdraws an offer whose agent does not meet what it asks, and leaves another's alone")
    func offered() {
        for (level, expected) in [(5, "offered kim"), (4, "offered lee")] as [(UInt8, String)] {
            let world = World(.stepping([.at(10, .require(senior(5)), .raisePriority(3))]))
            world.agent("kim", skills: "senior:\(level)")
            world.agent("lee", skills: "senior:9")
            let call = world.submit("voice")
            let expires = world.row(call)?.offerExpires
            world.at(.seconds(10))
            #expect(world.place(call) == expected)
            if level == 5 { #expect(world.row(call)?.offerExpires == expires) }
            if level == 4 {
                #expect(world.told(of: call).suffix(3) == ["step 1", "withdrawn 1 kim changed", "offered 1 lee"])
            }
        }
    }

    @Test("ends exclusions where it changes the requirement, and only there")
    func exclusions() {
        for (action, expected) in [(CompiledPlan.Action.raisePriority(1), "waiting"), (.drop(["a"]), "offered kim")] {
            let world = World(.stepping([.at(10, action)]))
            world.agent("kim", skills: "a")
            let call = world.submit("voice", skills: "a")
            world.decline(call, by: "kim")
            world.at(.seconds(10))
            #expect(world.place(call) == expected)
        }
    }

    @Test("that moves in a circle does so sixteen times; then it stays and says so, also after a restart")
    func circle() throws {
        let world = World(
            .of(queues: [
                .init(name: "one", steps: [.at(10, .move(1), .notify("on"))]),
                .init(name: "two", steps: [.at(5, .move(0))]),
            ]))
        let call = world.submit("voice")
        world.at(.seconds(61))
        #expect(world.row(call)?.moves == 8)
        #expect(world.row(call)?.queue == "one")
        try world.restart()
        world.at(.minutes(60))
        #expect(world.row(call)?.moves == 16)
        #expect(world.row(call)?.queue == "one")
        #expect(world.told(of: call).last { $0.hasPrefix("step") } == "step 1 moves")
        #expect(world.times(.step, of: call).count == 17)
        #expect(world.times(.step, of: call).last == .seconds(130))
        #expect(world.times(.queued, of: call).count == 16)
        #expect(world.times(.escalated, of: call).count == 9)
    }

    @Test("is late from one second on, and says so", arguments: [(1_000_000, false), (1_000_001, true)])
    func lateness(microseconds: Int64, isLate: Bool) {
        let world = World(.stepping([.at(10, .notify("late"))]))
        let call = world.submit("voice")
        world.standStill(for: .seconds(10) + TimeSpan(microseconds: microseconds))
        world.fireTimers()
        let step = world.log.first { $0.type == .step && $0.inquiry == call }
        #expect(step?.detail(.late) == (isLate ? .flag(true) : nil))
        #expect(step?.span(.after) == .seconds(10))
    }

    @Test("overdue after a restart fires late, once, and before anything is offered")
    func restart() throws {
        let world = World(.stepping([.at(60, .require(senior(1))), .at(90, .notify("long"))]))
        world.agent("kim", ready: true)
        let busy = world.submit("voice")
        world.accept(busy, by: "kim")
        let call = world.submit("voice")
        world.at(.seconds(20))
        try world.restart(after: .seconds(60))
        world.fireTimers()
        world.connect("kim")
        world.complete(busy, by: "kim")
        #expect(world.place(call) == "waiting")
        #expect(world.told(of: call) == ["submitted 2", "step 2"])
        #expect(world.log.first { $0.type == .step }?.detail(.late) == .flag(true))
        try world.restart()
        world.at(.minutes(5))
        #expect(world.times(.step, of: call) == [.seconds(80), .seconds(90)])
    }

    @Test("tells whoever listens, and ends with its reason what waits or is offered", arguments: [true, false])
    func notifyAndExpire(isOffered: Bool) {
        let world = World(.stepping([.at(10, .notify("lead"), .expire(reason: "too long"))]))
        if isOffered { world.agent("kim") }
        let call = world.submit("voice")
        world.at(.seconds(10))
        #expect(world.state(call) == .expired)
        let ends = isOffered ? ["withdrawn 1 kim expired", "expired 1 too long"] : ["expired 1 too long"]
        let told = world.told(of: call).drop { $0 != "step 1" }
        #expect(Array(told) == ["step 1", isOffered ? "escalated 1 kim" : "escalated 1"] + ends)
        let notice = world.log.first { $0.type == .escalated }
        #expect(notice?.detail(.name) == .name("lead"))
        #expect(notice?.detail(.by) == .name("step"))
    }

    @Test("changes the priority by points or to a number, within −100…100 each time")
    func priority() {
        let world = World(
            .stepping([
                .at(10, .raisePriority(80), .raisePriority(-30)), .at(20, .setPriority(-7)),
                .at(30, .raisePriority(-200)),
            ]))
        let call = world.submit("voice", priority: 50)
        let found = [9, 10, 20, 30].map { (seconds: Int64) -> Int32? in
            world.at(.seconds(seconds))
            return world.row(call)?.priority
        }
        #expect(found == [50, 70, -7, -100])
    }

    @Test("UPDATE and REQUEUE with a priority compute the rank anew after a move had kept it")
    func anewByHand() {
        let plan = CompiledPlan.of(queues: [
            .init(name: "quick", target: .seconds(20), steps: [.at(10, .move(1))]),
            .init(name: "slow", target: .minutes(10)),
        ])
        for isRequeued in [true, false] {
            let world = World(plan)
            let call = world.submit("voice")
            world.at(.seconds(10))
            #expect(world.row(call)?.rank == (world.start + .seconds(20)).microseconds)
            if isRequeued { world.requeue(call, priority: 1) } else { world.update(call, priority: 1) }
            #expect(world.row(call)?.rank == (world.start + .minutes(9)).microseconds)
        }
    }
}

@Suite("What is required, and by whom")
struct RequirementPartTests {
    private func skill(_ name: String, _ level: UInt8) -> SkillLevel { SkillLevel(skill: name, level: level) }

    private func plan(_ steps: CompiledPlan.Step...) -> CompiledPlan {
        .of(
            queues: [
                .init(name: "one", skills: [skill("english", 7), skill("billing", 2)], steps: steps),
                .init(name: "two", skills: [skill("returns", 1)]),
            ],
            rules: [(.init(name: "all", skills: [skill("english", 9)]), TestConditions.always)])
    }

    @Test("of a skill that several ask for the highest level counts")
    func highest() {
        let world = World(plan())
        let call = world.submit("voice", skills: "billing:5")
        #expect(world.skills(call) == [skill("billing", 5), skill("english", 9)])
        #expect(world.row(call)?.definition?.parts.count == 4)
    }

    @Test("what a queue and its steps ask for goes when the inquiry leaves the queue, whoever moves it")
    func leaving() {
        for way in ["update", "transfer", "step"] {
            let move: [CompiledPlan.Step] = way == "step" ? [.at(20, .move(1))] : []
            var plan = plan(.at(10, .require([skill("senior", 3)])))
            plan.queues[0].steps += move
            let world = World(plan)
            world.agent("kim", skills: "english:9,billing:9,senior:3")
            let call = world.submit("voice")
            world.at(.seconds(10))
            #expect(world.skills(call) == [skill("billing", 2), skill("english", 9), skill("senior", 3)])
            if way == "transfer" {
                world.accept(call, by: "kim")
                world.transfer(call, by: "kim", queue: "two")
            } else if way == "update" {
                world.update(call, queue: "two")
            }
            world.at(.seconds(20))
            #expect(world.row(call)?.queue == "two")
            #expect(world.skills(call) == [skill("english", 9), skill("returns", 1)], "by \(way)")
        }
    }

    @Test("relax lowers and drop removes what anybody asked for; neither raises")
    func relaxAndDrop() {
        let world = World(
            plan(
                .at(10, .relax([skill("english", 3), skill("billing", 8), skill("other", 1)])),
                .at(20, .drop(["english"]))))
        let call = world.submit("voice", skills: "billing:5,senior")
        world.at(.seconds(10))
        #expect(world.skills(call) == [skill("billing", 5), skill("english", 3), skill("senior", 1)])
        world.at(.seconds(20))
        #expect(world.skills(call) == [skill("billing", 5), skill("senior", 1)])
        world.update(call, queue: "two")
        #expect(world.skills(call) == [skill("billing", 5), skill("returns", 1), skill("senior", 1)])
    }

    @Test("require raises and does not lower")
    func require() {
        let world = World(plan(.at(10, .require([skill("english", 8), skill("billing", 4)]))))
        let call = world.submit("voice")
        world.at(.seconds(10))
        #expect(world.skills(call) == [skill("billing", 4), skill("english", 9)])
    }

    @Test("UPDATE and TRANSFER of skills replace what request and rules ask for, not what the queue does")
    func byHand() {
        for isTransferred in [true, false] {
            let world = World(plan())
            world.agent("kim", skills: "english:9,billing:9")
            let call = world.submit("voice", skills: "billing:5")
            world.accept(call, by: "kim")
            if isTransferred {
                world.transfer(call, by: "kim", skills: "korean:2")
            } else {
                world.update(call, skills: "korean:2")
            }
            #expect(world.skills(call) == [skill("billing", 2), skill("english", 7), skill("korean", 2)])
        }
    }

    @Test("more than sixty-four skills are refused: a submission as a whole, of a step what it asks for")
    func most() {
        let many = (1...64).map { skill("s\($0)", 1) }
        let world = World(
            .of(queues: [
                .init(name: "one", skills: Array(many.dropLast(1)), steps: [.at(10, .require(many), .raisePriority(4))])
            ]))
        #expect(world.tryToSubmit("voice", skills: "a,b") == .limit)
        let call = world.submit("voice", skills: "a")
        world.at(.seconds(10))
        #expect(world.told(of: call).last == "step 1 limit")
        #expect(world.skills(call)?.count == 64)
        #expect(world.row(call)?.definition?.parts.count == 64)
        #expect(world.row(call)?.priority == 4)
        #expect(world.engine.structureFaults() == [])
    }

    @Test("an inquiry that is asked for nothing any more but by its request needs to remember no more than that")
    func plainAgain() throws {
        let world = World(.of(queues: [.init(name: "one", skills: [skill("english", 1)]), .init(name: "two")]))
        let call = world.submit("voice", skills: "billing")
        #expect(world.row(call)?.definition?.parts.count == 2)
        world.update(call, queue: "two")
        #expect(world.row(call)?.definition?.parts == [])
        #expect(world.engine.structureFaults() == [])
        try world.restart()
        #expect(world.skills(call) == [skill("billing", 1)])
    }
}
