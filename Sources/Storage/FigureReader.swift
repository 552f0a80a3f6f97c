import Postgres
import Routing

/// Reads what was counted on the last day that there is: who goes on with that day goes on from there.
struct FigureReader {
    private let connection: Connection
    private static let dayNumber = "(day - DATE '1970-01-01')"

    init(_ connection: Connection) { self.connection = connection }

    func read() throws(StorageError) -> TodaysFigures {
        var today = TodaysFigures()
        let days = try query("SELECT \(Self.dayNumber) FROM switchboard.figure ORDER BY day DESC LIMIT 1", nil)
        guard days.rowCount == 1 else { return today }
        var first = days.row(0)
        today.day = first.next().int32
        try readCounts(&today)
        try readPromises(&today)
        try readSpans(&today)
        try readTimes(&today)
        return today
    }

    private func query(_ sql: String, _ day: Int32?) throws(StorageError) -> QueryResult {
        var parameters = Parameters()
        if let day { parameters.add(day) }
        return try storing("read the figures of the day") { [parameters] () throws(PostgresError) in
            try connection.query(sql, parameters)
        }
    }

    private func readCounts(_ today: inout TodaysFigures) throws(StorageError) {
        let sums = Figure.allCases.map { "\($0.isMaximum ? "max" : "sum")(\($0.name))::bigint" }
        let result = try query(
            """
            SELECT queue, channel, \(sums.joined(separator: ", ")) FROM switchboard.figure
            WHERE day = DATE '1970-01-01' + $1::integer GROUP BY queue, channel
            """, today.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &today)
            for figure in Figure.allCases { today.rows[place].counts[figure] = row.next().int64 }
        }
    }

    private func readPromises(_ today: inout TodaysFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT queue, channel, policy, metric, sum(met)::bigint, sum(breached)::bigint
            FROM switchboard.promise_figure WHERE day = DATE '1970-01-01' + $1::integer
            GROUP BY queue, channel, policy, metric ORDER BY queue, channel
            """, today.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &today)
            let policy = row.next().string
            let name = row.next().string
            guard let metric = Metric.allCases.first(where: { $0.name == name }) else {
                throw StorageError(.corrupt, "the figures have a promise of \(name)")
            }
            var promise = PromiseFigures(policy: Name(policy), metric: metric)
            promise.met = row.next().int64
            promise.breached = row.next().int64
            today.rows[place].promises.append(promise)
        }
    }

    private func readSpans(_ today: inout TodaysFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT queue, channel, bucket, n FROM switchboard.span_figure
            WHERE day = DATE '1970-01-01' + $1::integer AND span = 'wait' ORDER BY queue, channel, bucket
            """, today.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &today)
            let bucket = row.next().int16
            today.rows[place].add(bucket, row.next().int64, to: .wait)
        }
    }

    private func readTimes(_ today: inout TodaysFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT coalesce(sum(idle), 0)::bigint, coalesce(sum(busy + wrap_up), 0)::bigint
            FROM switchboard.all_agent_figure WHERE day = DATE '1970-01-01' + $1::integer
            """, today.day)
        var row = result.row(0)
        today.idle = TimeSpan(microseconds: row.next().int64)
        today.busy = TimeSpan(microseconds: row.next().int64)
    }
}

extension RowReader {
    /// Reads queue and channel. Returns the place of the row that is of them: the last one, or else a new one.
    fileprivate mutating func nextLane(of today: inout TodaysFigures) -> Int {
        let row = FigureRow(at: .epoch, day: today.day, queue: Name(next().string), channel: Name(next().string))
        if today.rows.last?.queue != row.queue || today.rows.last?.channel != row.channel { today.rows.append(row) }
        return today.rows.count - 1
    }
}
