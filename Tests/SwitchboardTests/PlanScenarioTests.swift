import TestSupport
import Testing

/// The documented scenarios under plans as people write them, published and played on the port; their numbers are in the
/// names. Those that take their time: PlanClockScenarioTests.swift.
@Suite("Scenarios under published plans", .blocking)
struct PlanScenarioTests {
    private static func state(_ shop: LinePeer, _ id: Int64) throws -> String {
        let shown = try shop.ok("GET \(id)")
        return [shown["state"], shown["agent"]].compactMap { $0 }.joined(separator: " ")
    }

    // MARK: Capacity

    @Test("2: an agent on a chat gets no task but a second chat, and the task when both are done")
    func chatStandsAlone() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.besideEachOther) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let first = try shop.submit("channel=chat")
            try kim.expectEvent("offered", inquiry: first)
            let task = try shop.submit("channel=task")
            #expect(try daemon.admin().explain(task).reasons == ["not_beside 1"])
            let second = try shop.submit("channel=chat")
            try kim.serve(second)
            #expect(try Self.state(shop, task) == "waiting")
            try kim.ok("ACCEPT \(first)")
            try kim.ok("COMPLETE \(first)")
            try kim.expectEvent("offered", inquiry: task)
        }
    }

    @Test(
        "2: a task lets a chat join, and the call when that has ended; a new task waits for the call and the first task",
        arguments: [true, false])
    func taskLetsAnythingJoin(callEndsFirst: Bool) async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.besideEachOther) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let task = try shop.submit("channel=task")
            try kim.expectEvent("offered", inquiry: task)
            try kim.ok("ACCEPT \(task)")
            let chat = try shop.submit("channel=chat")
            try kim.expectEvent("offered", inquiry: chat)
            let call = try shop.submit("channel=voice")
            #expect(try daemon.admin().explain(call).reasons == ["not_beside 1"])
            try kim.ok("ACCEPT \(chat)")
            #expect(try Self.state(shop, call) == "waiting")
            try kim.ok("COMPLETE \(chat)")
            try kim.expectEvent("offered", inquiry: call)
            try kim.ok("ACCEPT \(call)")
            let other = try shop.submit("channel=task")
            try kim.ok("COMPLETE \(callEndsFirst ? call : task)")
            #expect(try daemon.admin().explain(other).reasons == [callEndsFirst ? "limit 1" : "not_beside 1"])
            #expect(try kim.takeEvents().isEmpty)
            try kim.ok("COMPLETE \(callEndsFirst ? task : call)")
            try kim.expectEvent("offered", inquiry: other)
        }
    }

    @Test("3: beside four e-mails that fill the agent a call is offered at once, a fifth e-mail and a chat are not")
    func interruption() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.interruption) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let emails = try (1...4).map { _ in try shop.submit("channel=email") }
            for email in emails { try kim.expectEvent("assigned", inquiry: email) }
            let fifth = try shop.submit("channel=email")
            let chat = try shop.submit("channel=chat")
            let admin = try daemon.admin()
            #expect(try admin.explain(fifth).reasons == ["limit 1"])
            #expect(try admin.explain(chat).reasons == ["no_room 1"])
            let call = try shop.submit("channel=voice")
            // The next push is the call's: nothing else was offered.
            let offer = try kim.expectEvent("offered", inquiry: call)
            #expect(offer["over_capacity"] == "true", "\(offer)")
            try kim.ok("ACCEPT \(call)")
            try kim.ok("COMPLETE \(emails[0])")
            #expect(try kim.takeEvents().isEmpty)
            try kim.ok("COMPLETE \(call)")
            try kim.expectEvent("assigned", inquiry: fifth)
            #expect(try Self.state(shop, chat) == "waiting")
        }
    }

    // MARK: Who gets it

    @Test(
        "10: french 1 and sales 5, of the request or of the queue, fit the second agent only",
        arguments: [("default", " skills=french:1,sales:5"), ("sales", "")])
    func skillMatch(queue: String, skills: String) async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.skillMatch) { daemon in
            let others = [
                try daemon.readyAgent("one", "skills=french:3,sales:4"),
                try daemon.readyAgent("three", "skills=sales:10"),
            ]
            let two = try daemon.readyAgent("two", "skills=french:1,sales:9")
            let shop = try daemon.upstream()
            let first = try shop.submit("channel=voice queue=\(queue)\(skills)")
            try two.expectEvent("offered", inquiry: first)
            let second = try shop.submit("channel=voice queue=\(queue)\(skills)")
            let why = try daemon.admin().explain(second)
            #expect(why.reasons == ["skill_missing 1", "level_too_low 1", "limit 1"])
            #expect(why.last["skills"] == "french:1,sales:5", "\(why.last)")
            for other in others { #expect(try other.takeEvents().isEmpty) }
        }
    }

    @Test("10: the queue of the most skilled takes the fourth, french 5 and sales 9, before the second")
    func mostSkilled() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.skillMatch) { daemon in
            let levels = ["french:3,sales:4", "french:1,sales:9", "sales:10", "french:5,sales:9"]
            let agents = try zip(["one", "two", "three", "four"], levels).map {
                try daemon.readyAgent($0, "skills=\($1)")
            }
            let shop = try daemon.upstream()
            let calls = try (1...2).map { _ in try shop.submit("channel=voice queue=best") }
            try agents[3].expectEvent("offered", inquiry: calls[0])
            try agents[1].expectEvent("offered", inquiry: calls[1])
            let why = try daemon.admin().explain(calls[0]).last
            #expect(why["to"] == "four" && why["select"] == "most_skilled" && why["runner_up"] == "two", "\(why)")
            #expect(why["candidates"] == "2" && why["plan"] == "2", "\(why)")
        }
    }

    @Test("11: a billing chat goes to the one with billing alone on one channel, though another is idle longer")
    func spareTheVersatile() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.spareTheVersatile) { daemon in
            let all = try daemon.readyAgent("all", "skills=billing,returns,english")
            let one = try daemon.readyAgent("one", "skills=billing channels=chat")
            let shop = try daemon.upstream()
            let chats = try (1...2).map { _ in try shop.submit("channel=chat queue=billing") }
            try one.expectEvent("offered", inquiry: chats[0])
            try all.expectEvent("offered", inquiry: chats[1])
            let why = try daemon.admin().explain(chats[0]).last
            #expect(why["select"] == "least_skilled" && why["runner_up"] == "all", "\(why)")
        }
    }

    @Test("12: Kim without the skill that the queue asks for: to anybody at once")
    func unskilled() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.preferredAgent) { daemon in
            let kim = try daemon.readyAgent("kim", "skills=french:2")
            let lee = try daemon.readyAgent("lee", "skills=french:3")
            let call = try daemon.upstream().submit("channel=voice queue=french agent=kim hold=40s")
            try lee.expectEvent("offered", inquiry: call)
            let released = try daemon.watcher(of: call).expectEvents("submitted", "preferred_released", "offered")[1]
            #expect(released["reason"] == "changed" && released["agent"] == "kim", "\(released)")
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    @Test("13: a call of weight 50 goes to Kim, who has the customer's message, and names it; another's goes to Lee")
    func oneAgent() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.oneAgent(voiceWeight: 50)) { daemon in
            let lee = try daemon.readyAgent("lee")
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let message = try shop.submit("channel=social customer=ann agent=kim")
            try kim.expectEvent("offered", inquiry: message)
            try kim.ok("ACCEPT \(message)")
            let call = try shop.submit("channel=voice customer=ann")
            #expect(try kim.expectEvent("offered", inquiry: call)["open"] == "[\(message)]")
            let other = try shop.submit("channel=voice customer=ben")
            try lee.expectEvent("offered", inquiry: other)
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    // MARK: Which first

    @Test("16: the call of B goes out at once, though that of A is ahead, which asks for a skill that the agent lacks")
    func heldBack() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.heldBack) { daemon in
            let shop = try daemon.upstream()
            let ahead = try shop.submit("channel=voice queue=a")
            let kim = try daemon.readyAgent("kim", "skills=sales")
            let behind = try shop.submit("channel=voice queue=b")
            try kim.expectEvent("offered", inquiry: behind)
            let why = try daemon.admin().explain(ahead)
            #expect(why.reasons == ["skill_missing 1"] && why.last["place"] == "1", "\(why)")
            // With the skill, A is first.
            let later = try shop.submit("channel=voice queue=b")
            let lee = try daemon.readyAgent("lee", "skills=french")
            try lee.serve(ahead)
            try lee.expectEvent("offered", inquiry: later)
        }
    }

    // MARK: Length

    @Test("26: the 101st that would wait goes to the overflow, or is refused, until somebody makes room")
    func length() async throws {
        try await DaemonUnderTest.publishing(ScenarioPlans.waitAndLength) { daemon in
            let shop = try daemon.upstream()
            for queue in ["long", "strict"] {
                try shop.send((1...100).map { _ in "SUBMIT channel=voice queue=\(queue)" })
                for _ in 1...100 { #expect(try shop.answer().last?["queue"] == queue) }
            }
            #expect(try shop.ok("SUBMIT channel=voice queue=long")["queue"] == "two")
            try shop.refused("SUBMIT channel=voice queue=strict", "limit")
            // The 101st of `strict` is the first: nothing waits that was refused.
            #expect(try daemon.admin().counts()["waiting"] == 201)
            try shop.ok("ABANDON 150")
            #expect(try shop.ok("SUBMIT channel=voice queue=strict")["queue"] == "strict")
            try shop.refused("SUBMIT channel=voice queue=strict", "limit")
        }
    }
}
