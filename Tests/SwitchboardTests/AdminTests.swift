import Foundation
import Plan
import Routing
import TestSupport
import Testing

/// What admins and supervisors see and do (PROTOCOL §6).
@Suite("Admin verbs", .blocking)
struct AdminTests {
    @Test("lists come in pages that fit together")
    func pages() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let names = (1...25).map { "agent-\($0)" }
            for name in names { try admin.ok("AGENT PUT \(name) team=\(name.hasSuffix("5") ? "five" : "other")") }
            let shop = try daemon.upstream()
            let ids = try (1...25).map {
                try shop.submit("channel=\($0 % 2 == 0 ? "chat" : "email") customer=c-\($0 % 3)")
            }

            func all(_ request: String, _ key: String) throws -> [String] {
                var found: [String] = []
                var after = ""
                while true {
                    let lines = try admin.ask(request + after)
                    let final = try #require(lines.last)
                    #expect(final.isOK && final.integer("count") == Int64(lines.count - 1) && lines.count <= 8)
                    found += lines.dropLast().compactMap { $0[key] }
                    guard let next = final["after"] else { return found }
                    after = " after=\(next)"
                }
            }
            #expect(try all("AGENTS limit=7", "agent") == names)
            #expect(try all("INQUIRIES limit=7", "id") == ids.map(String.init))
            #expect(try all("AGENTS limit=7 team=five", "agent") == ["agent-5", "agent-15", "agent-25"])
            #expect(try all("INQUIRIES limit=7 channel=chat", "id").count == 12)
            #expect(try all("INQUIRIES limit=7 customer=c-1 state=waiting", "id").count == 9)
            #expect(try admin.rows("INQUIRIES").count == 25)
            try admin.refused("AGENTS limit=0", "bad_argument", field: "limit")
            try admin.refused("AGENTS limit=1001", "bad_argument", field: "limit")
            try admin.refused("AGENTS after=nobody", "bad_argument", field: "after")
            for (field, value) in [("queue", "none"), ("channel", "fax"), ("agent", "nobody"), ("state", "lost")] {
                try admin.refused("INQUIRIES \(field)=\(value)", "bad_argument", field: field)
            }
        }
    }

    @Test("AGENT PUT keeps what is left out, and an empty field returns to its default")
    func agentPut() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            try admin.ok(
                #"AGENT PUT kim name="김 민수" skills=billing:3,korean channels=voice:1,chat capacity=80 team=seoul"#)
            let made = try admin.ok("AGENT GET kim")
            #expect(made["name"] == "김 민수" && made["skills"] == "billing:3,korean:5" && made["team"] == "seoul")
            #expect(made["channels"] == "chat,voice:1", "\(made)")
            #expect(made["capacity"] == "80" && made["state"] == "offline")
            try admin.ok("AGENT PUT kim skills=billing:9")
            let changed = try admin.ok("AGENT GET kim")
            #expect(changed["skills"] == "billing:9" && changed["name"] == "김 민수" && changed["capacity"] == "80")
            try admin.ok("AGENT PUT kim name= skills= channels= capacity= team=")
            let bare = try admin.ok("AGENT GET kim")
            #expect(bare["name"] == nil && bare["skills"] == nil && bare["team"] == nil && bare["channels"] == nil)
            #expect(bare["capacity"] == "100")
        }
    }

    @Test("an agent that changes under live work keeps it, and loses the offers that no longer fit")
    func changeUnderWork() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "skills=billing:5 channels=chat:4")
            let shop = try daemon.upstream()
            let (taken, offered) = (
                try shop.submit("channel=chat skills=billing:3"), try shop.submit("channel=chat skills=billing:4")
            )
            for chat in [taken, offered] { try kim.expectEvent("offered", inquiry: chat) }
            try kim.ok("ACCEPT \(taken)")
            try daemon.admin().ok("AGENT PUT kim skills=billing:1")
            let lines = try kim.takeEvents()
            #expect(
                lines.contains {
                    $0.event == "withdrawn" && $0.integer("inquiry") == offered && $0["reason"] == "changed"
                })
            #expect(lines.contains { $0.event == "agent_changed" })
            #expect(try kim.ok("COMPLETE \(taken)")["state"] == "completed")
        }
    }

    @Test("DRAIN stops offering, and off=true goes on")
    func drain() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim")
            let shop = try daemon.upstream()
            let open = try shop.submit()
            try kim.expectEvent("offered", inquiry: open)
            try admin.ok("DRAIN")
            #expect(try shop.ok("PING")["status"] == "draining")
            let chat = try shop.submit()
            #expect(try kim.takeEvents().isEmpty)
            // What was out stays out.
            try kim.ok("ACCEPT \(open)")
            try admin.ok("DRAIN off=true")
            try kim.expectEvent("offered", inquiry: chat)
            #expect(try shop.ok("PING")["status"] == "serving")
            try admin.refused("DRAIN off=maybe", "bad_argument", field: "off")
        }
    }

    @Test("INFO, QUEUES and STATS count what happened")
    func figures() async throws {
        var plan = RoutingPlan()
        plan.queues.append(RoutingPlan.Queue("vip", target: .seconds(20)))
        try await DaemonUnderTest.with(plan: plan) { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim", "channels=chat:4")
            let shop = try daemon.upstream()
            let chats = try (1...6).map { _ in try shop.submit() }
            let call = try shop.submit("channel=voice queue=vip")
            for chat in chats[..<3] { try kim.ok("ACCEPT \(chat)") }
            try kim.ok("COMPLETE \(chats[0])")
            try shop.ok("ABANDON \(chats[5])")
            try shop.ok("CANCEL \(call)")

            let counts = try admin.counts()
            let expected: [String: Int64] = [
                "submitted": 7, "completed": 1, "abandoned": 1, "cancelled": 1, "offered": 2, "assigned": 2,
                "waiting": 0, "agents": 1, "ready": 1, "away": 0,
            ]
            for (name, count) in expected { #expect(counts[name] == count, "\(name)") }
            let info = try admin.ok("INFO")
            for key in ["version", "uptime", "site", "epoch", "plan_version", "commit_mean", "commit_worst"] {
                #expect(info[key] != nil, "\(key)")
            }
            #expect(info["status"] == "serving" && info["clock_speed"] == "1")

            let queues = try admin.rows("QUEUES")
            #expect(queues.compactMap { $0["queue"] } == ["default", "vip"])
            #expect(queues[0].integer("offered") == 2 && queues[0].integer("assigned") == 2)
            #expect(queues[1]["target"] == "20s")
            for window in ["", " window=5m", " window=30m", " window=today"] {
                let row = try #require(try admin.rows("STATS queue=default\(window)").first)
                #expect(row.integer("accepted") == 3 && row.integer("abandoned") == 1, "\(row)")
                #expect(row["service_level"] == "1.0000" && row["abandonment"] == "0.2500", "\(row)")
                #expect(row.integer("ready") == 1 && row["asa"] != nil && row["occupancy"] != nil)
            }
            #expect(try admin.rows("STATS channel=voice").allSatisfy { $0.integer("accepted") == 0 })
            try admin.refused("STATS window=1h", "bad_argument", field: "window")
            try admin.refused("STATS queue=none", "bad_argument", field: "queue")
        }
    }

    @Test("PLAN GET shows the plan in force, also an older version")
    func plan() async throws {
        try await DaemonUnderTest.withSite { site in
            try await DaemonUnderTest.start(at: site).use { daemon in
                let plan = try daemon.admin().ok("PLAN GET")
                #expect(plan["version"] == "1")
                let body = try #require(plan["body"])
                let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
                #expect(
                    Set((object["channels"] as? [String: Any] ?? [:]).keys) == ["voice", "chat", "social", "email"])
            }
            // The same plan is no new version; another one is.
            try await DaemonUnderTest.start(at: site).use { daemon in
                let plan = try daemon.admin().ok("PLAN GET")
                #expect(plan["version"] == "1")
            }
            var other = RoutingPlan()
            other.name = "other"
            try await DaemonUnderTest.start(at: site, plan: other).use { daemon in
                let admin = try daemon.admin()
                #expect(try admin.ok("PLAN GET")["body"]?.contains("\"name\":\"other\"") == true)
                #expect(try admin.ok("PLAN GET")["version"] == "2")
                #expect(try admin.ok("PLAN GET version=1")["body"]?.contains("other") == false)
                try admin.refused("PLAN GET version=3", "not_found", field: "version")
            }
        }
    }

    @Test("upstream sees its own inquiries and no others")
    func ownOnly() async throws {
        try await DaemonUnderTest.with { daemon in
            let (shop, other) = (try daemon.upstream(), try daemon.upstream())
            let gateway = try daemon.session(daemon.token("role=gateway"))
            let chat = try shop.submit("channel=chat key=mine")
            for peer in [other, gateway] {
                for verb in ["GET", "ABANDON", "CANCEL"] { try peer.refused("\(verb) \(chat)", "not_found") }
                try peer.refused("GET key=mine", "not_found")
            }
            try other.refused("GET key=mine source=2", "not_found")
            #expect(try daemon.admin().ok("GET key=mine source=2")["id"] == "\(chat)")
            #expect(try shop.ok("GET \(chat)")["state"] == "waiting")
            let kim = try daemon.agent("kim")
            try kim.refused("GET \(chat)", "not_found")
            try kim.ok("READY")
            #expect(try kim.ok("GET \(chat)")["state"] == "offered")
            let lead = try daemon.session(daemon.token("role=supervisor"))
            #expect(try lead.ok("GET \(chat)")["agent"] == "kim")
        }
    }

    @Test("what was closed before a restart has left memory, and is there nevertheless")
    func closedAfterRestart() async throws {
        try await DaemonUnderTest.withSite { site in
            let token = try await DaemonUnderTest.start(at: site).use { daemon in
                let token = try daemon.token("role=upstream")
                let shop = try daemon.session(token)
                let kim = try daemon.readyAgent("kim")
                let chats = try (1...3).map { try shop.submit("channel=chat key=k-\($0) attrs={\"상품\":\"신발\"}") }
                for chat in chats { try kim.expectEvent("offered", inquiry: chat) }
                try kim.ok("ACCEPT 1")
                try kim.ok("COMPLETE 1 disposition=refund outcome=resolved")
                try shop.ok("ABANDON 2")
                try shop.ok("CANCEL 3 reason=twice")
                return token
            }
            try await DaemonUnderTest.start(at: site).use { daemon in
                let shop = try daemon.session(token)
                #expect(try daemon.admin().ok("INFO")["closed_in_memory"] == "0")
                let done = try shop.ok("GET 1")
                #expect(done["state"] == "completed" && done["agent"] == "kim" && done["disposition"] == "refund")
                #expect(done["outcome"] == "resolved" && done["attrs"] == "{\"상품\":\"신발\"}" && done["closed"] != nil)
                #expect(try shop.ok("GET key=k-2")["state"] == "abandoned")
                let again = try shop.ok("SUBMIT channel=chat key=k-3 attrs={\"상품\":\"신발\"}")
                #expect(again["state"] == "cancelled" && again["duplicate"] == "true")
                #expect(try shop.ok("CANCEL 3")["state"] == "cancelled")
                try shop.refused("ABANDON 1", "conflict", state: "completed")
                try daemon.upstream().refused("GET 1", "not_found")
                try shop.refused("GET 99", "not_found")
                // Many at once, and what stands behind them in the pipeline keeps its place.
                try shop.send("#1 GET 2", "#2 PING", "#3 GET 3", "#4 SUBMIT channel=chat key=k-1", "#5 PING")
                for number in 1...5 { #expect(try shop.answer().last?.tag == "#\(number)") }
                // A new one goes on where the old ones ended.
                #expect(try shop.submit() == 4)
            }
        }
    }
}
