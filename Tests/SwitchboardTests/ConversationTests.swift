import Plan
import Routing
import TestSupport
import Testing

/// What goes on in an inquiry after it was handed in: messages, changes, ratings, schedules.
@Suite("Conversations", .blocking)
struct ConversationTests {
    @Test("4: held work that releases its room lets as much more in, and what wakes is flagged")
    func dormantWork() async throws {
        var plan = RoutingPlan()
        var kakao = RoutingPlan.Channel("kakao")
        kakao.holdReleases = true
        kakao.limit = 10
        plan.channels.append(kakao)
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let first = try (1...4).map { _ in try shop.submit("channel=kakao") }
            let more = try (1...5).map { _ in try shop.submit("channel=kakao") }
            for id in first {
                try kim.skipToEvent("offered", inquiry: id)
                try kim.ok("ACCEPT \(id)")
            }
            #expect(try kim.takeEvents().isEmpty)
            for id in first { try kim.ok("HOLD \(id)") }
            for id in more[..<4] {
                try kim.expectEvent("offered", inquiry: id)
                try kim.ok("ACCEPT \(id)")
            }
            #expect(try kim.rows("MINE").filter { $0["state"] == "held" }.count == 4)
            let admin = try daemon.admin()
            #expect(try admin.ok("AGENT GET kim")["used"] == "100")
            #expect(try admin.rows("QUEUES").first?["held"] == "4")
            #expect(try admin.ok("INFO")["held"] == "4")

            // One wakes: 125 used, flagged, and nothing new until there is room.
            try shop.ok("MESSAGE \(first[0]) from=customer")
            try kim.expectEvent("message", inquiry: first[0])
            #expect(try kim.expectEvent("resumed", inquiry: first[0])["by"] == "customer")
            let over = try kim.expectEvent("over_capacity", inquiry: first[0])
            #expect(over["used"] == "125" && over["capacity"] == "100", "\(over)")
            try kim.ok("COMPLETE \(more[0])")
            #expect(try kim.takeEvents().isEmpty)
            try kim.ok("COMPLETE \(more[1])")
            try kim.expectEvent("offered", inquiry: more[4])
            // She woke it herself: she is told as well, for her OK does not say so.
            try kim.ok("ACCEPT \(more[4])")
            try kim.ok("RESUME \(first[1])")
            try kim.expectEvent("over_capacity", inquiry: first[1])
            #expect(try kim.takeEvents().isEmpty)
        }
    }

    @Test("21: an e-mail that its agent kept goes to somebody else when the customer writes")
    func keptWork() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let mail = try shop.submit("channel=email")
            try kim.expectEvent("assigned", inquiry: mail)
            try kim.ok("OFFLINE")
            #expect(try shop.ok("GET \(mail)")["agent"] == "kim")
            let lee = try daemon.readyAgent("lee")
            #expect(try lee.takeEvents().isEmpty)
            try shop.ok("MESSAGE \(mail) from=customer")
            let given = try lee.expectEvent("assigned", inquiry: mail)
            #expect(given["how"] == "auto")
            // Her session is there still.
            let told = try kim.takeEvents().map { "\($0.event ?? "") \($0["reason"] ?? "")" }
            #expect(told == ["message ", "requeued message"])
        }
    }

    @Test("the customer's message reopens what left memory long ago, within the plan's time and no later")
    func reopenAfterRestart() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.readyAgent("kim")
                let token = try daemon.token("role=upstream")
                let shop = try daemon.session(token)
                for _ in 1...2 {
                    let chat = try shop.submit("channel=chat customer=c-1 attrs={\"n\":1}")
                    try kim.ok("ACCEPT \(chat)")
                    try kim.ok("COMPLETE \(chat) disposition=done outcome=resolved")
                }
                return token
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let shop = try daemon.session(token)
                #expect(try daemon.admin().counts()["completed"] == 2)
                try shop.send("#1 MESSAGE 1 from=customer", "#2 GET 1")
                #expect(try shop.answer().last?["state"] == "waiting")
                let shown = try #require(try shop.answer().last)
                #expect(shown["state"] == "waiting" && shown["attrs"] == "{\"n\":1}", "\(shown)")
                for gone in ["agent", "accepted", "closed", "disposition", "outcome"] {
                    #expect(shown[gone] == nil, "\(shown)")
                }
                #expect(try daemon.admin().counts()["completed"] == 1)
                let lee = try daemon.readyAgent("lee")
                try lee.expectEvent("offered", inquiry: 1)
                try lee.ok("ACCEPT 1")
                try lee.ok("COMPLETE 1 disposition=again")
            }
            var plan = RoutingPlan()
            plan.reopenWithin = .zero
            try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
                let shop = try daemon.session(token)
                try shop.refused("MESSAGE 2 from=customer", "conflict", state: "completed")
                #expect(try shop.ok("GET 1")["disposition"] == "again")
            }
        }
    }

    @Test("a rating is kept with the inquiry, also of one that left memory, and its comment is in no event")
    func rating() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.readyAgent("kim")
                let token = try daemon.token("role=upstream")
                let shop = try daemon.session(token)
                let chat = try shop.submit("channel=chat customer=비밀고객")
                try shop.ok("UPDATE \(chat) subject=비밀제목 attrs={\"이름\":\"비밀이름\"}")
                try kim.ok("ACCEPT \(chat)")
                try kim.ok("COMPLETE \(chat)")
                try shop.ok("RATE \(chat) csat=2 comment=\"비밀의견 하나\"")
                return token
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let shop = try daemon.session(token)
                #expect(try shop.ok("GET 1")["comment"] == "비밀의견 하나")
                try shop.ok("RATE 1 csat=4 nps=0 comment=\"비밀의견 둘\"")
                try daemon.upstream().refused("RATE 1 csat=1", "not_found")
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let shown = try daemon.session(token).ok("GET 1")
                #expect(shown["csat"] == "4" && shown["nps"] == "0" && shown["comment"] == "비밀의견 둘", "\(shown)")
                #expect(shown["subject"] == "비밀제목")
            }
            #expect(try site.number("SELECT count(*) FROM switchboard.event WHERE type = 'rated'") == 2)
            #expect(try site.number("SELECT count(*) FROM switchboard.event AS e WHERE e::text LIKE '%비밀%'") == 0)
        }
    }

    @Test("attributes merge up to the last byte that fits, and not beyond")
    func mergedSize() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let chat = try admin.submit("channel=chat attrs={\"a\":\"\(String(repeating: "x", count: 40_000))\"}")
            // {"a":"…40000…","b":"…"} is 40,008 bytes, then the 8 of the second member's frame.
            let room = 65_536 - 40_008 - 7
            try admin.refused(
                "UPDATE \(chat) attrs={\"b\":\"\(String(repeating: "y", count: room + 1))\"}", "bad_argument",
                field: "attrs")
            #expect(try admin.ok("GET \(chat)")["attrs"]?.utf8.count == 40_008)
            try admin.ok("UPDATE \(chat) attrs={\"b\":\"\(String(repeating: "y", count: room))\"}")
            #expect(try admin.ok("GET \(chat)")["attrs"]?.utf8.count == 65_536)
            // Numbers count written out.
            try admin.refused(
                "UPDATE \(chat) attrs={\"b\":1e1000,\"c\":[\(Self.manyNumbers)]}", "bad_argument", field: "attrs")
            try admin.ok("UPDATE \(chat) attrs={\"a\":null,\"b\":1e1000}")
            #expect(try admin.ok("GET \(chat)")["attrs"] == "{\"b\":1e1000}")
        }
    }

    private static let manyNumbers = Array(repeating: "1e1000", count: 30).joined(separator: ",")

    @Test("one that is scheduled enters its queue when it is due, as old as that")
    func scheduled() async throws {
        try await DaemonUnderTest.withSite { site in
            // At this speed an offer would be over before anybody took it.
            let plan = ScenarioTests.plan(offerTimeout: .minutes(30))
            let token = try await DaemonUnderTest.start(at: site, plan: plan, clockSpeed: 20).use { daemon in
                let kim = try daemon.readyAgent("kim")
                let shop = try daemon.upstream()
                let watcher = try daemon.admin()
                try watcher.ok("WATCH types=queued")
                let made = try shop.ok("SUBMIT channel=chat at=+20s customer=c-1")
                #expect(made["state"] == "scheduled" && made["position"] == nil && made["ewt"] == nil)
                let id = try #require(made.integer("id"))
                #expect(try daemon.admin().ok("INFO")["scheduled"] == "1")
                #expect(try daemon.admin().rows("INQUIRIES state=scheduled").first?["at"] == made["at"])
                try watcher.expectEvent("queued", inquiry: id)
                try kim.expectEvent("offered", inquiry: id)
                let shown = try shop.ok("GET \(id)")
                #expect(shown["state"] == "offered" && shown["queued"] == made["at"], "\(shown)")
                try kim.ok("ACCEPT \(id)")
                // A time gone by is now.
                #expect(try shop.ok("SUBMIT channel=chat at=2020-01-01T00:00:00Z")["state"] == "offered")
                _ = try shop.submit("channel=chat at=+1m agent=kim")
                return try daemon.token("role=agent agent=kim")
            }
            try await DaemonUnderTest.start(at: site, plan: plan, clockSpeed: 20).use { daemon in
                let kim = try daemon.session(token)
                try kim.skipToEvent("offered", inquiry: 3)
            }
        }
    }
}
