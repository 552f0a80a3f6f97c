import LineProtocol
import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

/// What the upkeep keeps of reports, and that nothing goes before it has been counted.
extension SweeperTests {
    private func setClock(_ test: TestStore, to now: Instant) async throws {
        _ = try await test.sql("UPDATE switchboard.engine SET clock = '\(WireTime.string(instant: now.microseconds))'")
    }

    @Test("percentiles of days that are over are kept, and say the same as before")
    func keepsSpans() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = Self.start + .days(20)
        #expect(await store.commit(store.batch(events: [Sample.event(1, at: now)])).isDone)
        try await setClock(test, to: now)
        _ = try await test.sql(
            """
            INSERT INTO switchboard.span_figure (n, day, bucket, queue, channel, span)
            SELECT 1 + b % 3, DATE '2026-03-02' + d, b * 7, 'q' || d % 2, 'chat', 'wait'
            FROM generate_series(0, 20) AS d, generate_series(0, 40) AS b
            """)
        let report = "SELECT md5(string_agg(r::text, ';' ORDER BY r::text)) FROM switchboard.report_span AS r"
        let before = try await test.sql(report)
        let sweeper = store.makeSweeper()
        #expect(try await sweeper.maintain(clock: now).slicesKept == 18)
        #expect(try await test.sql("SELECT max(day) FROM switchboard.span_day") == "2026-03-19")
        #expect(try await test.sql(report) == before)
        #expect(try await sweeper.maintain(clock: now).slicesKept == 0)
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test(
        "first contact resolution is counted by quarters, told by whole days, and outlives the inquiries and the zone")
    func keepsResolution() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        // One an hour for three days, each of a customer of its own.
        let rows = (0..<72).map { hour in
            var row = Self.closed(
                Int64(hour + 1), at: Self.start + .hours(Int64(hour)) + .minutes(30), customer: "c-\(hour)")
            row.state = .completed
            row.outcome = hour % 4 == 0 ? .unresolved : nil
            return row
        }
        let now = Self.start + .days(12)
        var batch = store.batch(inquiries: rows, events: [Sample.event(1, at: now)])
        // Until six o'clock of the second day, UTC, in UTC; then in Seoul, where days end nine hours earlier.
        batch.changes.figures =
            [FigureRow(at: Self.start, day: Self.firstDay, queue: Name("default"), channel: Name("chat"))]
            + (0..<72).map { Self.completed(hour: $0, day: ($0 < 30 ? $0 : $0 + 9) / 24) }
        #expect(await store.commit(batch).isDone)
        try await setClock(test, to: now)
        let report = """
            SELECT string_agg(to_char(day, 'DD') || ' ' || resolved_at_once || '/' || completed, ', ' ORDER BY day)
            FROM switchboard.report_resolution
            """
        let sweeper = store.makeSweeper()
        for slices in [40, 40] { #expect(try await sweeper.maintain(clock: now).slicesKept == slices) }
        #expect(try await test.sql(report) == nil)
        #expect(try await sweeper.maintain(clock: now).slicesKept == 40)
        #expect(try await test.sql(report) == "02 18/24")
        // What comes into force later moves nothing: days are those that the figures have.
        var other = store.batch(2)
        other.plans = [
            PlanRow(
                version: 1, at: now, author: "ana", body: Array(#"{"defaults":{"timezone":"America/New_York"}}"#.utf8))
        ]
        #expect(await store.commit(other).isDone)
        try await setClock(test, to: now)
        while try await sweeper.maintain(clock: now).slicesKept > 0 {}
        let kept = "02 18/24, 03 11/15, 04 18/24, 05 7/9"
        #expect(try await test.sql(report) == kept)
        _ = try await test.sql("DELETE FROM switchboard.inquiry")
        #expect(try await test.sql(report) == kept)
        try await blocking { sweeper.stop() }
        await store.close()
    }

    private static let firstDay = Int32(start.microseconds / 86_400_000_000)

    /// What is counted of one that is completed half an hour after that hour.
    private static func completed(hour: Int, day: Int) -> FigureRow {
        var row = FigureRow(
            at: start + .hours(Int64(hour)) + .minutes(30), day: firstDay + Int32(day), queue: Name("default"),
            channel: Name("chat"))
        row.counts[.completed] = 1
        return row
    }

    @Test("a day is told when the figures have no more of it, also where a plan has moved the zone east since")
    func zoneMovedEast() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = (0..<48).map { Self.closed(Int64($0 + 1), at: Self.start + .hours(Int64($0)) + .minutes(30)) }
        let now = Self.start + .days(20)
        var batch = store.batch(inquiries: rows, events: [Sample.event(1, at: now)])
        // New York: five hours behind.
        batch.changes.figures = (0..<48).map { Self.completed(hour: $0, day: ($0 + 19) / 24 - 1) }
        batch.plans = [
            PlanRow(version: 1, at: now, author: "ana", body: Array(#"{"defaults":{"timezone":"Asia/Seoul"}}"#.utf8))
        ]
        #expect(await store.commit(batch).isDone)
        // 20:00 of the second day: 14 hours of New York's first whole day have been counted, all of Seoul's.
        try await setClock(test, to: Self.start + .hours(19) + .days(7))
        let sweeper = store.makeSweeper()
        while try await sweeper.maintain(clock: now).slicesKept > 0 {}
        let report = "SELECT string_agg(day || ' ' || completed, ', ' ORDER BY day) FROM switchboard.report_resolution"
        #expect(try await test.sql(report) == "2026-03-01 5")
        try await setClock(test, to: Self.start + .days(10))
        while try await sweeper.maintain(clock: now).slicesKept > 0 {}
        #expect(try await test.sql(report) == "2026-03-01 5, 2026-03-02 24, 2026-03-03 19")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("two who keep reports at once, as at a take-over, count everything once")
    func keepsOnce() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = try await withDays(5, test, store)
        var batch = store.batch(
            2, inquiries: (1...20).map { Self.closed($0, at: Self.start + .hours($0) + .minutes(30)) })
        batch.changes.figures = (1...20).map { Self.completed(hour: $0, day: 0) }
        #expect(await store.commit(batch).isDone)
        try await setClock(test, to: now)
        let sweeper = store.makeSweeper()
        let other = try Connection(test.conninfo, applicationName: "other", timeout: .seconds(20))
        // The first of two is about to commit when the second begins.
        for report in ["keep_spans", "keep_resolution"] {
            try other.execute("BEGIN; SELECT switchboard.\(report)(site, epoch, 3) FROM switchboard.engine")
            async let keeping = sweeper.maintain(clock: now)
            let waiters =
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            let deadline = ContinuousClock.now + .seconds(10)
            while try await test.sql(waiters) == "0", ContinuousClock.now < deadline {}
            try other.execute("COMMIT")
            #expect(try await !keeping.isKeepingPostponed)
        }
        other.close()
        while try await sweeper.maintain(clock: now).slicesKept > 0 {}
        #expect(
            try await test.sql(
                "SELECT count(*) - count(DISTINCT (day, queue, channel, span)) FROM switchboard.span_day") == "0")
        #expect(try await test.sql("SELECT count(DISTINCT day) FROM switchboard.span_day") == "5")
        #expect(try await test.sql("SELECT sum(completed) FROM switchboard.resolution_day") == "20")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a month of closed inquiries is not dropped before its first contact resolution has been counted")
    func dropsWhatIsCounted() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = Self.start + .days(60)
        // On the last day of the month.
        let rows = (1...20).map { Self.closed($0, at: Self.start + .days(29) + .hours($0) + .minutes(30)) }
        var batch = store.batch(inquiries: rows, events: [Sample.event(1), Sample.event(2, at: now)])
        batch.changes.figures = (1...20).map { Self.completed(hour: 29 * 24 + $0, day: 29) }
        #expect(await store.commit(batch).isDone)
        try await setClock(test, to: now)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released(rows))
        var dropped: [String] = []
        var rounds = 0
        while !dropped.contains("closed_inquiry_2026_03"), rounds < 100 {
            rounds += 1
            dropped += try await sweeper.maintain(clock: now, retain: .days(1)).partitionsDropped
            if rounds == 1 { #expect(dropped == ["event_2026_03"]) }
        }
        #expect(rounds > 1 && rounds < 100)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.all_inquiry") == "0")
        while try await sweeper.maintain(clock: now).slicesKept > 0 {}
        #expect(try await test.sql("SELECT sum(completed) FROM switchboard.report_resolution") == "20")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a step of the upkeep that PostgreSQL refuses is told, and the others are done")
    func otherSteps() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = try await withDays(200, test, store)
        var plan = store.batch(2)
        plan.plans = [
            PlanRow(version: 1, at: now, author: "ana", body: Array(#"{"defaults":{"timezone":"No/Where"}}"#.utf8))
        ]
        #expect(await store.commit(plan).isDone)
        let sweeper = store.makeSweeper()
        let done = try await sweeper.maintain(clock: now, retain: .days(100))
        #expect(done.failures.count == 1 && done.failures.allSatisfy { $0.contains("No/Where") })
        #expect(done.partitionsDropped.contains("event_2026_03"))
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("the bounds of a month are those of UTC, whatever the database's own style of dates and zone")
    func bounds() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        let other = try Connection(test.conninfo, applicationName: "other", timeout: .seconds(20))
        try other.execute(
            """
            SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata';
            SELECT switchboard.make_partitions('event', '2027-05-15 00:00:00+00', 1);
            """)
        other.close()
        let bound = try await test.sql(
            """
            SELECT pg_get_expr(relpartbound, oid) FROM pg_class
            WHERE oid = 'switchboard.event_2027_05'::regclass AND set_config('timezone', 'UTC', false) = 'UTC'
            """)
        #expect(bound == "FOR VALUES FROM ('2027-05-01 00:00:00+00') TO ('2027-06-01 00:00:00+00')")
    }

    /// A store that has histograms of so many days that are over.
    private func withDays(_ days: Int, _ test: TestStore, _ store: OpenedStore) async throws -> Instant {
        let now = Self.start + .days(Int64(days) + 3)
        #expect(await store.commit(store.batch(events: [Sample.event(1, at: now)])).isDone)
        try await setClock(test, to: now)
        _ = try await test.sql(
            """
            INSERT INTO switchboard.span_figure (n, day, bucket, queue, channel, span)
            SELECT 1, DATE '2026-03-02' + d, 7, 'default', 'chat', 'wait' FROM generate_series(1, \(days)) AS d
            """)
        return now
    }

    @Test("a round keeps no more than so many days of a report; the next one goes on")
    func closesInRounds() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = try await withDays(SweeperLoop.slicesMax + 1, test, store)
        let sweeper = store.makeSweeper()
        #expect(try await sweeper.maintain(clock: now).slicesKept == SweeperLoop.slicesMax)
        #expect(try await sweeper.maintain(clock: now).slicesKept == 1)
        #expect(try await test.sql("SELECT count(DISTINCT day) FROM switchboard.span_day") == "41")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a day whose table is locked is kept later, and the other upkeep goes on")
    func closingGivesWay() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let now = try await withDays(200, test, store)
        let sweeper = store.makeSweeper()
        let other = try Connection(test.conninfo, applicationName: "other", timeout: .seconds(20))
        try other.execute("BEGIN; LOCK TABLE switchboard.span_day IN SHARE MODE")
        let done = try await sweeper.maintain(clock: now, retain: .days(100))
        #expect(done.isKeepingPostponed && done.slicesKept == 0)
        #expect(done.partitionsDropped.contains("event_2026_03"))
        try other.execute("COMMIT")
        other.close()
        let later = try await sweeper.maintain(clock: now, retain: .days(100))
        #expect(!later.isKeepingPostponed && later.slicesKept == SweeperLoop.slicesMax)
        try await blocking { sweeper.stop() }
        await store.close()
    }
}
