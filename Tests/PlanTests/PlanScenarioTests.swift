import Plan
import Routing
import TestSupport
import Testing

// The documented scenarios on the engine, under plans as people write them. Steps: PlanStepScenarioTests.swift; on the
// port: SwitchboardTests.

@Suite("Scenarios of capacity, by plan documents")
struct PlanCapacityScenarioTests {
    @Test("2: an agent on a chat gets no task but a second chat, and the task when both are done")
    func chatStandsAlone() throws {
        let floor = try Floor(ScenarioPlans.besideEachOther)
        floor.agent("kim")
        let first = floor.submit("chat")
        let task = floor.submit("task")
        #expect(floor.place(task) == "waiting default" && floor.why(task) == ["not_beside 1"])
        let second = floor.submit("chat")
        #expect(floor.place(second) == "offered default kim")
        for chat in [first, second] { floor.accept(chat, "kim") }
        floor.complete(first, "kim")
        #expect(floor.place(task) == "waiting default")
        floor.complete(second, "kim")
        #expect(floor.place(task) == "offered default kim")
    }

    @Test(
        "2: a task lets a chat join, and the call when that has ended; a new task waits for the call and the first task",
        arguments: [true, false])
    func taskLetsAnythingJoin(callEndsFirst: Bool) throws {
        let floor = try Floor(ScenarioPlans.besideEachOther)
        floor.agent("kim")
        let task = floor.submit("task")
        let chat = floor.submit("chat")
        #expect(floor.place(chat) == "offered default kim")
        let call = floor.submit("voice")
        #expect(floor.place(call) == "waiting default" && floor.why(call) == ["not_beside 1"])
        for id in [task, chat] { floor.accept(id, "kim") }
        floor.complete(chat, "kim")
        #expect(floor.place(call) == "offered default kim")
        floor.accept(call, "kim")
        let other = floor.submit("task")
        floor.complete(callEndsFirst ? call : task, "kim")
        #expect(floor.place(other) == "waiting default")
        #expect(floor.why(other) == [callEndsFirst ? "limit 1" : "not_beside 1"])
        floor.complete(callEndsFirst ? task : call, "kim")
        #expect(floor.place(other) == "offered default kim")
    }

    @Test("3: beside four e-mails that fill the agent a call is offered at once, a fifth e-mail and a chat are not")
    func interruption() throws {
        let floor = try Floor(ScenarioPlans.interruption)
        floor.agent("kim")
        let emails = (1...4).map { _ in floor.submit("email") }
        #expect(emails.map { floor.place($0) } == Array(repeating: "assigned default kim", count: 4))
        let fifth = floor.submit("email")
        let chat = floor.submit("chat")
        #expect(floor.why(fifth) == ["limit 1"] && floor.why(chat) == ["no_room 1"])
        let call = floor.submit("voice")
        #expect(floor.place(call) == "offered default kim")
        floor.accept(call, "kim")
        floor.complete(emails[0], "kim")
        #expect([fifth, chat].map { floor.place($0) } == ["waiting default", "waiting default"])
        floor.complete(call, "kim")
        #expect(floor.place(fifth) == "assigned default kim")
        #expect(floor.place(chat) == "waiting default")
    }
}

@Suite("Scenarios of who gets it, by plan documents")
struct PlanSelectionScenarioTests {
    @Test(
        "10: french 1 and sales 5, of the request or of the queue, fit the second agent only",
        arguments: [("default", "french:1,sales:5"), ("sales", "")])
    func skillMatch(queue: String, skills: String) throws {
        let floor = try Floor(ScenarioPlans.skillMatch)
        floor.agent("one", skills: "french:3,sales:4")
        floor.agent("two", skills: "french:1,sales:9")
        floor.agent("three", skills: "sales:10")
        let first = floor.submit("voice", queue: queue, skills: skills)
        #expect(floor.place(first) == "offered \(queue) two")
        let second = floor.submit("voice", queue: queue, skills: skills)
        #expect(floor.place(second) == "waiting \(queue)" && floor.skills(second) == "french:1,sales:5")
        #expect(floor.why(second) == ["skill_missing 1", "level_too_low 1", "limit 1"])
    }

    @Test("10: the queue of the most skilled takes the fourth, french 5 and sales 9, before the second")
    func mostSkilled() throws {
        let floor = try Floor(ScenarioPlans.skillMatch)
        floor.agent("one", skills: "french:3,sales:4")
        floor.agent("two", skills: "french:1,sales:9")
        floor.agent("three", skills: "sales:10")
        floor.agent("four", skills: "french:5,sales:9")
        let calls = (1...2).map { _ in floor.submit("voice", queue: "best") }
        #expect(calls.map { floor.place($0) } == ["offered best four", "offered best two"])
    }

    @Test("11: a billing chat goes to the one with billing alone on one channel, though another is idle longer")
    func spareTheVersatile() throws {
        let floor = try Floor(ScenarioPlans.spareTheVersatile)
        floor.agent("all", skills: "billing,returns,english")
        floor.pass(.minutes(5))
        floor.agent("one", skills: "billing", channels: "chat")
        let chats = (1...2).map { _ in floor.submit("chat", queue: "billing") }
        #expect(chats.map { floor.place($0) } == ["offered billing one", "offered billing all"])
    }
}

@Suite("Scenarios of preferred agents, by plan documents")
struct PlanPreferredScenarioTests {
    /// Kim is ready and full, Lee is idle.
    private func busyKim() throws -> (floor: Floor, taken: Int64) {
        let floor = try Floor(ScenarioPlans.preferredAgent)
        floor.agent("kim")
        let taken = floor.submit("voice")
        floor.accept(taken, "kim")
        floor.agent("lee", skills: "french:5")
        return (floor, taken)
    }

    @Test("12: for 40 s nobody but Kim gets it, at 40 s anybody does")
    func held() throws {
        let (floor, _) = try busyKim()
        let call = floor.submit("voice", agent: "kim", hold: .seconds(40))
        floor.at(.milliseconds(39_999))
        #expect(floor.place(call) == "waiting default")
        #expect(floor.why(call) == ["limit 1", "held_for_another 1"])
        floor.at(.seconds(40))
        #expect(floor.place(call) == "offered default lee")
        #expect(floor.told(call) == ["submitted", "preferred_released", "offered"])
    }

    @Test("12: at 40 s it has its old place, before what came after it")
    func oldPlace() throws {
        let (floor, _) = try busyKim()
        let first = floor.submit("voice")
        floor.accept(first, "lee")
        let call = floor.submit("voice", agent: "kim", hold: .seconds(40))
        floor.pass(.seconds(1))
        let later = floor.submit("voice")
        floor.at(.seconds(40))
        floor.complete(first, "lee")
        #expect([call, later].map { floor.place($0) } == ["offered default lee", "waiting default"])
    }

    @Test("12: Kim gets it when she has room in time")
    func roomInTime() throws {
        let (floor, taken) = try busyKim()
        let call = floor.submit("voice", agent: "kim", hold: .seconds(40))
        floor.at(.milliseconds(39_999))
        floor.complete(taken, "kim")
        #expect(floor.place(call) == "offered default kim")
        floor.at(.minutes(2))
        #expect(floor.told(call) == ["submitted", "offered"])
    }

    @Test(
        "12: Kim signed off, away, or without the skill that the queue asks for: to anybody at once",
        arguments: ["offline", "away", "unskilled"])
    func atOnce(what: String) throws {
        let (floor, _) = try busyKim()
        if what == "offline" { floor.offline("kim") }
        if what == "away" { floor.away("kim") }
        let queue = what == "unskilled" ? "french" : "default"
        // Signed off, she has given her call back: it goes before.
        if what == "offline" { floor.agent("max") }
        let call = floor.submit("voice", queue: queue, agent: "kim", hold: .seconds(40))
        #expect(floor.place(call) == "offered \(queue) \(what == "offline" ? "max" : "lee")")
        #expect(floor.times(.offered, of: call) == [.zero])
    }

    /// Kim has the customer's message, Lee is idle longer.
    private func openWithKim(voiceWeight: Int) throws -> Floor {
        let floor = try Floor(ScenarioPlans.oneAgent(voiceWeight: voiceWeight))
        floor.agent("lee")
        floor.pass(.minutes(1))
        floor.agent("kim")
        floor.accept(floor.submit("social", agent: "kim", customer: "ann"), "kim")
        return floor
    }

    @Test("13: a call of weight 50 goes to Kim, who has the customer's message; another customer's goes to Lee")
    func oneAgent() throws {
        let floor = try openWithKim(voiceWeight: 50)
        #expect(floor.place(floor.submit("voice", customer: "ann")) == "offered default kim")
        #expect(floor.place(floor.submit("voice", customer: "ben")) == "offered default lee")
    }

    @Test(
        "13: a call of weight 100 is held for Kim for 30 s or half its target, whichever is less, then goes to anybody",
        arguments: [("default", 30), ("quick", 20)])
    func heldForKim(queue: String, seconds: Int64) throws {
        let floor = try openWithKim(voiceWeight: 100)
        let call = floor.submit("voice", queue: queue, customer: "ann")
        let from = floor.now - floor.start
        #expect(floor.why(call) == ["no_room 1", "held_for_another 1"])
        floor.at(from + .milliseconds(seconds * 1_000 - 1))
        #expect(floor.place(call) == "waiting \(queue)")
        floor.at(from + .seconds(seconds))
        #expect(floor.place(call) == "offered \(queue) lee")
    }
}

@Suite("Scenarios of which first, by plan documents")
struct PlanOrderScenarioTests {
    @Test(
        "14: X waited 5 min at priority 10, Y 12 min: X is first, Y when raised to 4; at 3 they tie, and the lower id is first",
        arguments: [(nil, "X"), (3, "Y"), (4, "Y")] as [(Int32?, String)])
    func priority(raised: Int32?, first: String) throws {
        let floor = try Floor(ScenarioPlans.priority)
        let old = floor.submit("voice")
        floor.at(.minutes(7))
        let young = floor.submit("voice", attrs: #"{"tier":"gold"}"#)
        #expect(floor.priority(young) == 10 && floor.rules(young) == "gold")
        floor.at(.minutes(12))
        if let raised { floor.setPriority(old, raised) }
        floor.agent("kim")
        #expect(floor.place(first == "X" ? young : old) == "offered default kim")
    }

    @Test("15: waited 58 of 60 minutes comes before waited 0 of 30")
    func slack() throws {
        let floor = try Floor(ScenarioPlans.slack)
        let slow = floor.submit("voice", queue: "slow")
        floor.at(.minutes(58))
        let quick = floor.submit("voice", queue: "quick")
        #expect([slow, quick].map { floor.rank($0) } == [.minutes(60), .minutes(88)])
        floor.agent("kim")
        #expect(floor.place(slow) == "offered slow kim")
        #expect(floor.place(quick) == "waiting quick")
    }

    @Test(
        "15: of targets of 60 and 30 minutes, who has waited 31 minutes is due first, who has waited 29 is not",
        arguments: [(31, "slow"), (29, "quick")] as [(Int64, String)])
    func slackTurns(waited: Int64, first: String) throws {
        let floor = try Floor(ScenarioPlans.slack)
        let slow = floor.submit("voice", queue: "slow")
        floor.at(.minutes(waited))
        let quick = floor.submit("voice", queue: "quick")
        floor.agent("kim")
        #expect(floor.place(first == "slow" ? slow : quick) == "offered \(first) kim")
    }

    @Test("16: the call of B goes out at once, though that of A is ahead, which asks for a skill that the agent lacks")
    func heldBack() throws {
        let floor = try Floor(ScenarioPlans.heldBack)
        let ahead = floor.submit("voice", queue: "a")
        floor.agent("kim", skills: "sales")
        let behind = floor.submit("voice", queue: "b")
        #expect([ahead, behind].map { floor.place($0) } == ["waiting a", "offered b kim"])
        #expect(floor.why(ahead) == ["skill_missing 1"])
        // With the skill, A is first.
        floor.agent("lee", skills: "french")
        #expect(floor.place(ahead) == "offered a lee")
    }
}
