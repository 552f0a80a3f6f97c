import ArgumentParser
import Foundation
import Plan
import Postgres
import Routing
import Storage

/// How long the reports of a month take, and what a live writer feels of them and of the month's end.
struct ReportsBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reports",
        abstract: "The time of each report over a month of traffic, and the latency of batches meanwhile.")

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Events of the month, about.")
    var events = 10_000_000

    @Flag(help: "Also print how PostgreSQL makes each report: EXPLAIN (ANALYZE, BUFFERS).")
    var plans = false

    @Option(help: "Seconds of each measurement of the live writer.")
    var seconds = 10.0

    @Option(help: "Milliseconds between two batches of the live writer, of eight lifecycles each.")
    var pause = 5

    @Flag(help: "Measure the month that an earlier run has left with --keep.")
    var again = false

    @Flag(help: "Leave the database, and the month in it, for another run.")
    var keep = false

    @OptionGroup var rows: RowOptions

    private static let name = "bench_reports"
    private static let rounds = 5
    /// Ten o'clock in Seoul, when all of the month is old enough for the first contact resolution.
    private static let liveBegins = MonthPlan.ends + .days(9) + .hours(1)

    func run() throws {
        let plan = try MonthPlan.plan()
        let month = MonthStore(database: database, name: Self.name)
        if !again { try fill(month, plan) }
        let store = try database.open(Self.name, at: Self.liveBegins)
        let sweeper = store.makeSweeper()
        let connection = try database.connect(Self.name)
        try month.awaitSweep(connection)
        try check(connection)
        if !again {
            // Autovacuum would have, in the course of a month.
            try connection.execute("VACUUM ANALYZE")
            try connection.execute("CHECKPOINT")
        }
        try tellSizes(connection)
        var live = try LiveWriter(
            store, try RecordedRun(store.state, plan: plan, at: Self.liveBegins), seconds: seconds,
            pause: .milliseconds(pause))
        if !again { try keepReports(store, connection) }
        try measureReports(connection, ReportQuery.all, "reports")
        try measureOpenDay(connection)
        try rows.put(latencies: try live.latencies(), of: "reports.live.before")
        let spinner = Spinner()
        try rows.put(latencies: try live.latencies(), of: "reports.live.busy")
        spinner.stop()
        try measureMeanwhile(&live)
        if !keep { try drop(sweeper, &live) }
        sweeper.stop()
        store.writer.stop()
        if !keep { try database.drop(Self.name) }
    }

    private func fill(_ month: MonthStore, _ plan: RoutingPlan) throws {
        let began = ContinuousClock.now
        let size = try month.fill(plan, events: events)
        try rows.put(
            "reports.fill.time", Measured.seconds(.now - began), "s",
            "\(size.events) events, \(size.inquiries) inquiries, \(size.batches) batches, \(size.swept) put away")
    }

    private func check(_ connection: Connection) throws {
        let began = ContinuousClock.now
        let words = try FigureCheck.run(connection)
        try rows.put("reports.check.time", Measured.seconds(.now - began), "s", words)
    }

    private func tellSizes(_ connection: Connection) throws {
        for table in ["figure", "promise_figure", "span_figure", "agent_figure"] {
            let result = try connection.query(
                """
                SELECT count(*), pg_size_pretty(pg_total_relation_size('switchboard.\(table)'))
                FROM switchboard.\(table)
                """)
            try rows.put("reports.rows.\(table)", Double(result.field(0, 0).int64), "rows", result.text(0, 1) ?? "")
        }
    }

    /// Keeps what reports say of what is over, a slice after the other, as the upkeep does it from day to day.
    private func keepReports(_ store: OpenedStore, _ connection: Connection) throws {
        for report in ["spans", "resolution"] {
            var times: [Double] = []
            while true {
                let began = ContinuousClock.now
                let result = try connection.query(
                    "SELECT switchboard.keep_\(report)(\(store.settings.site)::smallint, \(store.epoch), 1)")
                guard result.field(0, 0).int32 > 0 else { break }
                times.append(Measured.seconds(.now - began))
            }
            times.sort()
            try rows.put(
                "reports.keep.\(report)", Measured.share(times, 0.5) * 1e3, "ms",
                String(
                    format: "a slice, %d slices in %.1f s, the longest %.0f ms", times.count, times.reduce(0, +),
                    (times.last ?? 0) * 1e3))
        }
        try connection.execute("ANALYZE switchboard.span_day, switchboard.resolution_day")
    }

    /// A day of which nothing is kept yet, as today is.
    private func measureOpenDay(_ connection: Connection) throws {
        try connection.execute(
            """
            BEGIN;
            DELETE FROM switchboard.span_day WHERE day >= '\(MonthPlan.middleDay)';
            UPDATE switchboard.report_kept SET day = DATE '\(MonthPlan.middleDay)' - 1 WHERE report = 'span'
            """)
        try measureReports(connection, ReportQuery.all.filter { $0.isOfDay }, "reports.open")
        try connection.execute("ROLLBACK")
    }

    private func measureReports(_ connection: Connection, _ queries: [ReportQuery], _ prefix: String) throws {
        for query in queries {
            var times: [Double] = []
            // The first one warms up.
            var count = try query.run(connection).rows
            for _ in 0..<Self.rounds {
                let round = try query.run(connection)
                times.append(round.seconds)
                count = round.rows
            }
            try rows.put("\(prefix).\(query.id)", times.sorted()[Self.rounds / 2] * 1e3, "ms", "\(count) rows")
            if plans { print("\(query.sql)\n\(try query.plan(connection))\n") }
        }
    }

    private func measureMeanwhile(_ live: inout LiveWriter) throws {
        let reader = ReportReader(try database.connect(Self.name))
        let latencies = try live.latencies { !reader.hasReadAll }
        let times = try reader.stop()
        try rows.put(latencies: latencies, of: "reports.live.reports")
        for query in ReportQuery.all {
            let sorted = (times[query.id] ?? []).sorted()
            try rows.put(
                "reports.meanwhile.\(query.id)", Measured.share(sorted, 0.5) * 1e3, "ms", "\(sorted.count) times")
        }
    }

    /// What is kept is a week: the month that was made is past it.
    private func drop(_ sweeper: Sweeper, _ live: inout LiveWriter) throws {
        let drop = Drop()
        sweeper.maintain(clock: Self.liveBegins, retain: .days(7)) { drop.end($0) }
        try rows.put(latencies: try live.latencies { !drop.isOver }, of: "reports.live.drop")
        try rows.put("reports.drop.time", drop.seconds, "s", try drop.note())
        try rows.put(latencies: try live.latencies(), of: "reports.live.after")
    }
}
