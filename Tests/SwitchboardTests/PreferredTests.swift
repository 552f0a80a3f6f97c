import Plan
import Routing
import TestSupport
import Testing

/// Inquiries that are for one agent: named by the request, or known to the customer.
@Suite("Preferred agents on the port", .blocking)
struct PreferredTests {
    @Test("12: it waits for its agent alone, and gets her when she has room in time")
    func waitsForItsAgent() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "channels=chat:1")
            let lee = try daemon.readyAgent("lee", "channels=chat:1")
            let shop = try daemon.upstream()
            let first = try shop.submit("channel=chat agent=kim")
            try kim.expectEvent("offered", inquiry: first)
            try kim.ok("ACCEPT \(first)")
            let second = try shop.submit("channel=chat agent=kim hold=40s")
            let shown = try shop.ok("GET \(second)")
            #expect(shown["state"] == "waiting" && shown["preferred"] == "kim" && shown["hold_until"] != nil)
            #expect(try lee.takeEvents().isEmpty)
            try kim.ok("COMPLETE \(first)")
            try kim.expectEvent("offered", inquiry: second)
            try kim.ok("ACCEPT \(second)")
            #expect(try shop.ok("GET \(second)")["preferred"] == nil)
            #expect(try lee.takeEvents().isEmpty)
        }
    }

    @Test("12: when the hold is over it is anybody's, in its old place")
    func holdEnds() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "channels=chat:1")
            let shop = try daemon.upstream()
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=preferred_released")
            let taken = try shop.submit("channel=chat agent=kim")
            try kim.ok("ACCEPT \(taken)")
            let held = try shop.submit("channel=chat agent=kim hold=1s")
            let later = try shop.submit()
            // Lee takes one at a time: what comes first is what he is offered when the hold is over.
            let lee = try daemon.agent("lee", "channels=chat:1")
            let released = try watcher.expectEvent("preferred_released", inquiry: held)
            #expect(released["agent"] == "kim" && released["reason"] == "timeout")
            try lee.ok("READY")
            try lee.expectEvent("offered", inquiry: held)
            #expect(try shop.ok("GET \(later)")["state"] == "waiting")
        }
    }

    @Test(
        "12: an agent who cannot be waited for is not",
        arguments: [("OFFLINE", "offline"), ("AWAY", "away"), ("READY channels=email", "changed")])
    func notWaitedFor(said: String, reason: String) async throws {
        try await DaemonUnderTest.with { daemon in
            // An e-mail, which she keeps whatever she says, leaves no room for a chat beside it.
            let kim = try daemon.readyAgent("kim", "channels=chat,email:1 capacity=30")
            let lee = try daemon.readyAgent("lee", "channels=chat:1")
            let shop = try daemon.upstream()
            let mail = try shop.submit("channel=email")
            try kim.expectEvent("assigned", inquiry: mail)
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=preferred_released")
            // One that waits for her when she leaves, and one that comes afterwards.
            let before = try shop.submit("channel=chat agent=kim")
            #expect(try shop.ok("GET \(before)")["state"] == "waiting")
            try kim.ok(said)
            #expect(try watcher.expectEvent("preferred_released", inquiry: before)["reason"] == reason)
            try lee.expectEvent("offered", inquiry: before)
            try lee.ok("ACCEPT \(before)")
            try lee.ok("COMPLETE \(before)")
            let after = try shop.submit("channel=chat agent=kim")
            #expect(try watcher.expectEvent("preferred_released", inquiry: after)["reason"] == reason)
            try lee.expectEvent("offered", inquiry: after)
        }
    }

    @Test("13: a customer's call goes to the agent who has the customer's message, and its event names it")
    func oneCustomerOneAgent() async throws {
        try await DaemonUnderTest.with(plan: Self.shoeShop(voiceWeight: 50)) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let message = try shop.submit("channel=social customer=c-1")
            try kim.ok("ACCEPT \(message)")
            // Lee has been idle for longer than Kim; it makes no difference.
            let lee = try daemon.readyAgent("lee")
            let call = try shop.submit("channel=voice customer=c-1")
            let offer = try kim.skipToEvent("offered", inquiry: call)
            #expect(offer["open"] == "[\(message)]" && offer["last"] == nil, "\(offer)")
            #expect(try lee.takeEvents().isEmpty)
            // Whoever watches is not told what the customer has besides.
            let watcher = try daemon.admin()
            try watcher.ok("WATCH from=0 types=offered inquiry=\(call)")
            #expect(try watcher.expectEvent("offered", inquiry: call)["open"] == nil)
            // Of another customer nothing is known.
            try kim.ok("ACCEPT \(call)")
            let stranger = try shop.submit("channel=voice customer=c-2")
            let other = try lee.expectEvent("offered", inquiry: stranger)
            #expect(other["open"] == nil && other["last"] == nil, "\(other)")
        }
    }

    @Test("13: without room for it, the call is held for her for half its target, then goes to anybody")
    func heldForHalfTheTarget() async throws {
        try await DaemonUnderTest.with(plan: Self.shoeShop(voiceWeight: 100), clockSpeed: 10) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let message = try shop.submit("channel=social customer=c-1")
            try kim.ok("ACCEPT \(message)")
            let lee = try daemon.readyAgent("lee")
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=submitted,preferred_released")
            let call = try shop.submit("channel=voice customer=c-1")
            let submitted = try watcher.expectEvent("submitted", inquiry: call)
            #expect(submitted["preferred"] == "kim" && submitted["continuity"] == "true", "\(submitted)")
            // The target of a call is 20 s.
            #expect(submitted["hold"] == "10s", "\(submitted)")
            #expect(try watcher.expectEvent("preferred_released", inquiry: call)["reason"] == "timeout")
            try lee.expectEvent("offered", inquiry: call)
        }
    }

    @Test("the last agent of a customer is found in memory, and in the store after a restart")
    func lastAgent() async throws {
        var plan = RoutingPlan()
        plan.continuity.prefer = [.openAgent, .lastAgent]
        try await DaemonUnderTest.withSite { site in
            let token = try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
                let token = try daemon.token("role=upstream")
                let shop = try daemon.session(token)
                let kim = try daemon.readyAgent("kim", "channels=chat:2")
                let first = try shop.submit("channel=chat customer=\"고객 1\"")
                try kim.ok("ACCEPT \(first)")
                try kim.ok("COMPLETE \(first)")
                let lee = try daemon.readyAgent("lee")
                let second = try shop.submit("channel=chat customer=\"고객 1\"")
                let offer = try kim.skipToEvent("offered", inquiry: second)
                #expect(offer["last"] == "\(first)")
                #expect(try lee.takeEvents().isEmpty)
                try kim.ok("ACCEPT \(second)")
                try kim.ok("COMPLETE \(second)")
                return token
            }
            try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
                let lee = try daemon.readyAgent("lee")
                let kim = try daemon.readyAgent("kim")
                let shop = try daemon.session(token)
                #expect(try daemon.admin().ok("INFO")["closed_in_memory"] == "0")
                // What stands behind a submission that waits for the store keeps its place.
                try shop.send(
                    "#1 SUBMIT channel=chat customer=\"고객 1\" key=k", "#2 PING", "#3 SUBMIT channel=chat customer=new",
                    "#4 SUBMIT channel=chat customer=\"고객 1\" key=k")
                let answers = try (1...4).map { _ in try #require(try shop.answer().last) }
                #expect(answers.map(\.tag) == ["#1", "#2", "#3", "#4"] && answers.allSatisfy(\.isOK))
                #expect(answers[3]["duplicate"] == "true" && answers[3]["id"] == answers[0]["id"])
                try kim.skipToEvent("offered", inquiry: answers[0].integer("id"))
                #expect(try lee.takeEvents().count { $0.event == "offered" } <= 1)
            }
        }
    }

    @Test("a hold survives a restart, and ends as it would have ended")
    func restart() async throws {
        try await DaemonUnderTest.withSite { site in
            let (token, chat) = try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.readyAgent("kim", "channels=chat:1")
                let shop = try daemon.upstream()
                let taken = try shop.submit("channel=chat agent=kim")
                try kim.ok("ACCEPT \(taken)")
                return (try daemon.token("role=agent agent=kim"), try shop.submit("channel=chat agent=kim hold=1h"))
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.session(token)
                let lee = try daemon.readyAgent("lee")
                let admin = try daemon.admin()
                let shown = try admin.ok("GET \(chat)")
                #expect(shown["preferred"] == "kim" && shown["state"] == "waiting", "\(shown)")
                #expect(try lee.takeEvents().isEmpty)
                try kim.ok("AWAY")
                try lee.expectEvent("offered", inquiry: chat)
            }
        }
    }

    /// The default plan with calls of that weight; 25 for a message leaves room for a call of 50 beside it.
    private static func shoeShop(voiceWeight: Int32) -> RoutingPlan {
        var plan = RoutingPlan()
        plan.channels[0].weight = voiceWeight
        return plan
    }
}
