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

    /// A zone in which it is between four and five in the afternoon, and by how many seconds it is behind UTC.
    private static func afternoon(at second: Int64) -> (zone: String, behind: Int64) {
        var hours = second / 3_600 % 24 - 16
        if hours < -14 { hours += 24 }
        return (hours < 0 ? "Etc/GMT\(hours)" : "Etc/GMT+\(hours)", hours * 3_600)
    }

    /// Microseconds. The port tells times to the millisecond, so what is reckoned of three of them is true to two.
    private static func isAbout(_ expected: Int64, _ told: Int64?) -> Bool {
        told.map { abs($0 - expected) <= 2_000 } ?? false
    }

    @Test("27: created half an hour before closing, an hour is over half an hour after the next opening; 16 h take on")
    func businessTime() async throws {
        try await DaemonUnderTest.with { daemon in
            let admin = try daemon.admin()
            let now = try #require(try admin.ok("PING").instant("time")) / 1_000_000
            let (zone, behind) = Self.afternoon(at: now)
            let minute = (now - behind) / 60 % 1_440
            let midnight = now / 60 * 60 - minute * 60
            let closing = midnight + (minute + 30) * 60
            let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            func day(_ later: Int64) -> String { days[Int(((midnight - behind) / 86_400 + 3 + later) % 7)] }
            let closes = "\((minute + 30) / 60):\((minute + 30) % 60 < 10 ? "0" : "")\((minute + 30) % 60)"
            try Self.publish(
                """
                calendars:
                  office:
                    timezone: \(zone)
                    hours: {\(day(0)): ["09:00-\(closes)"], \(day(3)): ["09:00-17:00"]}
                sla: [{name: all, calendar: office, targets: {first_response: 1h, resolution: 16h}}]
                """, admin)
            let shop = try daemon.upstream()
            let shown = try shop.ok("GET \(shop.submit())")
            let today = closing * 1_000_000 - (try #require(shown.instant("queued")))
            let opening = { (later: Int64) in (midnight + later * 86_400 + 9 * 3_600) * 1_000_000 }
            let hour: Int64 = 3_600_000_000
            #expect(Self.isAbout(opening(3) + hour - today, shown.instant("first_response_due")))
            #expect(Self.isAbout(opening(7) + 8 * hour - today, shown.instant("resolution_due")))
        }
    }

    @Test("28: held after half an hour for five, two hours go on where they stood; nothing fires while it is held")
    func pause() async throws {
        try await DaemonUnderTest.with(clockSpeed: 3_600) { daemon in
            let admin = try daemon.admin()
            try Self.publish(
                """
                channels: {chat: {offer_timeout: 1h}, email: {}}
                queues: {default: {}, pace: {steps: [{after: 30m, do: [{notify: half}]}, {after: 330m, do: [{notify: late}]}]}}
                sla:
                  - name: live
                    when: inquiry.channel == "chat"
                    pause: [held]
                    targets: {resolution: 2h}
                    escalate: [{metric: resolution, at: 50%, do: [{priority: 5}]}]
                """, admin)
            let kim = try daemon.readyAgent("kim")
            let watch = try daemon.admin()
            try watch.ok("WATCH types=held,resumed,sla_warned,sla_breached,escalated")
            let shop = try daemon.upstream()
            _ = try shop.submit("channel=email queue=pace skills=nobody")
            let id = try shop.submit()
            try kim.expectEvent("offered", inquiry: id)
            try kim.ok("ACCEPT \(id)")
            #expect(try watch.expectEvent("escalated")["name"] == "half")
            let before = try shop.ok("GET \(id)")
            try kim.ok("HOLD \(id)")
            let held = try watch.expectEvent("held", inquiry: id).instant("time") ?? 0
            let still = try shop.ok("GET \(id)")
            let due = try #require(before.instant("resolution_due"))
            #expect(Self.isAbout((before.instant("queued") ?? 0) + 7_200_000_000, due))
            #expect(Self.isAbout(due - held, still.duration("resolution_left")) && still["resolution_due"] == nil)
            #expect(try watch.expectEvent("escalated")["name"] == "late")
            try kim.ok("RESUME \(id)")
            let resumed = try watch.expectEvent("resumed", inquiry: id).instant("time") ?? 0
            #expect(Self.isAbout(due + resumed - held, try shop.ok("GET \(id)").instant("resolution_due")))
            try watch.expectEvent("sla_warned", inquiry: id)
            let breached = try watch.expectEvent("sla_breached", inquiry: id).instant("time") ?? 0
            #expect(breached > due + resumed - held - 2_000)
        }
    }

    @Test("29: answered in time; the customer's next word begins anew, the one after does not; breached once")
    func nextResponse() async throws {
        try await DaemonUnderTest.with(clockSpeed: 200) { daemon in
            let admin = try daemon.admin()
            try Self.publish("sla: [{name: all, targets: {next_response: 5m}}]", admin)
            let kim = try daemon.readyAgent("kim")
            let watch = try daemon.admin()
            try watch.ok("WATCH types=message,sla_breached,completed")
            let shop = try daemon.upstream()
            let id = try shop.submit()
            try kim.expectEvent("offered", inquiry: id)
            try kim.ok("ACCEPT \(id)")
            for who in [kim, shop, kim] { try who.ok("MESSAGE \(id) from=\(who === kim ? "agent" : "customer")") }
            let met = try (1...3).map { _ in try watch.expectEvent("message", inquiry: id)["met"] }
            #expect(met == [nil, nil, "next_response"])
            try shop.ok("MESSAGE \(id) from=customer")
            let asked = try #require(try watch.expectEvent("message", inquiry: id).instant("time"))
            try shop.ok("MESSAGE \(id) from=customer")
            try watch.expectEvent("message", inquiry: id)
            #expect(Self.isAbout(asked + 300_000_000, try shop.ok("GET \(id)").instant("next_response_due")))
            let breached = try watch.expectEvent("sla_breached", inquiry: id)
            #expect(breached["metric"] == "next_response" && (breached.instant("time") ?? 0) > asked + 299_998_000)
            try kim.ok("MESSAGE \(id) from=agent")
            #expect(try watch.expectEvent("message", inquiry: id)["met"] == nil)
            try kim.ok("COMPLETE \(id)")
            try watch.expectEvent("completed", inquiry: id)
        }
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
