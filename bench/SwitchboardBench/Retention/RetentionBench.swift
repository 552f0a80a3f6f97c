import ArgumentParser
import Foundation
import Postgres
import Routing
import Storage

/// What a live writer feels of the sweeper and of a month that is dropped.
struct RetentionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Latency of batches while closed inquiries are put away and while months are dropped.")

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Events of the month that is dropped.")
    var events = 3_000_000

    @Option(help: "Closed inquiries of that month.")
    var closed = 300_000

    @Option(help: "Closed inquiries that an earlier daemon left to be put away.")
    var left = 50_000

    @Option(help: "Seconds of each measurement.")
    var seconds = 4.0

    @OptionGroup var rows: RowOptions

    private static let name = "bench_retention"

    func run() throws {
        try database.make(Self.name)
        try database.open(Self.name).writer.stop()
        try fill()
        let store = try database.open(Self.name)
        var live = try LiveWriter(
            store, try RecordedRun(store.state, at: DatabaseOptions.wallClock()), seconds: seconds)
        try put("before", try live.latencies())
        let sweeper = store.makeSweeper()
        let connection = try database.connect(Self.name)
        let began = ContinuousClock.now
        let sweeping = try live.latencies { try Self.isLeft(connection) }
        try put("sweep", sweeping)
        try rows.put("retention.sweep.time", Measured.seconds(.now - began), "s", "\(left) rows, a slice every 20 ms")

        let drop = Drop()
        sweeper.maintain(clock: DatabaseOptions.wallClock(), retain: .days(300)) { drop.end($0) }
        try put("drop", try live.latencies { !drop.isOver })
        try rows.put("retention.drop.time", drop.seconds, "s", try drop.note())
        try put("after", try live.latencies())
        sweeper.stop()
        store.writer.stop()
        try database.drop(Self.name)
    }

    /// A month long ago, and what a daemon that was killed left behind.
    private func fill() throws {
        let connection = try database.connect(Self.name)
        try connection.execute(
            """
            SET search_path = pg_catalog;
            SELECT switchboard.make_partitions('event', now() - interval '400 days', 1),
                switchboard.make_partitions('closed_inquiry', now() - interval '400 days', 1);
            INSERT INTO switchboard.event (site, seq, at, type, inquiry, agent, queue, details)
            SELECT 0, n, date_trunc('month', now() - interval '400 days') + interval '1 day' + n * interval '0.5 s',
                'accepted', n, 'bench' || n % 64, 'default', '{"waited":"12s"}'
            FROM generate_series(1, \(events)) AS n;
            CREATE TEMPORARY TABLE sample AS
            SELECT n::bigint AS id, now() AS at, 'c-' || n % 1000 AS customer
            FROM generate_series(1, \(closed + left)) AS n;
            """)
        let columns = """
            id, submitted_at, state_since, queued_at, rank, accepted_at, closed_at, source, priority, state, queue, agent,
            channel, customer, subject, attrs
            """
        func values(_ at: String) -> String {
            """
            id, \(at), \(at), \(at), 1, \(at), \(at), 1, 0, 'completed', 'default', 'bench1', 'chat', customer, 'subject',
            '{"lang":"en","tier":"gold","region":"emea","order":123456}'
            """
        }
        try connection.execute(
            """
            INSERT INTO switchboard.closed_inquiry (\(columns))
            SELECT \(values("date_trunc('month', at - interval '400 days') + interval '2 days'"))
            FROM sample WHERE id <= \(closed);
            INSERT INTO switchboard.inquiry (\(columns))
            SELECT \(values("at - interval '2 days'")) FROM sample WHERE id > \(closed);
            UPDATE switchboard.engine SET next_id = \(closed + left + 1), seq = \(events),
                submitted = \(closed + left), completed = \(closed + left)
            """)
        try connection.execute("VACUUM ANALYZE")
        try connection.execute("CHECKPOINT")
    }

    private static func isLeft(_ connection: Connection) throws -> Bool {
        let result = try connection.query(
            "SELECT EXISTS (SELECT FROM switchboard.inquiry WHERE closed_at < now() - interval '1 day')")
        return result.field(0, 0).bool
    }

    private func put(_ phase: String, _ latencies: [Double]) throws {
        try rows.put(latencies: latencies, of: "retention.\(phase)")
    }
}
