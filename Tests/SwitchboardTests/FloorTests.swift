import Plan
import Routing
import TestSupport
import Testing

/// What supervisors do by hand, see and may not see (PROTOCOL §6).
@Suite("The floor", .blocking)
struct FloorTests {
    @Test("36: a paused queue keeps its place, and another queue with the same needs is served meanwhile")
    func pausedQueue() async throws {
        var plan = RoutingPlan()
        plan.queues.append(RoutingPlan.Queue("second"))
        try await DaemonUnderTest.withSite { site in
            let (token, paused, later) = try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
                let kim = try daemon.readyAgent("kim", "channels=chat:2")
                let shop = try daemon.upstream()
                let admin = try daemon.admin()
                let first = try shop.submit()
                try kim.expectEvent("offered", inquiry: first)
                #expect(try admin.ok("QUEUE PAUSE default")["paused"] == "true")
                let withdrawn = try kim.expectEvent("withdrawn", inquiry: first)
                #expect(withdrawn["reason"] == "paused")
                let later = try shop.submit()
                let other = try shop.submit("channel=chat queue=second")
                try kim.expectEvent("offered", inquiry: other)
                try kim.ok("ACCEPT \(other)")
                #expect(try kim.takeEvents().isEmpty)
                // By hand it can be given nevertheless, and an agent cannot pull it.
                #expect(try kim.ok("NEXT")["id"] == "none")
                #expect(try admin.rows("QUEUES").map { $0["paused"] } == ["true", nil])
                return (try daemon.token("role=agent agent=kim"), first, later)
            }
            // It outlives the process.
            try await DaemonUnderTest.start(at: site, plan: plan).use { daemon in
                let kim = try daemon.session(token)
                let admin = try daemon.admin()
                #expect(try admin.rows("QUEUES").map { $0["paused"] } == ["true", nil])
                #expect(try kim.takeEvents().isEmpty)
                try admin.ok("QUEUE RESUME default")
                // Room for one: its old place is before what came later.
                try kim.expectEvent("offered", inquiry: paused)
                #expect(try kim.takeEvents().isEmpty)
                #expect(try admin.ok("GET \(later)")["state"] == "waiting")
            }
        }
    }

    @Test("20: when everybody has declined, EXPLAIN says when it goes out again, and then it does")
    func everybodyDeclined() async throws {
        try await DaemonUnderTest.with(plan: ScenarioTests.plan(offerTimeout: .seconds(4)), clockSpeed: 2) { daemon in
            let (kim, lee) = (try daemon.readyAgent("kim"), try daemon.readyAgent("lee"))
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            let chat = try shop.submit()
            try kim.expectEvent("offered", inquiry: chat)
            try kim.ok("DECLINE \(chat)")
            try lee.expectEvent("offered", inquiry: chat)
            try lee.ok("DECLINE \(chat)")
            let lines = try admin.ask("EXPLAIN \(chat)")
            #expect(lines.dropLast().map { "\($0["reason"] ?? "") \($0["agents"] ?? "")" } == ["excluded 2"])
            let final = try #require(lines.last)
            #expect(final["next"] == "exclusions_cleared" && final["fitting"] == "0" && final["agents"] == "2")
            #expect(try admin.ok("EXPLAIN \(chat) agent=kim")["reason"] == "excluded")
            try kim.expectEvent("offered", inquiry: chat, patience: .seconds(20))
        }
    }

    @Test("EXPLAIN names what each agent fails on first, and what it would take")
    func obstacles() async throws {
        var plan = RoutingPlan()
        plan.queues.append(RoutingPlan.Queue("vip", select: .mostSkilled, teams: ["seoul"]))
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let admin = try daemon.admin()
            let agents = [
                ("offline", "team=seoul skills=billing:9", ""),
                ("away", "team=seoul skills=billing:9", "AWAY reason=lunch"),
                ("mail", "team=seoul skills=billing:9 channels=email", "READY"),
                ("busan", "team=busan skills=billing:9", "READY"), ("plain", "team=seoul", "READY"),
                ("novice", "team=seoul skills=billing:2", "READY"),
            ]
            var sessions: [LinePeer] = []
            for (name, fields, said) in agents {
                let session = try daemon.agent(name, fields)
                if !said.isEmpty { try session.ok(said) }
                sessions.append(session)
            }
            let chat = try admin.submit("channel=chat queue=vip skills=billing:3")
            let lines = try admin.ask("EXPLAIN \(chat)")
            #expect(
                lines.dropLast().compactMap { $0["reason"] } == [
                    "signed_off", "away", "channel_off", "team", "skill_missing", "level_too_low",
                ])
            #expect(lines.last?["agents"] == "6" && lines.last?["queue"] == "vip" && lines.last?["place"] == "1")
            func one(_ agent: String) throws -> String { try admin.ok("EXPLAIN \(chat) agent=\(agent)").text }
            #expect(try one("away").hasSuffix("reason=away away_reason=lunch"))
            #expect(try one("busan").hasSuffix("reason=team team=busan allowed=seoul"))
            #expect(try one("novice").hasSuffix("reason=level_too_low skill=billing needed=3 has=2"))
            // 10: who is best at it gets it, and why can be asked afterwards, in the log too.
            try admin.ok("AGENT PUT busan team=seoul")
            #expect(try admin.ok("GET \(chat)")["agent"] == "busan")
            let decided = try admin.ok("EXPLAIN \(chat)")
            #expect(decided["by"] == "offered" && decided["to"] == "busan" && decided["select"] == "most_skilled")
            // He had become free, and chose: there was nobody to compare him with.
            #expect(decided["candidates"] == "1" && decided["winner_key"] == nil, "\(decided)")
            _ = sessions
        }
    }

    @Test("10, 11: most_skilled takes the best, least_skilled spares the versatile")
    func selection() async throws {
        var plan = RoutingPlan()
        plan.queues += [
            RoutingPlan.Queue("best", select: .mostSkilled), RoutingPlan.Queue("spare", select: .leastSkilled),
        ]
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let shop = try daemon.upstream()
            let admin = try daemon.admin()
            let able = try daemon.readyAgent("able", "skills=french:5,sales:9")
            let narrow = try daemon.readyAgent("narrow", "skills=french:1,sales:9 channels=chat")
            let low = try daemon.readyAgent("low", "skills=french:3,sales:4")
            let wrong = try daemon.readyAgent("wrong", "skills=sales:10")
            let first = try shop.submit("channel=chat queue=best skills=french:1,sales:5")
            try able.expectEvent("offered", inquiry: first)
            let why = try admin.ok("EXPLAIN \(first)")
            #expect(why["candidates"] == "2" && why["runner_up"] == "narrow" && why["runner_up_key"] != nil, "\(why)")
            let second = try shop.submit("channel=chat queue=spare skills=french:1,sales:5")
            try narrow.expectEvent("offered", inquiry: second)
            #expect(try low.takeEvents().isEmpty && wrong.takeEvents().isEmpty)
            // What only EXPLAIN is told is in no push, live or from the log.
            try admin.ok("WATCH from=0 types=offered")
            for id in [first, second] {
                let event = try admin.expectEvent("offered", inquiry: id)
                for key in ["candidates", "winner_key", "runner_up", "runner_up_key"] { #expect(event[key] == nil) }
            }
        }
    }

    @Test("EXPLAIN tells why it went there also of what was closed before a restart")
    func explainAfterRestart() async throws {
        try await DaemonUnderTest.withSite { site in
            let before = try await DaemonUnderTest.start(at: site).use { daemon in
                let kim = try daemon.readyAgent("kim")
                let lee = try daemon.readyAgent("lee")
                let admin = try daemon.admin()
                let chat = try admin.submit()
                try kim.ok("ACCEPT \(chat)")
                // In the batch that forms, or the one under way, or in the log: the same words.
                try admin.send("EXPLAIN \(chat)", "EXPLAIN \(chat)")
                let answers = try (1...2).map { _ in try #require(try admin.answer().last) }
                #expect(answers[0].text == answers[1].text)
                try kim.ok("COMPLETE \(chat)")
                _ = try admin.submit("channel=chat skills=none")
                try admin.ok("ABANDON 2")
                _ = lee
                return try admin.ok("EXPLAIN \(chat)")
            }
            #expect(before["runner_up"] == "lee" && before["candidates"] == "2")
            try await DaemonUnderTest.start(at: site).use { daemon in
                let admin = try daemon.admin()
                // Others ask meanwhile, and what stands behind keeps its place.
                try admin.send("#1 EXPLAIN 1", "#2 PING", "#3 EXPLAIN 2", "#4 PING")
                let answers = try (1...4).map { _ in try #require(try admin.answer().last) }
                #expect(answers.map(\.tag) == ["#1", "#2", "#3", "#4"])
                #expect(answers[0].text == "#1 " + before.text)
                #expect(answers[2].isOK && answers[2]["state"] == "abandoned" && answers[2]["by"] == nil)
            }
        }
    }

    @Test("EXPLAIN asks many agents a slice at a time, and others are answered meanwhile")
    func manyAgents() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let count = 20_000
            for start in stride(from: 0, to: count, by: 1_000) {
                try admin.send((start..<start + 1_000).map { "AGENT PUT agent-\($0) skills=billing:1" })
                for _ in 0..<1_000 { #expect(try admin.answer().last?.isOK == true) }
            }
            let chat = try admin.submit("channel=chat skills=billing:3")
            let (asker, other) = (try daemon.admin(), try daemon.admin())
            try asker.send("EXPLAIN \(chat)", "PING")
            try other.ok("GET \(chat)")
            let lines = try asker.answer()
            #expect(lines.first?["reason"] == "signed_off" && lines.first?["agents"] == "\(count)")
            #expect(lines.last?["agents"] == "\(count)")
            #expect(try asker.answer().last?["status"] == "serving")
            // It goes somewhere while it is being explained, or before, or after: there is an answer.
            try admin.ok("AGENT PUT agent-7 skills=billing:5")
            try asker.send("EXPLAIN \(chat)")
            try other.ok("READY as=agent-7")
            #expect(try asker.answer().last?.isOK == true)
            #expect(try asker.ok("EXPLAIN \(chat)")["to"] == "agent-7")
        }
    }

    @Test("a supervisor of some teams sees and acts on those only")
    func teams() async throws {
        var plan = RoutingPlan()
        plan.queues += [RoutingPlan.Queue("seoul", teams: ["seoul"]), RoutingPlan.Queue("busan", teams: ["busan"])]
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.agent("kim", "team=seoul")
            let han = try daemon.agent("han", "team=busan")
            let lead = try daemon.session(daemon.token("role=supervisor teams=seoul"))
            let (ours, theirs, shared) = (
                try admin.submit("channel=chat queue=seoul"), try admin.submit("channel=chat queue=busan"),
                try admin.submit()
            )
            #expect(try lead.rows("INQUIRIES").compactMap { $0.integer("id") } == [ours, shared])
            #expect(try lead.rows("QUEUES").compactMap { $0["queue"] } == ["default", "seoul"])
            #expect(try lead.rows("STATS").compactMap { $0["queue"] } == ["default", "seoul"])
            for verb in ["GET", "EXPLAIN", "REQUEUE", "ASSIGN"] {
                try lead.refused("\(verb) \(theirs)\(verb == "ASSIGN" ? " agent=kim" : "")", "not_found")
            }
            try lead.refused("ASSIGN \(ours) agent=han", "not_found", field: "agent")
            try lead.refused("EXPLAIN \(ours) agent=han", "not_found", field: "agent")
            try lead.refused("NEXT as=han", "not_found", field: "as")
            #expect(try lead.ok("QUEUE PAUSE seoul")["paused"] == "true")
            #expect(try lead.ok("QUEUE RESUME seoul")["paused"] == "false")
            try lead.refused("QUEUE PAUSE busan", "not_found")
            try lead.refused("QUEUE PAUSE default", "forbidden")

            // What it watches is cut the same way, live and from the log.
            try kim.ok("READY")
            try han.ok("READY")
            try lead.ok("WATCH from=0 types=submitted,offered")
            let seen = try (1...4).map { _ in try lead.next() }
            #expect(seen.compactMap(\.event) == ["submitted", "submitted", "offered", "offered"])
            #expect(Set(seen.compactMap { $0.integer("inquiry") }) == [ours, shared])
            let last = try admin.submit("channel=chat queue=busan")
            try han.skipToEvent("offered", inquiry: last)
            #expect(try lead.takeEvents().isEmpty)
        }
    }

    @Test("a deleted agent's session is told and closed, and its token is of no use")
    func deletedAgent() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim")
            let token = try daemon.token("role=agent agent=kim")
            let shop = try daemon.upstream()
            let chat = try shop.submit()
            try kim.ok("ACCEPT \(chat)")
            try admin.refused("AGENT DELETE kim", "conflict")
            try kim.ok("COMPLETE \(chat)")
            #expect(try kim.takeEvents().map(\.event) == ["offered"])
            try admin.ok("AGENT DELETE kim")
            try kim.expectEvent("agent_offline")
            #expect(try kim.expectEvent("agent_changed")["deleted"] == "true")
            #expect(try kim.readToEnd().isEmpty)
            try daemon.stranger().refused("HELLO version=1 token=\(token)", "not_found", field: "agent")
            #expect(try admin.rows("AGENTS").isEmpty)
            #expect(try admin.counts()["agents"] == 0)
            // Its work still names it; who is made anew begins anew.
            #expect(try shop.ok("GET \(chat)")["agent"] == "kim")
            let again = try daemon.session(
                {
                    try admin.ok("AGENT PUT kim"); return token
                }())
            try again.ok("READY")
            let next = try shop.submit()
            try again.expectEvent("offered", inquiry: next)
            try admin.refused("AGENT DELETE nobody", "not_found")
        }
    }

    @Test("an agent's listing goes on behind one that was deleted")
    func pagesOverDeleted() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            for number in 1...6 { try admin.ok("AGENT PUT agent-\(number)") }
            for number in [2, 3, 6] { try admin.ok("AGENT DELETE agent-\(number)") }
            var names: [String] = []
            var after = ""
            for _ in 1...4 {
                let lines = try admin.ask("AGENTS limit=1\(after)")
                names += lines.dropLast().compactMap { $0["agent"] }
                guard let next = lines.last?["after"] else { break }
                after = " after=\(next)"
            }
            #expect(names == ["agent-1", "agent-4", "agent-5"])
        }
    }

    @Test("by hand: force passes over room, never over who is not there; REQUEUE takes back")
    func byHand() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let lead = try daemon.session(daemon.token("role=supervisor"))
            let kim = try daemon.readyAgent("kim", "channels=chat:1")
            let (first, second) = (try admin.submit(), try admin.submit())
            try kim.expectEvent("offered", inquiry: first)
            try kim.ok("ACCEPT \(first)")
            try lead.refused("ASSIGN \(second) agent=kim", "conflict", field: "agent")
            try lead.ok("ASSIGN \(second) agent=kim force=true")
            let given = try kim.expectEvent("assigned", inquiry: second)
            #expect(given["how"] == "force" && given["over_capacity"] == "true", "\(given)")
            try lead.ok("REQUEUE \(first) priority=9")
            #expect(try kim.expectEvent("requeued", inquiry: first)["reason"] == "forced")
            let shown = try admin.ok("GET \(first)")
            #expect(shown["state"] == "waiting" && shown["priority"] == "9" && shown["excluded"] == "kim", "\(shown)")
            try kim.ok("OFFLINE")
            try lead.refused("ASSIGN \(first) agent=kim force=true", "conflict", field: "agent")
            // What an agent pulls itself is no push to it.
            let lee = try daemon.agent("lee", "channels=chat:1")
            try lee.ok("AWAY")
            let pulled = try lee.ok("NEXT")
            #expect(pulled.integer("id") == first && pulled["state"] == "assigned")
            #expect(try lee.takeEvents().isEmpty)
            #expect(try lee.ok("NEXT")["id"] == "none")
        }
    }

    @Test("6 pulled: a hundred agents who pull at once get what there is, each once")
    func pullRace() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let token = try daemon.token("role=gateway")
            for number in 1...20 {
                try admin.ok("AGENT PUT agent-\(number) channels=chat:1")
                try admin.ok("AWAY as=agent-\(number)")
            }
            let ids = try (1...30).map { _ in try admin.submit() }
            let peers = try (1...4).map { _ in try daemon.session(token) }
            for (index, peer) in peers.enumerated() {
                try peer.send((1...20).map { "NEXT as=agent-\(($0 + index * 5) % 20 + 1)" })
            }
            var got: [Int64] = []
            for peer in peers {
                for _ in 1...20 {
                    let line = try #require(try peer.answer().last)
                    #expect(line.isOK)
                    if let id = line.integer("id") { got.append(id) }
                }
            }
            // Twenty slots, the first twenty inquiries.
            #expect(got.sorted() == Array(ids[..<20]))
        }
    }
}
