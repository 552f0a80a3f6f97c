import Plan
import Routing
import TestSupport
import Testing

/// An agent has one session: taken over, lost, found again (PROTOCOL §5).
@Suite("Sessions of agents", .blocking)
struct AgentSessionTests {
    @Test("a new HELLO takes the session over, with its offers and its state")
    func takeOver() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim")
            let token = try daemon.token("role=agent agent=kim")
            let old = try daemon.session(token)
            try old.ok("READY")
            let shop = try daemon.upstream()
            let chat = try shop.submit("channel=chat customer=c-1 subject=\"where is it\" attrs={\"n\":1}")
            let offer = try old.expectEvent("offered", inquiry: chat)

            let new = try daemon.session(token)
            // Pushed again: the same offer, with the same end and the same texts.
            let again = try new.expectEvent("offered", inquiry: chat)
            for key in ["agent", "queue", "channel", "customer", "subject", "attrs", "expires"] {
                #expect(again[key] == offer[key], "\(key) of \(again)")
            }
            try old.expectEvent("session_taken")
            #expect(try old.readToEnd().isEmpty)

            // The old connection's end has no further effect; READY is not needed again.
            #expect(try new.ok("ACCEPT \(chat)")["state"] == "assigned")
            let next = try shop.submit()
            try new.expectEvent("offered", inquiry: next)
            #expect(try admin.ok("AGENT GET kim")["connected"] == nil)
        }
    }

    @Test("a lost connection withdraws the offers at once, and nothing new comes within the grace")
    func grace() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim")
            let token = try daemon.token("role=agent agent=kim")
            let kim = try daemon.session(token)
            try kim.ok("READY")
            let shop = try daemon.upstream()
            let (taken, offered) = (try shop.submit(), try shop.submit())
            try kim.expectEvent("offered", inquiry: taken)
            try kim.expectEvent("offered", inquiry: offered)
            try kim.ok("ACCEPT \(taken)")
            let watcher = try daemon.admin()
            try watcher.ok("WATCH")
            kim.close()
            try watcher.skipToEvent("agent_disconnected")
            let withdrawn = try watcher.expectEvent("withdrawn", inquiry: offered)
            #expect(withdrawn["reason"] == "disconnected" && withdrawn["agent"] == "kim")
            let shown = try admin.ok("AGENT GET kim")
            #expect(shown["state"] == "ready" && shown["connected"] == "false")
            #expect(try shop.ok("GET \(offered)")["state"] == "waiting")
            #expect(try shop.ok("GET \(taken)")["agent"] == "kim")

            // Back within the grace: what it had it has, and work comes again without READY.
            let back = try daemon.session(token)
            try back.expectEvent("offered", inquiry: offered)
            #expect(try back.rows("MINE").compactMap { $0.integer("id") }.sorted() == [taken, offered])
            try watcher.skipToEvent("agent_reconnected")
            #expect(try admin.ok("AGENT GET kim")["connected"] == nil)
        }
    }

    @Test("21: after the grace the agent is offline, a chat goes back to its place and an e-mail stays")
    func graceEnds() async throws {
        var plan = RoutingPlan()
        plan.disconnectGrace = .milliseconds(700)
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let mail = try shop.submit("channel=email")
            try kim.expectEvent("assigned", inquiry: mail)
            let chat = try shop.submit()
            try kim.expectEvent("offered", inquiry: chat)
            try kim.ok("ACCEPT \(chat)")
            let later = try shop.submit("channel=voice")
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=agent_disconnected,agent_offline,requeued")
            kim.close()
            try watcher.expectEvent("agent_disconnected")
            try watcher.expectEvent("agent_offline")
            let requeued = try watcher.expectEvent("requeued", inquiry: chat)
            #expect(requeued["reason"] == "offline")
            #expect(try shop.ok("GET \(chat)")["state"] == "waiting")
            #expect(try shop.ok("GET \(mail)")["state"] == "assigned")
            #expect(try shop.ok("GET \(later)")["state"] == "waiting")
            #expect(try watcher.ok("AGENT GET kim")["state"] == "offline")
            // Its old place: before a chat that came while it was away.
            let newer = try shop.submit()
            let lee = try daemon.readyAgent("lee", "channels=chat:2")
            try lee.expectEvent("offered", inquiry: chat)
            try lee.expectEvent("offered", inquiry: newer)
        }
    }

    @Test("whoever signs an agent on with as= has its session")
    func actingFor() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim")
            try admin.ok("AGENT PUT lee")
            let token = try daemon.token("role=gateway")
            let gateway = try daemon.session(token)
            try gateway.refused("READY", "bad_argument", field: "as")
            try gateway.refused("READY as=nobody", "not_found", field: "as")
            for name in ["kim", "lee"] { #expect(try gateway.ok("READY as=\(name)")["agent"] == name) }
            let (first, second) = (try gateway.submit(), try gateway.submit())
            let agents = try [first, second].map {
                try #require(try gateway.expectEvent("offered", inquiry: $0)["agent"])
            }
            #expect(Set(agents) == ["kim", "lee"])
            try gateway.refused("ACCEPT \(first) as=\(agents[1])", "conflict")
            try gateway.ok("ACCEPT \(first) as=\(agents[0])")
            #expect(try gateway.rows("MINE as=\(agents[0])").first?["state"] == "assigned")
            // The connection is both agents' session: with it both are gone.
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=agent_disconnected")
            gateway.close()
            for _ in 1...2 { try watcher.expectEvent("agent_disconnected") }
            // The agent itself acts for itself only.
            let kim = try daemon.session(daemon.token("role=agent agent=kim"))
            try kim.ok("MINE as=kim")
            try kim.refused("MINE as=lee", "forbidden", field: "as")
        }
    }

    @Test("supervisors act for their teams only, and a bound agent keeps its session")
    func supervisor() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "team=seoul")
            try daemon.admin().ok("AGENT PUT lee team=busan")
            let lead = try daemon.session(daemon.token("role=supervisor teams=seoul"))
            #expect(try lead.rows("AGENTS").compactMap { $0["agent"] } == ["kim"])
            try lead.refused("AGENT GET lee", "not_found")
            try lead.refused("AWAY as=lee", "not_found", field: "as")
            #expect(try lead.ok("AWAY as=kim reason=meeting")["state"] == "away")
            #expect(try kim.expectEvent("agent_away")["reason"] == "meeting")
            #expect(try kim.ok("READY")["state"] == "ready")
        }
    }

    @Test("READY with channels takes work on those only")
    func channels() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.agent("kim", "channels=chat,social")
            try kim.refused("READY channels=fax", "bad_argument", field: "channels")
            try kim.refused("READY channels=voice", "bad_argument", field: "channels")
            try kim.ok("READY channels=social")
            let shop = try daemon.upstream()
            let (chat, post) = (try shop.submit(), try shop.submit("channel=social"))
            try kim.expectEvent("offered", inquiry: post)
            #expect(try kim.takeEvents().isEmpty)
            try kim.ok("READY")
            try kim.expectEvent("offered", inquiry: chat)
        }
    }

    @Test("23: wrap-up holds the slot until WRAPPED or its end, and both free it")
    func wrapUp() async throws {
        var plan = RoutingPlan()
        for index in plan.channels.indices where plan.channels[index].name == "voice" {
            plan.channels[index].wrapUp = .seconds(1)
        }
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let calls = try (1...3).map { _ in try shop.submit("channel=voice") }
            try kim.expectEvent("offered", inquiry: calls[0])
            try kim.ok("ACCEPT \(calls[0])")
            #expect(try kim.ok("COMPLETE \(calls[0]) disposition=done")["wrap_up"] == "1s")
            #expect(try kim.rows("MINE").first?["state"] == "wrap_up")
            #expect(try shop.ok("GET \(calls[1])")["state"] == "waiting")
            try kim.ok("WRAPPED \(calls[0])")
            try kim.expectEvent("offered", inquiry: calls[1])
            try kim.ok("ACCEPT \(calls[1])")
            try kim.ok("COMPLETE \(calls[1])")
            // Nobody says WRAPPED: the time does.
            try kim.expectEvent("wrapped", inquiry: calls[1])
            try kim.expectEvent("offered", inquiry: calls[2])
        }
    }

    @Test("asking for what is already so is OK, makes no event, and costs nothing")
    func repeats() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            let (done, left, back) = (try shop.submit(), try shop.submit(), try shop.submit())
            for chat in [done, left, back] { try kim.expectEvent("offered", inquiry: chat) }

            func twice(_ peer: LinePeer, _ request: String, _ state: String) throws {
                #expect(try peer.ok(request)["state"] == state)
                let seq = try admin.ok("INFO").integer("seq")
                #expect(try peer.ok(request)["state"] == state)
                #expect(try admin.ok("INFO").integer("seq") == seq, "\(request) again made an event")
            }
            try twice(kim, "ACCEPT \(done)", "assigned")
            try twice(kim, "COMPLETE \(done) disposition=ok outcome=resolved", "completed")
            try twice(kim, "WRAPPED \(done)", "completed")
            try twice(shop, "ABANDON \(left)", "abandoned")
            try twice(shop, "CANCEL \(back) reason=mistake", "cancelled")
            try kim.refused("COMPLETE \(done) disposition=other", "conflict", state: "completed")
            try kim.refused("ACCEPT \(done)", "gone", state: "completed")
            try shop.refused("ABANDON \(done)", "conflict", state: "completed")
            try shop.refused("CANCEL \(left)", "conflict", state: "abandoned")
        }
    }
}
