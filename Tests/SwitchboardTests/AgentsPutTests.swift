import Plan
import TestSupport
import Testing

@Suite("Many agents in one request", .blocking)
struct AgentsPutTests {
    private func withDaemon(plan: RoutingPlan? = nil, _ body: (DaemonUnderTest) throws -> Void) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site, plan: plan).use { try body($0) }
    }

    /// The paths of an answer's faults.
    private func paths(_ lines: [Line]) -> [String] {
        lines.dropLast().compactMap { $0["error"] == nil ? nil : $0["path"] }
    }

    @Test("a check tells a row for each agent that differs and changes nothing; without it the same is done")
    func difference() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            try admin.ok("AGENT PUT kim skills=billing:5 channels=voice:1,chat team=seoul name=\"김 지수\"")
            try admin.ok("AGENT PUT lee")
            try admin.ok("AGENT PUT park capacity=80")
            let body =
                #"{"agents":[{"id":"kim","skills":{"billing":7,"korean":null},"team":""},{"id":"박서연","name":"박 서연","#
                + #""channels":{"chat":2},"capacity":50},{"id":"park","capacity":80}],"remove":["lee"]}"#
            for check in ["check=true", ""] {
                let lines = try admin.ask("AGENTS PUT body=\(body) \(check)")
                let (rows, final) = (Array(lines.dropLast()), try #require(lines.last))
                #expect(final["created"] == "1" && final["changed"] == "1" && final["removed"] == "1", "\(final)")
                #expect(final["unchanged"] == "1" && final["check"] == (check.isEmpty ? nil : "true"), "\(final)")
                try #require(rows.map { $0["agent"] } == ["kim", "박서연", "lee"], "\(rows)")
                #expect(rows.map { $0["change"] } == ["changed", "created", "removed"])
                #expect(rows[0]["skills"] == "billing:7,korean:5" && rows[0]["skills_before"] == "billing:5")
                #expect(rows[0]["team"]?.isEmpty == true && rows[0]["team_before"] == "seoul", "\(rows[0])")
                #expect(rows[0]["channels"] == nil && rows[0]["name"] == nil && rows[0]["capacity"] == nil)
                #expect(rows[1]["name"] == "박 서연" && rows[1]["channels"] == "chat:2" && rows[1]["capacity"] == "50")
                #expect(try admin.ask("AGENTS").last?["count"] == "3")
                let kim = try admin.ok("AGENT GET kim")
                #expect(kim["skills"] == (check.isEmpty ? "billing:7,korean:5" : "billing:5"))
                #expect(kim["name"] == "김 지수" && kim["channels"] == "chat,voice:1", "\(kim)")
            }
            #expect(try admin.ok("AGENT GET 박서연")["capacity"] == "50")
            try admin.refused("AGENT GET lee", "not_found")
            // The same again, but for the removal: nothing is left to do.
            let again = body.replacing(#","remove":["lee"]"#, with: "")
            let final = try admin.ok("AGENTS PUT body=\(again)")
            #expect(final["unchanged"] == "3" && final["changed"] == "0", "\(final)")
        }
    }

    @Test("null and nothing return to the default, as with AGENT PUT, also what a restart has read back")
    func defaults() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        let agent =
            #"{"id":"kim","name":"Kim","skills":{"b":2,"aa":1},"channels":{"voice":1,"chat":null},"capacity":9}"#
        try await DaemonUnderTest.start(at: site).use { daemon in
            _ = try daemon.admin().ok("AGENTS PUT body={\"agents\":[\(agent)]}")
        }
        try await DaemonUnderTest.start(at: site).use { daemon in
            let admin = try daemon.admin()
            #expect(try admin.ok("AGENTS PUT body={\"agents\":[\(agent)]}")["unchanged"] == "1")
            try admin.ok(
                #"AGENTS PUT body={"agents":[{"id":"kim","name":null,"skills":{},"channels":"","capacity":null}]}"#)
            let kim = try admin.ok("AGENT GET kim")
            #expect(kim["name"] == nil && kim["skills"] == nil && kim["channels"] == nil, "\(kim)")
            #expect(kim["capacity"] == "100")
        }
    }

    @Test("every fault is a row with its path, and nothing changes")
    func faults() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            // What she has already, she keeps.
            try admin.ok("AGENT PUT kim skills=bilingual:5")
            try admin.ok(#"PLAN PUT body={"skills":["billing","korean"]}"#)
            try admin.refused("AGENT PUT lee skills=bilingual:5", "bad_argument", field: "skills")
            try admin.refused("SUBMIT channel=chat skills=billing,bilingual", "bad_argument", field: "skills")
            try admin.refused("SUBMIT channel=chat prefer=bilingual", "bad_argument", field: "prefer")
            let body =
                #"{"agents":[{"id":"kim","skills":{"bilingual":5}},{"id":"a","skills":{"bilingual":5}},"#
                + #"{"id":"b","channels":{"fax":1}},{"id":"c","skills":{"billing":11}},{"id":"d","capacity":0},"#
                + #"{"id":"e e"},{"id":"a"},{"id":"f","skils":{}},{"name":"g"},7,{"id":"h","channels":{"voice":1001}},"#
                + #"{"id":"i","team":5,"name":5,"skills":[]},{"id":"new"}],"remove":["nobody","kim",3],"dry":true}"#
            let lines = try admin.ask("AGENTS PUT body=\(body)")
            #expect(
                paths(lines) == [
                    "dry", "agents[3].skills.billing", "agents[4].capacity", "agents[5].id", "agents[6].id",
                    "agents[7].skils", "agents[8]", "agents[9]", "agents[10].channels.voice", "agents[11].team",
                    "agents[11].name", "agents[11].skills", "remove[1]", "remove[2]", "agents[1].skills.bilingual",
                    "agents[2].channels.fax", "remove[0]",
                ], "\(lines)")
            #expect(lines.last?.code == "bad_argument" && lines.last?["field"] == "body")
            #expect(lines.contains { $0["error"] == "a is named by agents[1].id already" }, "\(lines)")
            #expect(lines.contains { $0["error"] == "a level is 1 to 10, or null, not 11" }, "\(lines)")
            #expect(try admin.ask("AGENTS").last?["count"] == "1")
            for bad in ["{}", #"{"agents":{}}"#, #"{"remove":"kim"}"#] {
                try admin.refused("AGENTS PUT body=\(bad)", "bad_argument", field: "body")
            }
            try admin.refused("AGENTS PUT", "bad_argument", field: "body")
            try admin.refused("AGENTS PUT body=[]", "bad_argument", field: "body")
        }
    }

    @Test("who is signed on or has work is not removed, and then nobody is")
    func liveWork() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim")
            let mail = try daemon.upstream().submit("channel=email")
            try kim.expectEvent("assigned", inquiry: mail)
            try admin.ok("AGENT PUT lee")
            let body = #"{"agents":[{"id":"park"}],"remove":["lee","kim"]}"#
            for error in ["kim is signed on", "kim still has work"] {
                let lines = try admin.ask("AGENTS PUT body=\(body)")
                #expect(paths(lines) == ["remove[1]"] && lines.first?["error"] == error, "\(lines)")
                #expect(lines.last?.code == "conflict", "\(lines)")
                #expect(try admin.ask("AGENTS").last?["count"] == "2")
                // Mail stays with an agent who signs off.
                try kim.ok("OFFLINE")
            }
            try kim.ok("COMPLETE \(mail)")
            try admin.ok("AGENTS PUT body=\(body)")
            #expect(try admin.ask("AGENTS").dropLast().map { $0["agent"] } == ["park"])
            // The session of one who is gone ends.
            _ = try kim.readToEnd()
        }
    }

    @Test("what agents may have now is offered at once, and watchers are told in one go")
    func offers() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim")
            let call = try daemon.upstream().submit("channel=voice skills=korean")
            let watcher = try daemon.admin()
            try watcher.ok("WATCH types=agent_changed")
            try admin.send(#"AGENTS PUT body={"agents":[{"id":"kim","skills":{"korean":3}},{"id":"lee"}]}"#, "PING")
            #expect(try admin.answer().last?["created"] == "1")
            #expect(try admin.answer().last?["status"] == "serving")
            try kim.skipToEvent("offered", inquiry: call)
            #expect(try watcher.next()["agent"] == "kim")
            #expect(try watcher.next()["agent"] == "lee")
        }
    }

    @Test("the owner's very first line may be as long as any of an admin's")
    func firstLine() async throws {
        try await withDaemon { daemon in
            let request = #"AGENTS PUT body={"agents":[{"id":"\#(String(repeating: "a", count: 150_000))"}]}"#
            for _ in 1...50 { try daemon.admin().refused(request, "bad_argument", field: "body") }
        }
    }

    @Test("five thousand agents are one request, one more is too many")
    func limit() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            func body(_ count: Int, _ level: Int) -> String {
                let agents = (1...count).map { #"{"id":"agent-\#($0)","skills":{"s\#($0 % 40)":\#(level)}}"# }
                return "{\"agents\":[\(agents.joined(separator: ","))]}"
            }
            try admin.refused("AGENTS PUT body=\(body(5_001, 1))", "too_large", field: "body")
            #expect(try admin.ok("AGENTS PUT body=\(body(5_000, 1)) check=true")["created"] == "5000")
            #expect(try admin.ok("AGENTS PUT body=\(body(5_000, 1))")["created"] == "5000")
            #expect(try admin.ok("AGENTS PUT body=\(body(5_000, 2))")["changed"] == "5000")
            #expect(try admin.ok("INFO")["agents"] == "5000")
        }
    }

    @Test(
        "killed while it is under way, all of it is there afterwards or nothing", arguments: [0, 2, 8, 20, 50, 1_000])
    func kill(milliseconds: Int) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        var daemon = try DaemonProcess.serving(at: site)
        try daemon.admin().ok(
            "AGENTS PUT body={\"agents\":[\((1...50).map { #"{"id":"old-\#($0)"}"# }.joined(separator: ","))]}")
        let changed = (1...40).map { #"{"id":"old-\#($0)","capacity":50}"# }
        let created = (1...400).map { #"{"id":"new-\#($0)","skills":{"s\#($0)":1}}"# }
        let removed = (41...50).map { "\"old-\($0)\"" }
        let admin = try daemon.admin()
        try admin.send(
            "AGENTS PUT body={\"agents\":[\((created + changed).joined(separator: ","))],\"remove\":"
                + "[\(removed.joined(separator: ","))]}")
        // Its answer has so long to come before the daemon goes.
        let first = try? admin.readLine(patience: .milliseconds(milliseconds))
        try daemon.crash()
        daemon = try DaemonProcess.serving(at: site, port: daemon.port)
        let rows = try daemon.admin().rows("AGENTS")
        let isDone = rows.count == 440
        #expect(isDone || rows.count == 50, "\(rows.count) agents")
        #expect(rows.filter { $0["capacity"] == "50" }.count == (isDone ? 40 : 0))
        #expect(rows.filter { $0["agent"]?.hasPrefix("new-") == true }.count == (isDone ? 400 : 0))
        // What was told is there.
        if first != nil { #expect(isDone) }
        try daemon.terminate()
    }
}
