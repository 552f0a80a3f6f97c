import LineProtocol
import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

/// Closed inquiries on their way from the one table to the other, and what keeps the tables in order.
@Suite struct SweeperTests {
    static let start = Sample.start

    static func closed(_ id: Int64, at: Instant = start + .seconds(90), customer: String = "c-1") -> InquiryRow {
        var row = Sample.completed(id)
        row.isNew = true
        row.definition = Sample.definition(
            key: "key-\(id)", customer: customer, subject: "문의 \(id)", attributes: "{\"n\":\(id)}")
        row.closedAt = at
        return row
    }

    static func released(_ rows: [InquiryRow]) -> [ClosedInquiry] {
        rows.compactMap { row in row.closedAt.map { ClosedInquiry(id: row.id, closedAt: $0) } }
    }

    /// A store whose clock has not come to what these tests close, so that nothing is swept but what is released.
    func opened(_ test: inout TestStore) async throws -> OpenedStore {
        test.settings.sweepDelay = .zero
        return try await test.open(test.settings)
    }

    static let places = """
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
