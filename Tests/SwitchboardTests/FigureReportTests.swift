import Routing
import TestSupport
import Testing

/// What STATS and the reports in SQL tell, of the same things.
@Suite("Figures on the port and in SQL", .blocking)
struct FigureReportTests {
    private static let plan = """
        channels: {chat: {target: 20s, limit: 1000, weight: 1, offer_timeout: 1h}}
        queues: {default: {steps: [{after: 25s, do: [{notify: late}]}]}}
        survey: {after: 2s}
        """

    private static func stats(_ admin: LinePeer, _ window: String = "today") throws -> Line {
        try #require(try admin.ask("STATS window=\(window)").first { $0["queue"] == "default" })
    }

    @Test("31: of 100 accepted 70 in time, of 20 abandoned 8: 0.6250 in STATS and SQL, there beside 0.7000 and 0.5833")
    func serviceLevels() async throws {
        try await DaemonUnderTest.publishing(Self.plan, clockSpeed: 20) { daemon in
            let admin = try daemon.admin()
            let kim = try daemon.readyAgent("kim", "capacity=10000")
            let shop = try daemon.upstream()
            for _ in 0..<70 {
                let id = try shop.submit()
                try kim.expectEvent("offered", inquiry: id)
                try kim.ok("ACCEPT \(id)")
            }
            for _ in 0..<8 { try shop.ok("ABANDON \(shop.submit())") }
            let watch = try daemon.admin()
            let late = try (0..<42).map { _ in try shop.submit() }
            try watch.ok("WATCH types=escalated inquiry=\(late[41])")
            try watch.expectEvent("escalated", inquiry: late[41])
            for id in late.prefix(30) { try kim.ok("ACCEPT \(id)") }
            for id in late.dropFirst(30) { try shop.ok("ABANDON \(id)") }
            let told = try Self.stats(admin)
            #expect(told["service_level"] == "0.6250" && told["abandonment"] == "0.1667", "\(told)")
            let row = try #require(
                try daemon.site.sql(
                    """
                    SELECT service_level, service_level_of_accepted, service_level_of_entered, accepted, abandoned, entered
                    FROM switchboard.report_queue WHERE queue = 'default' AND channel IS NULL
                    """, columns: 6
                ).first)
            #expect(row == ["0.6250", "0.7000", "0.5833", "100", "20", "120"])
        }
    }

    @Test("STATS, report_queue, report_interval and report_agent say the same; a restart changes nothing of today")
    func sameEverywhere() async throws {
        try await DaemonUnderTest.withSite { site in
            let first = try await DaemonUnderTest.start(at: site, clockSpeed: 20)
            let before = try await first.use { daemon in
                let admin = try daemon.admin()
                try admin.ok("PLAN PUT body=" + PublishedPlan.line(Self.plan))
                let kim = try daemon.readyAgent("kim", "capacity=10000")
                let shop = try daemon.upstream()
                var ids: [Int64] = []
                for _ in 0..<30 {
                    let id = try shop.submit()
                    try kim.expectEvent("offered", inquiry: id)
                    try kim.ok("ACCEPT \(id)")
                    try kim.ok("MESSAGE \(id) from=agent")
                    try kim.ok("COMPLETE \(id)")
                    ids.append(id)
                }
                for (number, id) in ids.prefix(8).enumerated() {
                    try shop.ok("RATE \(id) csat=\(number % 5 + 1) nps=\(number)")
                }
                try shop.ok("RATE \(ids[0]) csat=5")
                try kim.ok("OFFLINE")
                return try Self.stats(admin)
            }
            let seconds = ["asa", "frt", "aht", "p50", "p95", "p99", "longest"]
            let row = try #require(
                try site.sql(
                    """
                    SELECT entered, accepted, completed, service_level, rona, csat, nps, asa, frt, aht, p50, p95, p99, longest
                    FROM switchboard.report_queue WHERE queue = 'default' AND channel IS NULL
                    """, columns: 14
                ).first)
            for (place, name) in ["entered", "accepted", "completed", "service_level", "rona", "csat", "nps"]
                .enumerated()
            {
                #expect(before[name] == row[place], "\(name)")
            }
            for (place, name) in seconds.enumerated() {
                let told = try #require(before.duration(name))
                let stored = try #require(row[7 + place].flatMap { Double($0) })
                #expect(abs(Double(told) / 1e6 - stored) < 0.000_5, "\(name): \(told) and \(stored)")
            }
            let sums = try site.sql(
                "SELECT sum(accepted), sum(completed) FROM switchboard.report_interval WHERE queue = 'default'",
                columns: 2)
            #expect(sums == [["30", "30"]])
            let agent = try #require(
                try site.sql(
                    """
                    SELECT completed, accepted, idle + busy, extract(epoch FROM (
                        SELECT max(at) FILTER (WHERE type = 'agent_offline') - min(at) FILTER (WHERE type = 'agent_ready')
                        FROM switchboard.event WHERE agent = 'kim'))
                    FROM switchboard.report_agent WHERE agent = 'kim'
                    """, columns: 4
                ).first)
            #expect(agent.prefix(2) == ["30", "30"])
            let (told, passed) = (Double(agent[2] ?? "") ?? -1, Double(agent[3] ?? "") ?? -2)
            #expect(abs(told - passed) < 0.01, "\(agent)")

            let second = try await DaemonUnderTest.start(at: site, clockSpeed: 20)
            try await second.use { daemon in
                let after = try Self.stats(try daemon.admin())
                let named = ["entered", "accepted", "completed", "service_level", "csat", "nps", "occupancy"] + seconds
                for name in named { #expect(after[name] == before[name], "\(name)") }
                #expect(try Self.stats(try daemon.admin(), "5m")["accepted"] == "0")
            }
        }
    }

    @Test("a survey is due once, also over a restart, and tells who completed it")
    func surveys() async throws {
        try await DaemonUnderTest.withSite { site in
            let first = try await DaemonUnderTest.start(at: site)
            let ids = try await first.use { daemon in
                try daemon.admin().ok("PLAN PUT body=" + PublishedPlan.line(Self.plan))
                let watch = try daemon.admin()
                try watch.ok("WATCH types=survey_due")
                let kim = try daemon.readyAgent("kim")
                let shop = try daemon.upstream()
                let ids = try [shop.submit(), shop.submit()]
                for id in ids {
                    try kim.expectEvent("offered", inquiry: id)
                    try kim.ok("ACCEPT \(id)")
                }
                try kim.ok("COMPLETE \(ids[0])")
                #expect(try watch.expectEvent("survey_due", inquiry: ids[0])["agent"] == "kim")
                try kim.ok("COMPLETE \(ids[1])")
                return ids
            }
            let second = try await DaemonUnderTest.start(at: site)
            try await second.use { daemon in
                let watch = try daemon.admin()
                try watch.ok("WATCH types=survey_due from=0")
                #expect(try watch.expectEvent("survey_due")["inquiry"] == "\(ids[0])")
                #expect(try watch.expectEvent("survey_due")["inquiry"] == "\(ids[1])")
            }
            #expect(try site.number("SELECT count(*) FROM switchboard.event WHERE type = 'survey_due'") == 2)
        }
    }

    @Test("first contact resolution: not reopened, no other of that customer within 7 days, not unresolved")
    func resolution() async throws {
        try await DaemonUnderTest.with { daemon in
            let kim = try daemon.readyAgent("kim", "capacity=1000")
            let shop = try daemon.upstream()
            func complete(_ customer: String, _ outcome: String = "") throws -> Int64 {
                let id = try shop.submit("channel=chat customer=\(customer)")
                try kim.expectEvent("offered", inquiry: id)
                try kim.ok("ACCEPT \(id)")
                try kim.ok("COMPLETE \(id) \(outcome)")
                return id
            }
            _ = try complete("once")
            _ = try complete("again")
            _ = try complete("again")
            _ = try complete("unhappy", "outcome=unresolved")
            let reopened = try complete("back")
            try shop.ok("MESSAGE \(reopened) from=customer")
            try kim.expectEvent("message", inquiry: reopened)
            try kim.expectEvent("reopened", inquiry: reopened)
            try kim.expectEvent("offered", inquiry: reopened)
            try kim.ok("ACCEPT \(reopened)")
            try kim.ok("COMPLETE \(reopened)")
            let view = "SELECT completed, resolved_at_once, fcr FROM switchboard.report_resolution"
            #expect(try daemon.site.sql(view, columns: 3).isEmpty)
            // Ten days ago it was all the same.
            _ = try daemon.site.sql(
                """
                UPDATE switchboard.inquiry SET closed_at = closed_at - INTERVAL '10 days',
                    submitted_at = submitted_at - INTERVAL '10 days' WHERE state = 'completed';
                UPDATE switchboard.figure SET day = day - 10, at = at - INTERVAL '10 days'
                """)
            _ = try daemon.site.sql("SELECT switchboard.keep_resolution(site, epoch, 200) FROM switchboard.engine")
            #expect(try daemon.site.sql(view, columns: 3) == [["5", "2", "0.4000"]])
        }
    }

    @Test("STATS and EXPLAIN tell of this moment, also on a floor where nothing happens")
    func quietFloor() async throws {
        // A second is ten milliseconds.
        try await DaemonUnderTest.with(clockSpeed: 100) { daemon in
            let admin = try daemon.admin()
            let id = try daemon.upstream().submit("channel=chat")
            let deadline = ContinuousClock.now + .seconds(10)
            var waited: Int64 = 0
            var oldest: Int64 = 0
            while min(waited, oldest) < 5_000_000, ContinuousClock.now < deadline {
                waited = try admin.ok("EXPLAIN \(id)").duration("waited") ?? 0
                oldest = try admin.rows("STATS queue=default").first?.duration("oldest") ?? 0
            }
            #expect(waited >= 5_000_000 && oldest >= 5_000_000)
        }
    }

    @Test("SQL tells the middle of a bucket as the engine does")
    func buckets() async throws {
        try await DaemonUnderTest.with { daemon in
            let rows = try daemon.site.sql(
                "SELECT switchboard.span_of(b::smallint) FROM generate_series(0, 1400) AS b ORDER BY b")
            let told = rows.map { $0.first.flatMap { $0 }.flatMap { Int64($0) } }
            #expect(told == (0...1_400).map { Histogram.value(of: $0).microseconds })
        }
    }
}
