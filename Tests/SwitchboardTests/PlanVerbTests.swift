import Plan
import TestSupport
import Testing

@Suite("The plan, through the port", .blocking)
struct PlanVerbTests {
    private static let vip =
        #"{"queues":{"vip":{"skills":{"billing":3},"steps":[{"after":"1s","do":[{"drop":["billing"]}]}]}}}"#

    private func withDaemon(_ body: (DaemonUnderTest) throws -> Void) async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site).use { try body($0) }
    }

    @Test("PUT makes a version of it, which is in force at once and after a restart")
    func put() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        try await DaemonUnderTest.start(at: site).use { daemon in
            let admin = try daemon.admin()
            let lines = try admin.ask("PLAN PUT body=\(Self.vip) note=\"the VIP desk\"")
            #expect(lines.last?["version"] == "2", "\(lines)")
            #expect(lines.dropLast().contains { $0["change"]?.contains("queues.vip") == true }, "\(lines)")
            #expect(try admin.ok("INFO")["plan_version"] == "2")
            let kim = try daemon.readyAgent("kim")
            let call = try daemon.upstream().submit("channel=voice queue=vip")
            #expect(try admin.ok("GET \(call)")["skills"] == "billing:3")
            // The step drops what nobody has.
            try kim.expectEvent("offered", inquiry: call)
            #expect(try admin.ok("PLAN PUT body=\(Self.vip)")["unchanged"] == "true")
        }
        try await DaemonUnderTest.start(at: site).use { daemon in
            let admin = try daemon.admin()
            #expect(try admin.ok("PLAN GET")["version"] == "2")
            #expect(try admin.ok("PLAN GET")["body"]?.contains("billing") == true)
            let history = try admin.ask("PLAN HISTORY")
            #expect(history.map { $0["version"] } == ["2", "1", "2"])
            #expect(history[0]["note"] == "the VIP desk")
            #expect(history[0]["author"] == "first")
            #expect(history[1]["author"] == "serve")
        }
    }

    @Test("PATCH changes what it names, ROLLBACK brings an older one back as a new one")
    func patch() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            try admin.ok(#"PLAN PATCH body={"queues":{"vip":{"target":"30s"}},"name":"한국"}"#)
            #expect(try admin.ok("PLAN GET")["body"]?.contains("한국") == true)
            try admin.ok(#"PLAN PATCH body={"queues":{"vip":null}}"#)
            #expect(try admin.ok("PLAN GET")["body"]?.contains("vip") == false)
            #expect(try admin.ok("PLAN ROLLBACK version=2")["version"] == "4")
            #expect(try admin.ok("PLAN GET")["body"]?.contains("vip") == true)
            let changes = try admin.ask("PLAN HISTORY version=4")
            #expect(changes.dropLast().compactMap { $0["change"] }.contains { $0.contains("queues.vip") }, "\(changes)")
            #expect(try admin.ask("PLAN HISTORY").first?["note"] == "rollback to 2")
            let page = try admin.ask("PLAN HISTORY limit=2")
            #expect(page.map { $0["version"] } == ["4", "3", "4"] && page.last?["after"] == "3", "\(page)")
            #expect(try admin.ask("PLAN HISTORY after=3").map { $0["version"] } == ["2", "1", "4"])
        }
    }

    @Test("every fault is a row with its path, and nothing changes; a check tells what would")
    func faults() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            let faulty = #"{"queues":{"vip":{"target":"0s","selct":"x","overflow":"nowhere"}},"nmae":"x"}"#
            for verb in ["PUT", "CHECK"] {
                let lines = try admin.ask("PLAN \(verb) body=\(faulty)")
                #expect(lines.dropLast().filter { $0["error"] != nil }.count == 4, "\(lines)")
                #expect(lines.contains { $0["path"] == "queues.vip.target" })
                #expect(lines.contains { $0["path"] == "nmae" && $0["error"]?.contains("name") == true })
                #expect(lines.last?.code == "bad_argument" && lines.last?["field"] == "body")
            }
            let check = try admin.ask("PLAN CHECK body=\(Self.vip)")
            #expect(check.last?["changes"] != "0" && check.last?["version"] == "1", "\(check)")
            #expect(try admin.ok("INFO")["plan_version"] == "1")
            #expect(try admin.ask("PLAN HISTORY").count == 2)
            try admin.refused("PLAN ROLLBACK version=7", "not_found", field: "version")
            try admin.refused("PLAN PUT body=[]", "bad_argument", field: "body")
            try admin.refused("PLAN PUT", "bad_argument", field: "body")
        }
    }

    @Test("of two admins one wins, the other is told what changed")
    func race() async throws {
        try await withDaemon { daemon in
            let (kim, lee) = (try daemon.admin(), try daemon.admin())
            try kim.ok("PLAN PUT body=\(Self.vip) if_version=1")
            let lines = try lee.ask("PLAN PUT body={} if_version=1")
            #expect(lines.last?.code == "conflict" && lines.last?["version"] == "2", "\(lines)")
            #expect(lines.last?["field"] == "if_version")
            #expect(lines.dropLast().contains { $0["change"]?.contains("queues.vip") == true }, "\(lines)")
            // At the same time: however it goes, exactly one of them is version 3.
            try kim.send(#"PLAN PUT body={"name":"a"} if_version=2"#)
            try lee.send(#"PLAN PUT body={"name":"b"} if_version=2"#)
            let answers = [try kim.answer().last, try lee.answer().last]
            #expect(answers.filter { $0?.isOK == true && $0?["version"] == "3" }.count == 1, "\(answers)")
            #expect(answers.filter { $0?.code == "conflict" }.count == 1, "\(answers)")
        }
    }

    @Test("a queue in which live inquiries stand cannot be taken away")
    func stands() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            try admin.ok("PLAN PUT body=\(Self.vip)")
            _ = try daemon.upstream().submit("channel=voice queue=vip")
            let refusal = try #require(try admin.ask("PLAN PUT body={}").last)
            #expect(refusal.code == "conflict" && refusal["count"] == "1", "\(refusal)")
            #expect(try admin.ok("INFO")["plan_version"] == "2")
        }
    }

    @Test("rules look at what is submitted; EXPLAIN says who asked for what, INFO which rule cannot be evaluated")
    func rules() async throws {
        try await withDaemon { daemon in
            let admin = try daemon.admin()
            let plan =
                #"{"queues":{"vip":{"skills":{"billing":3},"steps":[{"after":"1h","do":[{"drop":["korean"]}]}]}},"rules":["#
                + #"{"name":"gold","when":"inquiry.attrs.tier == \"gold\"","then":{"queue":"vip","priority":10}},"#
                + #"{"name":"한국어","when":"inquiry.attrs.lang == \"한국어\"","then":{"skills":{"korean":2}}},"#
                + #"{"name":"odd","when":"1 / size(inquiry.attrs.list) > 0","then":{"priority":1}}]}"#
            let published = try admin.ask("PLAN PUT body=\(plan)")
            #expect(published.last?.isOK == true, "\(published)")
            let shop = try daemon.upstream()
            let call = try shop.submit(#"channel=voice skills=returns:1 attrs={"tier":"gold","lang":"한국어","list":[]}"#)
            let shown = try admin.ok("GET \(call)")
            #expect(shown["queue"] == "vip" && shown["priority"] == "10", "\(shown)")
            #expect(shown["skills"] == "billing:3,korean:2,returns:1")
            let why = try admin.ask("EXPLAIN \(call)")
            let parts = why.filter { $0["skill"] != nil }.map { line in
                [line["skill"], line["level"], line["by"], line["name"]].compactMap { $0 }.joined(separator: " ")
            }
            #expect(parts == ["billing 3 queue", "korean 2 rule 한국어", "returns 1 request"])
            #expect(why.last?["next"] == "step", "\(why)")
            #expect(try admin.ok("INFO")["failed_rules"] == "odd:1")
            // Said by the request, and no tier at all: no rule is asked.
            let plain = try shop.submit("channel=chat queue=default priority=1")
            #expect(try admin.ok("GET \(plain)")["queue"] == "default")
            #expect(try admin.ok("GET \(plain)")["priority"] == "1")
        }
    }

    @Test("the command line publishes, compares, lists and brings back")
    func commandLine() async throws {
        try await withDaemon { daemon in
            func run(_ arguments: String..., input: String = "") throws -> CommandRun {
                try CommandRun(["plan"] + arguments + ["--connect", daemon.socketPath], input: input)
            }
            let vip = "queues: {default: {}, vip: {target: 20s}}\n"
            #expect(
                try run("publish", "-", "--dry-run", input: vip)
                    == CommandRun(0, "+ queues.vip\nVersion 1 is in force; nothing was changed.\n"))
            #expect(
                try run("publish", "-", "--note", "VIP", input: vip)
                    == CommandRun(0, "+ queues.vip\nVersion 2 is in force.\n"))
            #expect(
                try run("publish", "-", input: vip)
                    == CommandRun(0, "No differences: version 2 stays in force.\n"))
            // Who meant to change version 1 is told what has changed since.
            #expect(try run("publish", "-", "--if-version", "1", input: "{}") == CommandRun(1, "+ queues.vip\n"))
            #expect(try run("publish", "-", input: "queues: {vip: {targt: 20s}}") == CommandRun(1, ""))
            #expect(try run("diff", "-", input: vip) == CommandRun(0, "No differences.\n"))
            #expect(try run("diff", "-", "--version", "1", input: vip) == CommandRun(0, "+ queues.vip\n"))
            #expect(
                try run("export").output
                    == "plan: 1\nqueues:\n  default: {}\n  vip: {target: 20s}\n")
            #expect(try run("history", "2") == CommandRun(0, "+ queues.vip\n"))
            #expect(try run("rollback", "1") == CommandRun(0, "- queues.vip\nVersion 3 is in force.\n"))
            let history = try run("history", "--json")
            #expect(history.code == 0 && history.output.contains("rollback to 1"), "\(history.output)")
        }
    }

    @Test("watchers are told, and requests that follow on the connection wait for their turn")
    func order() async throws {
        try await withDaemon { daemon in
            let (admin, watcher) = (try daemon.admin(), try daemon.admin())
            try watcher.ok("WATCH types=plan_published")
            try admin.send("#a PLAN PUT body=\(Self.vip)\n#b SUBMIT channel=chat queue=vip")
            while let line = try admin.answer().last {
                if line.tag == "#b" {
                    #expect(line.isOK, "\(line)")
                    break
                }
            }
            try watcher.expectEvent("plan_published")
        }
    }
}
