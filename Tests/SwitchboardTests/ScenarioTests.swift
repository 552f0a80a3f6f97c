import Plan
import Routing
import TestSupport
import Testing

/// The scenarios of SCENARIOS.md that show on the port; their numbers are in the names.
@Suite("Scenarios on the port", .blocking)
struct ScenarioTests {
    /// The default plan, with a chat limit and how long an offer of a chat stands.
    static func plan(chatLimit: Int32 = 4, offerTimeout: TimeSpan = .seconds(30)) -> RoutingPlan {
        var plan = RoutingPlan()
        for index in plan.channels.indices where plan.channels[index].name == "chat" {
            plan.channels[index].limit = chatLimit
            plan.channels[index].offerTimeout = offerTimeout
        }
        return plan
    }

    @Test("5: backlog follows room at once")
    func backlogFollowsRoom() async throws {
        try await DaemonUnderTest.with(plan: Self.plan(chatLimit: 3)) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let chats = try (1...4).map { _ in try shop.submit() }
            for chat in chats[..<3] {
                try kim.expectEvent("offered", inquiry: chat)
                #expect(try kim.ok("ACCEPT \(chat)")["state"] == "assigned")
            }
            #expect(try shop.ok("GET \(chats[3])")["state"] == "waiting")
            try kim.send("COMPLETE \(chats[0])")
            // The answer comes first, the offer with it: nobody polled.
            #expect(try kim.answer().last?["state"] == "completed")
            try kim.expectEvent("offered", inquiry: chats[3])
            let fifth = try shop.submit()
            #expect(try shop.ok("GET \(fifth)")["state"] == "waiting")
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    @Test("6: a hundred submissions on twenty connections never pass the limit")
    func noRacePastTheLimit() async throws {
        try await DaemonUnderTest.with { daemon in
            let agents = try (1...5).map { try daemon.readyAgent("agent-\($0)", "channels=chat:4") }
            let token = try daemon.token("role=upstream")
            let peers = try (1...20).map { _ in try daemon.session(token) }
            for peer in peers { try peer.send((1...5).map { "#\($0) SUBMIT channel=chat" }) }
            for peer in peers {
                for number in 1...5 {
                    let line = try #require(try peer.answer().last)
                    #expect(line.isOK && line.tag == "#\(number)")
                }
            }
            let counts = try daemon.admin().counts()
            #expect(counts["offered"] == 20)
            #expect(counts["waiting"] == 80)
            for agent in agents {
                let offers = try agent.takeEvents()
                #expect(offers.count == 4)
                #expect(offers.allSatisfy { $0.event == "offered" })
            }
        }
    }

    @Test("17: an inquiry keeps its place when it is declined and when it is missed")
    func placeSurvives() async throws {
        try await DaemonUnderTest.with(plan: Self.plan(chatLimit: 1, offerTimeout: .seconds(1))) { daemon in
            let shop = try daemon.upstream()
            let chats = try (1...8).map { _ in try shop.submit() }
            let kim = try daemon.readyAgent("kim")
            try kim.expectEvent("offered", inquiry: chats[0])
            try kim.ok("DECLINE \(chats[0])")
            try kim.expectEvent("offered", inquiry: chats[1])

            // Lee gets the first, not the third: declining has not cost it its place.
            let lee = try daemon.readyAgent("lee")
            try lee.expectEvent("offered", inquiry: chats[0])
            try kim.ok("ACCEPT \(chats[1])")

            // Lee misses it. Whoever comes next gets it before all that came after it.
            try lee.expectEvent("missed", inquiry: chats[0])
            let park = try daemon.readyAgent("park")
            try park.expectEvent("offered", inquiry: chats[0])
            try park.ok("ACCEPT \(chats[0])")

            // The rest goes out in the order in which it came.
            for chat in chats[2...] {
                let previous = chat == chats[2] ? chats[0] : chat - 1
                try park.ok("COMPLETE \(previous)")
                try park.expectEvent("offered", inquiry: chat)
                try park.ok("ACCEPT \(chat)")
            }
        }
    }

    @Test("19: declined, the agent gets other work and not that one")
    func declined() async throws {
        try await DaemonUnderTest.with(plan: Self.plan(chatLimit: 1)) { daemon in
            let shop = try daemon.upstream()
            let (first, second) = (try shop.submit(), try shop.submit())
            let kim = try daemon.readyAgent("kim")
            try kim.expectEvent("offered", inquiry: first)
            // The reason is the agent's own; what happens next is the second.
            try kim.ok("DECLINE \(first) reason=\"not mine\"")
            try kim.expectEvent("offered", inquiry: second)
            try kim.ok("ACCEPT \(second)")
            try kim.ok("COMPLETE \(second)")
            #expect(try kim.takeEvents().isEmpty)
            let shown = try shop.ok("GET \(first)")
            #expect(shown["state"] == "waiting" && shown["excluded"] == "kim")
        }
    }

    @Test("19: missed, the agent is away and the next one gets it")
    func missed() async throws {
        try await DaemonUnderTest.with(plan: Self.plan(offerTimeout: .seconds(1))) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let chat = try shop.submit()
            let offer = try kim.expectEvent("offered", inquiry: chat)
            let lee = try daemon.readyAgent("lee")
            let missed = try kim.expectEvent("missed", inquiry: chat)
            let (time, expires) = (try #require(missed.instant("time")), try #require(offer.instant("expires")))
            #expect(time >= expires, "not before its time")
            try kim.expectEvent("agent_away")
            let shown = try daemon.admin().ok("AGENT GET kim")
            #expect(shown["state"] == "away" && shown["reason"] == "missed")
            try lee.expectEvent("offered", inquiry: chat)
            try kim.refused("ACCEPT \(chat)", "gone")
            try lee.ok("ACCEPT \(chat)")
            #expect(try shop.ok("GET \(chat)")["agent"] == "lee")
        }
    }

    @Test("19: of two accepts one wins, and the other is told gone")
    func twoAccepts() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let chat = try shop.submit()
            try kim.expectEvent("offered", inquiry: chat)
            let lee = try daemon.readyAgent("lee")
            try lee.refused("ACCEPT \(chat)", "conflict")
            try kim.ok("AWAY")
            try kim.expectEvent("withdrawn", inquiry: chat)
            try lee.expectEvent("offered", inquiry: chat)
            // Both at once; only one of them has the offer.
            try kim.send("ACCEPT \(chat)")
            try lee.send("ACCEPT \(chat)")
            #expect(try kim.answer().last?.code == "gone")
            #expect(try lee.answer().last?["state"] == "assigned")
            // Again by the same agent: the same answer, and no event.
            let seq = try daemon.admin().ok("INFO").integer("seq")
            #expect(try lee.ok("ACCEPT \(chat)")["state"] == "assigned")
            #expect(try daemon.admin().ok("INFO").integer("seq") == seq)
        }
    }

    @Test("19: who goes offline has its offers withdrawn, and others get them at once")
    func offlineWithdraws() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let chats = try (1...2).map { _ in try shop.submit() }
            for chat in chats { try kim.expectEvent("offered", inquiry: chat) }
            let lee = try daemon.readyAgent("lee")
            #expect(try kim.ok("OFFLINE")["state"] == "offline")
            for chat in chats {
                #expect(try kim.expectEvent("withdrawn", inquiry: chat)["reason"] == "offline")
                try lee.expectEvent("offered", inquiry: chat)
            }
            // Told by the OK alone.
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    @Test("22: nothing is stuck half-way, in whatever order everything happens at once")
    func nothingStuck() async throws {
        try await DaemonUnderTest.with(plan: Self.plan(offerTimeout: .seconds(1)), clockSpeed: 3) { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim channels=chat:4")
            let token = try daemon.token("role=agent agent=kim")
            let shop = try daemon.upstream()
            for (round, order) in permutations(["accept", "decline", "abandon", "disconnect"]).enumerated() {
                let kim = try daemon.session(token)
                try kim.ok("READY")
                let chat = try shop.submit()
                try kim.expectEvent("offered", inquiry: chat)
                // Every third round the offer also runs out while the others race.
                if round.isMultiple(of: 3) { try kim.expectEvent("missed", inquiry: chat) }
                var isConnected = true
                for step in order {
                    switch step {
                    case "abandon": try shop.send("ABANDON \(chat)")
                    case "disconnect":
                        kim.close()
                        isConnected = false
                    default: if isConnected { try kim.send("\(step) \(chat)") }
                    }
                }
                let left = try #require(try shop.answer().last)
                let shown = try admin.ok("GET \(chat)")
                if left.isOK {
                    #expect(shown["state"] == "abandoned")
                } else {
                    #expect(left["state"] == "assigned" && shown["state"] == "assigned" && shown["agent"] == "kim")
                    // What the agent has now ends by upstream.
                    try shop.ok("CANCEL \(chat)")
                }
            }
            let kim = try daemon.session(token)
            try kim.ok("READY")
            #expect(try kim.rows("MINE").isEmpty)
            // All its room is there.
            for chat in try (1...4).map({ _ in try shop.submit() }) { try kim.expectEvent("offered", inquiry: chat) }
            let counts = try admin.counts()
            #expect(counts["submitted"] == 28 && counts["offered"] == 4)
            #expect(counts["waiting"] == 0 && counts["assigned"] == 0)
            #expect((counts["abandoned"] ?? 0) + (counts["cancelled"] ?? 0) == 24)
        }
    }

    @Test("35: poison is refused at the door, and nobody else notices")
    func poison() async throws {
        try await DaemonUnderTest.with { daemon in
            let (good, bad) = (try daemon.upstream(), try daemon.upstream())
            try good.send((1...20).map { "#\($0) SUBMIT channel=chat attrs={\"n\":\($0)}" })
            try bad.send(#"#bad SUBMIT channel=chat attrs={"a":"\u0000"}"#)
            let refusal = try #require(try bad.answer().last)
            #expect(refusal.tag == "#bad" && refusal.code == "bad_argument" && refusal["field"] == "attrs")
            for number in 1...20 { #expect(try good.answer().last?.text.hasPrefix("#\(number) OK ") == true) }
            #expect(try daemon.admin().counts()["submitted"] == 20)
        }
    }

    private func permutations(_ items: [String]) -> [[String]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
