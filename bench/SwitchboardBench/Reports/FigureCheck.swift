import Postgres

/// Compares what was counted with what happened, by plain SQL over the event log.
enum FigureCheck {
    /// Types of events by figure.
    private static let types = [
        ("entered", "'submitted', 'queued', 'reopened'"), ("offered", "'offered'"),
        ("accepted", "'accepted', 'assigned'"), ("abandoned", "'abandoned'"), ("declined", "'declined'"),
        ("missed", "'missed'"), ("completed", "'completed'"),
        ("reopened", "'reopened'"),
    ]

    static let sql: String = {
        func list(_ text: ((String, String)) -> String) -> String { types.map(text).joined(separator: ", ") }
        return """
            WITH counted AS (
                SELECT day, queue, \(list { "sum(\($0.0)) AS \($0.0)" }) FROM switchboard.figure GROUP BY day, queue
            ), happened AS (
                SELECT (at AT TIME ZONE '\(MonthPlan.timezone)')::date AS day, queue,
                    \(list { "count(*) FILTER (WHERE type IN (\($0.1))) AS \($0.0)" })
                FROM switchboard.event WHERE queue IS NOT NULL GROUP BY 1, 2
            ), both_ways AS (
                SELECT day, queue,
                    ARRAY[\(list { "coalesce(c.\($0.0), 0)" })]::bigint[] AS counted,
                    ARRAY[\(list { "coalesce(h.\($0.0), 0)" })]::bigint[] AS happened
                FROM counted AS c FULL JOIN happened AS h USING (day, queue)
            )
            SELECT count(*), coalesce(sum(happened[1]), 0)::bigint, coalesce(sum(happened[3]), 0)::bigint,
                coalesce(sum(happened[4]), 0)::bigint, coalesce(sum(happened[7]), 0)::bigint,
                string_agg(format('%s %s: counted %s, happened %s', day, queue, counted, happened), '; ')
                    FILTER (WHERE counted <> happened)
            FROM both_ways
            """
    }()

    /// Returns what was compared, in words.
    /// - Throws: what differs.
    static func run(_ connection: Connection) throws -> String {
        let result = try connection.query(sql)
        if let differences = result.text(0, 5) {
            throw BenchError("figure and event differ (\(types.map(\.0).joined(separator: ", "))): \(differences)")
        }
        func count(_ column: Int) -> Int64 { result.field(0, column).int64 }
        guard count(0) > 0 else { throw BenchError("there are no figures") }
        return """
            figure = event in \(count(0)) days × queues: entered \(count(1)), accepted \(count(2)), \
            abandoned \(count(3)), completed \(count(4)); offered, declined, missed, reopened as well
            """
    }
}
