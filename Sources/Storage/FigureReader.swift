import Postgres
import Routing

/// Reads what was counted on the days around a stop: who goes on with one of them goes on from there.
struct FigureReader {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// The days that it is somewhere in the world at that moment.
    func days(around clock: Instant) throws(StorageError) -> [DayFigures] {
        let inUTC = Int32(clock.microseconds / 86_400_000_000)
        var days: [DayFigures] = []
        for number in inUTC - 1...inUTC + 1 {
            var day = DayFigures(day: number)
            try readCounts(&day)
            try readPromises(&day)
            try readSpans(&day)
            try readTimes(&day)
            days.append(day)
        }
        return days
    }

    private func query(_ sql: String, _ day: Int32) throws(StorageError) -> QueryResult {
        var parameters = Parameters()
        parameters.add(day)
        return try storing("read the figures of the day") { [parameters] () throws(PostgresError) in
            try connection.query(sql, parameters)
        }
    }

    private func readCounts(_ day: inout DayFigures) throws(StorageError) {
        let sums = Figure.allCases.map { "\($0.isMaximum ? "max" : "sum")(\($0.name))::bigint" }
        let result = try query(
            """
            SELECT queue, channel, \(sums.joined(separator: ", ")) FROM switchboard.figure
            WHERE day = DATE '1970-01-01' + $1::integer GROUP BY queue, channel
            """, day.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &day)
            for figure in Figure.allCases { day.rows[place].counts[figure] = row.next().int64 }
        }
    }

    private func readPromises(_ day: inout DayFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT queue, channel, policy, metric, sum(met)::bigint, sum(breached)::bigint
            FROM switchboard.promise_figure WHERE day = DATE '1970-01-01' + $1::integer
            GROUP BY queue, channel, policy, metric ORDER BY queue, channel
            """, day.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &day)
            let policy = row.next().string
            let name = row.next().string
            guard let metric = Metric.allCases.first(where: { $0.name == name }) else {
                throw StorageError(.corrupt, "the figures have a promise of \(name)")
            }
            var promise = PromiseFigures(policy: Name(policy), metric: metric)
            promise.met = row.next().int64
            promise.breached = row.next().int64
            day.rows[place].promises.append(promise)
        }
    }

    private func readSpans(_ day: inout DayFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT queue, channel, bucket, n FROM switchboard.span_figure
            WHERE day = DATE '1970-01-01' + $1::integer AND span = 'wait' ORDER BY queue, channel, bucket
            """, day.day)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let place = row.nextLane(of: &day)
            let bucket = row.next().int16
            day.rows[place].add(bucket, row.next().int64, to: .wait)
        }
    }

    private func readTimes(_ day: inout DayFigures) throws(StorageError) {
        let result = try query(
            """
            SELECT coalesce(sum(idle), 0)::bigint, coalesce(sum(busy + wrap_up), 0)::bigint
            FROM switchboard.all_agent_figure WHERE day = DATE '1970-01-01' + $1::integer
            """, day.day)
        var row = result.row(0)
        day.idle = TimeSpan(microseconds: row.next().int64)
        day.busy = TimeSpan(microseconds: row.next().int64)
    }
}

extension RowReader {
    /// Reads queue and channel. Returns the place of the row that is of them: the last one, or else a new one.
    fileprivate mutating func nextLane(of figures: inout DayFigures) -> Int {
        let row = FigureRow(at: .epoch, day: figures.day, queue: Name(next().string), channel: Name(next().string))
        if figures.rows.last?.queue != row.queue || figures.rows.last?.channel != row.channel {
            figures.rows.append(row)
        }
        return figures.rows.count - 1
    }
}
