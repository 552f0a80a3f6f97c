import LineProtocol
import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

/// Closed inquiries on their way from the one table to the other, and what keeps the tables in order.
@Suite struct SweeperTests {
    private static let start = Sample.start

    private static func closed(_ id: Int64, at: Instant = start + .seconds(90), customer: String = "c-1") -> InquiryRow
    {
        var row = Sample.completed(id)
        row.isNew = true
        row.definition = Sample.definition(
            key: "key-\(id)", customer: customer, subject: "문의 \(id)", attributes: "{\"n\":\(id)}")
        row.closedAt = at
        return row
    }

    private static func released(_ rows: [InquiryRow]) -> [ClosedInquiry] {
        rows.compactMap { row in row.closedAt.map { ClosedInquiry(id: row.id, closedAt: $0) } }
    }

    /// A store whose clock has not come to what these tests close, so that nothing is swept but what is released.
    private func opened(_ test: inout TestStore) async throws -> OpenedStore {
        test.settings.sweepDelay = .zero
        return try await test.open(test.settings)
    }

    private static let places = """
        SELECT (SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM switchboard.inquiry) || ' | '
            || (SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM switchboard.closed_inquiry)
        """

    /// Waits until what was sent to the sweeper before has been done.
    private func settle(_ sweeper: Sweeper, at clock: Instant = start) async throws -> Maintenance {
        try await sweeper.maintain(clock: clock)
    }

    private func wait(_ test: TestStore, for places: String) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var found: String?
        while found != places, ContinuousClock.now < deadline { found = try await test.sql(Self.places) }
        #expect(found == places)
    }

    @Test("what the engine has let go of moves whole, and is found by id, by customer and by a replay as before")
    func moves() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = [Self.closed(1), Self.closed(2), Sample.waiting(3)]
        let events = [Sample.event(1, .offered, inquiry: 1, agent: "kim")]
        #expect(await store.commit(store.batch(inquiries: rows, events: events)).isDone)
        let reader = store.makeReader()
        let before = try await reader.inquiry(id: 1)
        let page = try await reader.events(after: 0)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released([rows[0]]))
        try await wait(test, for: "2,3 | 1")
        let partition = try await test.sql("SELECT tableoid::regclass FROM switchboard.closed_inquiry")
        #expect(partition == "closed_inquiry_2026_03")
        #expect(try await reader.inquiry(id: 1) == before)
        #expect(before?.definition?.texts.subject.elementsEqual("문의 1".utf8) == true)
        let again = try await reader.events(after: 0)
        #expect(again.map(\.subject) == page.map(\.subject) && again[0].customer == Array("c-1".utf8))
        #expect(try await reader.lastAgent("c-1", since: Self.start) == "kim")
        #expect(try await test.sql("SELECT count(*) FROM switchboard.all_inquiry") == "3")
        try await blocking { sweeper.stop() }
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("what is live, in wrap-up, or closed anew since it was let go of stays where it is")
    func stays() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        var wrapping = Self.closed(2)
        wrapping.wrapUpEnds = Self.start + .seconds(120)
        let rows = [Self.closed(1, at: Self.start + .seconds(95)), wrapping, Sample.waiting(3), Self.closed(4)]
        #expect(await store.commit(store.batch(inquiries: rows)).isDone)
        let sweeper = store.makeSweeper()
        sweeper.release((1...4).map { ClosedInquiry(id: $0, closedAt: Self.start + .seconds(90)) })
        try await wait(test, for: "1,2,3 | 4")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a start finds what an earlier one left, and nothing that was closed since")
    func left() async throws {
        var test = try await TestStore()
        let first = try await opened(&test)
        var wrapping = Self.closed(600)
        wrapping.wrapUpEnds = Self.start + .seconds(120)
        let rows = (1...599).map { $0 % 3 == 0 ? Sample.waiting($0) : Self.closed($0) } + [wrapping]
        var batch = first.batch(inquiries: rows)
        batch.engine.clock = Self.start + .seconds(100)
        batch.engine.nextID = 602
        #expect(await first.commit(batch).isDone)
        await first.close()
        let second = try await opened(&test)
        #expect(second.state.recovered.inquiries.count == 200)
        let late = Self.closed(601, at: Self.start + .seconds(100))
        #expect(await second.commit(second.batch(inquiries: [late])).isDone)
        let sweeper = second.makeSweeper()
        let live = (1...599).filter { $0 % 3 == 0 } + [600, 601]
        let gone = (1...599).filter { $0 % 3 != 0 }
        let list = { (ids: [Int]) in ids.map(String.init).joined(separator: ",") }
        try await wait(test, for: "\(list(live)) | \(list(gone))")
        #expect(try await settle(sweeper).inquiriesSwept == Int64(gone.count))
        try await blocking { sweeper.stop() }
        await second.close()
    }

    @Test("who lost the lease sweeps, drops and forgets nothing")
    func deposed() async throws {
        var test = try await TestStore()
        let old = try await opened(&test)
        let rows = [Self.closed(1)]
        #expect(await old.commit(old.batch(inquiries: rows)).isDone)
        let reader = old.makeReader()
        let sweeper = old.makeSweeper()
        let new = try await test.open(test.settings)
        sweeper.release(Self.released(rows))
        await #expect(throws: StorageError.self) { try await settle(sweeper) }
        await #expect(throws: StorageError.self) {
            try await sweeper.maintain(clock: Self.start + .days(900), retain: .days(1))
        }
        await #expect(throws: StorageError.self) {
            try await reader.forget("c-1", before: 100, epoch: old.epoch)
        }
        #expect(try await test.sql(Self.places) == "1 | ")
        #expect(try await test.sql("SELECT customer FROM switchboard.inquiry") == "c-1")
        try await blocking { sweeper.stop() }
        try await blocking { reader.stop() }
        await new.close()
        await old.close()
    }

    @Test("a closed inquiry that was read back is written where live ones stand, wherever it was, even nowhere")
    func readBack() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = (1...3).map { Self.closed($0) }
        #expect(await store.commit(store.batch(inquiries: rows)).isDone)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released(Array(rows[0...1])))
        try await wait(test, for: "3 | 1,2")
        try await test.sql("DELETE FROM switchboard.closed_inquiry WHERE id = 2")
        let rated = rows.map { row in
            var row = row
            row.isNew = false
            row.isReadBack = true
            row.definition?.csat = 4
            return row
        }
        #expect(await store.commit(store.batch(2, inquiries: rated)).isDone)
        #expect(try await test.sql(Self.places) == "1,2,3 | ")
        #expect(try await test.sql("SELECT sum(csat) FROM switchboard.all_inquiry") == "12")
        // It moves again like any other.
        sweeper.release(Self.released(rows))
        try await wait(test, for: " | 1,2,3")
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a month that nobody made a partition for gets one when the first of it is swept")
    func oldMonths() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = [Self.closed(1, at: Self.start - .days(300)), Self.closed(2, at: Self.start - .days(30))]
        #expect(await store.commit(store.batch(inquiries: rows)).isDone)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released(rows))
        try await wait(test, for: " | 1,2")
        #expect(
            try await test.sql(
                "SELECT string_agg(tableoid::regclass::text, ' ' ORDER BY id) FROM switchboard.closed_inquiry")
                == "closed_inquiry_2025_05 closed_inquiry_2026_01")
        #expect(try await settle(sweeper).defaultPartitionsUsed.isEmpty)
        try await blocking { sweeper.stop() }
        await store.close()
    }

    // MARK: Maintenance

    @Test("maintenance makes partitions ahead, deletes old keys and tells of a used default partition")
    func maintenance() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let start = Self.start
        let sweeper = store.makeSweeper()
        let keys = (1...5).map { Sample.key($0, inquiry: Int64($0), at: start + .days(Int64($0))) }
        #expect(await store.commit(store.batch(keys: keys)).isDone)
        #expect(try await sweeper.maintain(clock: start + .days(10), keys: 2) == Maintenance(keysDeleted: 2))
        #expect(
            try await sweeper.maintain(clock: start + .days(31)) == Maintenance(partitionsMade: 2, keysDeleted: 3))
        let event = Sample.event(1, .drain, at: start + .days(300))
        #expect(await store.commit(store.batch(2, events: [event])).isDone)
        #expect(try await sweeper.maintain(clock: start + .days(300)).defaultPartitionsUsed == ["event"])
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("an event that waits for the default partition while its month is attached goes into its month")
    func attachedMeanwhile() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let attaching = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
        defer { attaching.close() }
        _ = try attaching.execute(
            """
            BEGIN;
            CREATE TABLE switchboard.event_2031_01 (LIKE switchboard.event INCLUDING ALL);
            ALTER TABLE switchboard.event ATTACH PARTITION switchboard.event_2031_01
                FOR VALUES FROM ('2031-01-01Z') TO ('2031-02-01Z')
            """)
        // 2031-01-15
        let late = Instant(microseconds: 1_926_201_600_000_000)
        async let outcome = store.commit(store.batch(events: [Sample.event(1, at: late)]))
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        let deadline = ContinuousClock.now + .seconds(10)
        while try await test.sql(waiting) == "0", ContinuousClock.now < deadline {}
        #expect(try await test.sql(waiting) == "1")
        _ = try attaching.execute("COMMIT")
        #expect(await outcome.isDone)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event_2031_01") == "1")
    }

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

    @Test("months that are past keeping as a whole are dropped, to the day, and no others")
    func retention() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = [Self.closed(1), Self.closed(2, at: Self.start + .days(31))]
        let events = [Sample.event(1), Sample.event(2, at: Self.start + .days(31))]
        #expect(await store.commit(store.batch(inquiries: rows, events: events)).isDone)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released(rows))
        try await wait(test, for: " | 1,2")
        // March ends 30 days after the start of these tests.
        let end = Self.start + .days(30)
        let before = try await sweeper.maintain(
            clock: end + .days(100) - TimeSpan(microseconds: 1), retain: .days(100))
        #expect(before.partitionsDropped.isEmpty)
        let after = try await sweeper.maintain(clock: end + .days(100), retain: .days(100))
        #expect(after.partitionsDropped == ["event_2026_03", "closed_inquiry_2026_03"])
        #expect(try await test.sql("SELECT string_agg(seq::text, ',') FROM switchboard.event") == "2")
        #expect(try await test.sql(Self.places) == " | 2")
        #expect(await store.commit(store.batch(2, events: [Sample.event(3, at: end + .days(100))])).isDone)
        try await blocking { sweeper.stop() }
        await store.close()
    }

    @Test("a partition that is being read is dropped later, and batches do not wait for that")
    func dropGivesWay() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let sweeper = store.makeSweeper()
        _ = try await sweeper.maintain(clock: Self.start + .days(200))
        #expect(await store.commit(store.batch(events: [Sample.event(1)])).isDone)
        let report = try Connection(test.conninfo, applicationName: "report", timeout: .seconds(20))
        try report.execute("BEGIN; SELECT * FROM switchboard.event_2026_03")
        async let dropping = sweeper.maintain(clock: Self.start + .days(200), retain: .days(100))
        var slowest = Duration.zero
        for number in Int64(2)...40 {
            let began = ContinuousClock.now
            let event = Sample.event(number, at: Self.start + .days(200))
            try #require(await store.commit(store.batch(number, events: [event])).isDone)
            slowest = max(slowest, .now - began)
        }
        let done = try await dropping
        #expect(done.isDropPostponed && !done.partitionsDropped.contains("event_2026_03"))
        // A try has the table's lock asked for no longer than 50 ms; the rest is the machine's.
        #expect(slowest < .milliseconds(1_000), "\(slowest)")
        try report.execute("COMMIT")
        report.close()
        let later = try await sweeper.maintain(clock: Self.start + .days(200), retain: .days(100))
        #expect(later.partitionsDropped.contains("event_2026_03"))
        try await blocking { sweeper.stop() }
        await store.close()
    }

    // MARK: Shape

    @Test("both tables and the view of both have the same columns in the same order")
    func columns() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        func columns(_ table: String) async throws -> String? {
            try await test.sql(
                """
                SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
                FROM pg_attribute WHERE attrelid = 'switchboard.\(table)'::regclass AND attnum > 0
                """)
        }
        let live = try await columns("inquiry")
        #expect(live?.contains("attrs json") == true && live?.contains("dropped") == false)
        #expect(try await columns("closed_inquiry") == live)
        #expect(try await columns("closed_inquiry_default") == live)
        #expect(try await columns("all_inquiry") == live)
    }

    // MARK: Listings and forgetting

    @Test("a listing of closed inquiries goes over both tables, in pages, and knows each filter")
    func listing() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        var rows = (1...9).map { Self.closed($0, customer: "c-\($0 % 2)") }
        rows[3].agent = "lee"
        rows[8].state = .cancelled
        rows[8].outcome = nil
        #expect(await store.commit(store.batch(inquiries: rows + [Sample.waiting(10)])).isDone)
        let sweeper = store.makeSweeper()
        sweeper.release(Self.released(rows.filter { $0.id % 3 == 0 }))
        try await wait(test, for: "1,2,4,5,7,8,10 | 3,6,9")
        let reader = store.makeReader()
        func ids(_ query: ClosedQuery) async throws -> [Int64] { try await reader.closed(query).rows.map(\.id) }
        #expect(try await ids(ClosedQuery(state: "completed", limit: 100)) == Array(1...8))
        #expect(try await ids(ClosedQuery(state: "cancelled", limit: 100)) == [9])
        #expect(try await ids(ClosedQuery(state: "completed", agent: "lee", limit: 100)) == [4])
        #expect(try await ids(ClosedQuery(state: "completed", queue: "vip", limit: 100)) == [])
        #expect(try await ids(ClosedQuery(state: "completed", channel: "chat", after: 6, limit: 100)) == [7, 8])
        let customer = Array("c-0".utf8)
        #expect(try await ids(ClosedQuery(state: "completed", customer: customer, limit: 100)) == [2, 4, 6, 8])
        let page = try await reader.closed(ClosedQuery(state: "completed", after: 2, limit: 3))
        #expect(page.rows.map(\.id) == [3, 4, 5] && page.next == 5)
        #expect(try await reader.closed(ClosedQuery(state: "completed", limit: 100)).next == nil)
        try await blocking { sweeper.stop() }
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("a customer is forgotten in both tables, in slices, up to the id and no other customer")
    func forgets() async throws {
        var test = try await TestStore()
        let store = try await opened(&test)
        let rows = (Int64(1)...2_400).map { id in
            var row = Self.closed(id, customer: id % 6 == 5 ? "c-2" : "c-1")
            row.definition?.comment = Array("비밀".utf8)
            return row
        }
        #expect(await store.commit(store.batch(inquiries: rows)).isDone)
        let sweeper = store.makeSweeper()
        let swept = rows.filter { $0.id <= 1_800 }
        sweeper.release(Self.released(swept))
        let reader = store.makeReader()
        var moved = ""
        while moved != "1800" { moved = try await test.sql("SELECT count(*) FROM switchboard.closed_inquiry") ?? "" }
        #expect(try await reader.forget("c-1", before: 2_395, epoch: store.epoch) == 1_995)
        #expect(try await reader.forget("c-1", before: 2_395, epoch: store.epoch) == 0)
        let counts = try await test.sql(
            """
            SELECT concat_ws(' ', count(*), count(customer), count(subject), count(attrs), count(comment), count(key))
            FROM switchboard.all_inquiry
            """)
        #expect(counts == "2400 405 405 405 405 2400")
        #expect(try await test.sql("SELECT count(*) FROM switchboard.all_inquiry WHERE customer = 'c-2'") == "400")
        try await blocking { sweeper.stop() }
        try await blocking { reader.stop() }
        await store.close()
    }
}
