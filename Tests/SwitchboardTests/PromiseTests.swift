import Plan
import Routing
import TestSupport
import Testing

/// SLA policies on the port: what is promised, what acts, and what a start finds overdue.
@Suite("Promises on the port", .blocking)
struct PromiseTests {
    private static func publish(_ yaml: String, _ admin: LinePeer) throws {
        let report = RoutingPlan.read(Array(yaml.utf8), conditions: ConditionLanguage())
        let plan = try #require(report.plan, "\(report.faults)")
        try admin.ok("PLAN PUT body=\(String(decoding: plan.document, as: UTF8.self))")
    }

    @Test("30: 75% raises the priority, 100% drops a skill and moves the queue; agent, GET and EXPLAIN tell")
    func acts() async throws {
        try await DaemonUnderTest.with(clockSpeed: 60) { daemon in
            let admin = try daemon.admin()
            try Self.publish(
                """
                channels: {chat: {offer_timeout: 1h}}
                queues: {default: {}, second: {}}
                sla:
                  - name: fast
                    when: inquiry.channel == "chat"
                    targets: {first_response: 4m, resolution: 8h}
                    escalate:
                      - {metric: first_response, at: 75%, do: [{priority: 10}, {notify: lead}]}
                      - {metric: first_response, at: 100%, do: [{drop: [korean]}, {queue: second}]}
                """, admin)
            let kim = try daemon.readyAgent("kim", "skills=billing")
            let watch = try daemon.admin()
            try watch.ok("WATCH types=sla_warned,sla_breached,escalated,queued,offered")
            let shop = try daemon.upstream()
            let id = try shop.submit("channel=chat skills=korean")
            let shown = try shop.ok("GET \(id)")
            #expect(shown["policy"] == "fast")
            #expect(shown.instant("first_response_due").map { $0 - (shown.instant("queued") ?? 0) } == 240_000_000)
            #expect(try admin.ask("EXPLAIN \(id)").last?["next"] == "sla")
            let types = ["sla_warned", "escalated", "sla_breached", "queued", "offered"]
            let events = try types.map { try watch.expectEvent($0, inquiry: id) }
            #expect(events[0]["priority"] == "10" && events[0]["threshold"] == "75%" && events[0]["due"] != nil)
            #expect(events[1]["name"] == "lead" && events[1]["by"] == "escalation")
            #expect(events[2]["policy"] == "fast" && events[3]["queue"] == "second")
            let times = events.compactMap { $0.instant("time") }
            #expect(times == times.sorted())
            try kim.expectEvent("offered", inquiry: id)
            try kim.ok("ACCEPT \(id)")
            try kim.ok("MESSAGE \(id) from=agent")
            #expect(try shop.ok("GET \(id)")["first_response_sla"] == "breached")
        }
    }

    @Test("the agent who has it is warned and told of the breach")
    func holder() async throws {
        try await DaemonUnderTest.with(clockSpeed: 60) { daemon in
            try Self.publish(
                """
                sla: [{name: all, targets: {resolution: 2m}, escalate: [{metric: resolution, at: 50%, do: [{priority: 5}]}]}]
                """, try daemon.admin())
            let kim = try daemon.readyAgent("kim")
            let id = try daemon.upstream().submit()
            try kim.expectEvent("offered", inquiry: id)
            try kim.ok("ACCEPT \(id)")
            #expect(try kim.expectEvent("sla_warned", inquiry: id)["agent"] == "kim")
            #expect(try kim.expectEvent("sla_breached", inquiry: id)["metric"] == "resolution")
        }
    }

    @Test(
        "supervisors are told of their team's promises unasked, those of other teams are not; WATCH and UNWATCH change it"
    )
    func supervisors() async throws {
        try await DaemonUnderTest.with(clockSpeed: 60) { daemon in
            try Self.publish(
                """
                sla: [{name: all, targets: {resolution: 2m}, escalate: [{metric: resolution, at: 50%, do: [{priority: 5}]}]}]
                """, try daemon.admin())
            let seoul = try daemon.session(daemon.token("role=supervisor teams=seoul"))
            let busan = try daemon.session(daemon.token("role=supervisor teams=busan"))
            let kim = try daemon.readyAgent("kim", "team=seoul")
            let shop = try daemon.upstream()
            let id = try shop.submit()
            try kim.expectEvent("offered", inquiry: id)
            try kim.ok("ACCEPT \(id)")
            #expect(try seoul.expectEvent("sla_warned", inquiry: id)["agent"] == "kim")
            try seoul.ok("WATCH types=completed")
            try kim.expectEvent("sla_warned", inquiry: id)
            try kim.expectEvent("sla_breached", inquiry: id)
            try kim.ok("COMPLETE \(id)")
            try seoul.expectEvent("completed", inquiry: id)
            try seoul.ok("UNWATCH")
            let next = try shop.submit()
            try kim.expectEvent("offered", inquiry: next)
            try kim.ok("ACCEPT \(next)")
            #expect(try seoul.expectEvent("sla_warned")["inquiry"] == "\(next)")
            try busan.ok("PING")
            #expect(busan.events.isEmpty)
        }
    }

    @Test("a condition that cannot be evaluated is named by EXPLAIN, also after a restart; INFO counts it")
    func failed() async throws {
        try await DaemonUnderTest.withSite { site in
            let first = try await DaemonUnderTest.start(at: site)
            let id = try await first.use { daemon in
                let admin = try daemon.admin()
                try Self.publish(
                    """
                    rules: [{name: odd, when: 'inquiry.attrs.n / 0 == 1', then: {priority: 5}}]
                    sla: [{name: wrong, when: 'inquiry.attrs.n > "a"', targets: {assign: 1h}}]
                    """, admin)
                let id = try daemon.upstream().submit("channel=chat attrs={\"n\":1}")
                #expect(try admin.ok("INFO")["failed_rules"] == "odd:1")
                return id
            }
            let second = try await DaemonUnderTest.start(at: site)
            try await second.use { daemon in
                let rows = try daemon.admin().ask("EXPLAIN \(id)")
                #expect(rows.contains { $0["failed"] == "rule" && $0["name"] == "odd" })
                #expect(rows.contains { $0["failed"] == "policy" && $0["name"] == "wrong" })
            }
        }
    }

    @Test("500 deadlines that passed while the daemon was down fire once each, in order, late, before any offer")
    func downtime() async throws {
        try await DaemonUnderTest.withSite { site in
            let process = try DaemonProcess.serving(at: site)
            let admin = try process.admin()
            try Self.publish(
                "{channels: {chat: {limit: 1000, weight: 1}}, sla: [{name: all, targets: {assign: 5s}}]}", admin)
            try admin.ok("AGENT PUT kim capacity=10000")
            let shop = try process.session(process.token("role=upstream"))
            try shop.send((1...500).map { "SUBMIT channel=chat key=k\($0)" })
            var ids: [Int64] = []
            for _ in 1...500 { ids.append(try #require(try shop.answer().last?.integer("id"))) }
            // Nothing fires any more: it is gone before the first is due.
            try process.crash()
            #expect(try site.number("SELECT count(*) FROM switchboard.event WHERE type = 'sla_breached'") == 0)
            _ = try site.sql(
                """
                SELECT pg_sleep(extract(epoch FROM max(submitted_at) + interval '7 s' - clock_timestamp()))
                FROM switchboard.inquiry
                """)
            let next = try DaemonProcess.serving(at: site)
            let kim = try next.session(next.token("role=agent agent=kim"))
            try kim.ok("READY")
            let log = try site.sql(
                """
                SELECT type, inquiry, details->>'late' FROM switchboard.event
                WHERE type IN ('sla_breached', 'offered') ORDER BY seq LIMIT 501
                """, columns: 3)
            #expect(log.prefix(500).map { $0[0] ?? "" } == Array(repeating: "sla_breached", count: 500))
            #expect(log.prefix(500).compactMap { $0[1].flatMap { Int64($0) } } == ids)
            #expect(log.prefix(500).allSatisfy { $0[2] == "true" })
            #expect(log.last?[0] == "offered")
            #expect(try site.number("SELECT count(*) FROM switchboard.event WHERE type = 'sla_breached'") == 500)
            try next.terminate()
        }
    }
}
