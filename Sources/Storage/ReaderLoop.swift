import Postgres
import Routing

/// Statements of the reading connection.
enum ReaderStatement: String, CaseIterable {
    case events
    case firstSeq
    case lastSeq
    case inquiry
    case lastAgent
    case makePartitions
    case deleteKeys
    case defaultPartition

    /// As on the writing connection: plans made on empty tables must not read whole tables later.
    static let session = """
        SET search_path = pg_catalog; SET plan_cache_mode = force_generic_plan; SET jit = off;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
        """

    var sql: String {
        switch self {
        case .events:
            """
            SELECT e.seq, e.at, e.type, e.inquiry, e.agent, e.queue, e.details, q.source, q.channel,
                CASE WHEN e.type IN ('submitted', 'offered', 'assigned') THEN q.customer END,
                CASE WHEN e.type IN ('submitted', 'offered', 'assigned') THEN q.subject END,
                CASE WHEN e.type IN ('submitted', 'offered', 'assigned') THEN q.attrs END
            FROM (SELECT * FROM switchboard.event WHERE site = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS e
            LEFT JOIN switchboard.inquiry AS q ON q.id = e.inquiry
            ORDER BY e.seq
            """
        case .firstSeq: "SELECT seq FROM switchboard.event WHERE site = $1 ORDER BY seq LIMIT 1"
        case .lastSeq: "SELECT seq FROM switchboard.engine WHERE site = $1"
        case .inquiry: "SELECT \(InquiryDecoder.columns) FROM switchboard.inquiry WHERE id = $1"
        // The newest by the index, and of them the one that was closed last: however many a customer has, no more rows
        // are read. Comparing by bytes is what the index is ordered by.
        case .lastAgent:
            """
            SELECT q.agent
            FROM (
                SELECT state, agent, closed_at FROM switchboard.inquiry
                WHERE customer = $1::text COLLATE "C" ORDER BY id DESC LIMIT 64
            ) AS q
            WHERE q.state = 'completed' AND q.closed_at >= $2 ORDER BY q.closed_at DESC LIMIT 1
            """
        case .makePartitions: "SELECT switchboard.make_event_partitions($1, $2)"
        case .deleteKeys:
            """
            DELETE FROM switchboard.inquiry_key
            WHERE fingerprint = ANY (ARRAY(
                SELECT k.fingerprint FROM switchboard.inquiry_key AS k WHERE k.at <= $1 LIMIT $2)) AND at <= $1
            """
        case .defaultPartition: "SELECT EXISTS (SELECT FROM switchboard.event_default)"
        }
    }
}

/// What the reader's thread owns.
final class ReaderLoop {
    private static let timeout: Duration = .seconds(10)
    private static let statementTimeout: Duration = .seconds(8)
    /// Attaching a partition waits for readers of the log; it gives way instead of holding up those behind it.
    private static let lockTimeout: Duration = .milliseconds(500)
    /// Rows a DELETE: short enough never to be noticed by the writer.
    private static let keysPerStatement: Int32 = 1_000

    private let settings: StoreSettings
    private let worker: Worker<ReaderJob>
    private var connection: Connection?
    private var decoder = InquiryDecoder()

    init(_ settings: StoreSettings, _ worker: Worker<ReaderJob>) {
        self.settings = settings
        self.worker = worker
    }

    func run() {
        while case .job(let job) = worker.next() { work(job) }
        connection?.close()
    }

    private func work(_ job: ReaderJob) {
        switch job {
        case .events(let seq, let limit, let completion):
            completion(
                answer { connection throws(StorageError) in try self.events(after: seq, limit: limit, connection) })
        case .firstSeq(let completion):
            completion(answer { connection throws(StorageError) in try self.number(.firstSeq, connection) })
        case .lastSeq(let completion):
            completion(answer { connection throws(StorageError) in try self.number(.lastSeq, connection) ?? 0 })
        case .inquiry(let id, let completion):
            completion(answer { connection throws(StorageError) in try self.inquiry(id, connection) })
        case .lastAgent(let customer, let since, let completion):
            completion(
                answer { connection throws(StorageError) in try self.lastAgent(customer, since, connection) })
        case .maintain(let clock, let keys, let completion):
            completion(answer { connection throws(StorageError) in try self.maintain(clock, keys, connection) })
        }
    }

    /// A connection that was lost since the last job shows it only now, so the first failure is tried once more.
    private func answer<Value>(
        _ body: (Connection) throws(StorageError) -> Value
    ) -> Result<Value, StorageError> {
        let wasOpen = connection?.isOpen ?? false
        do throws(StorageError) {
            return .success(try body(try connected()))
        } catch {
            guard wasOpen, error.underlying?.isConnectionFailure ?? false || !(connection?.isOpen ?? false) else {
                return .failure(error)
            }
        }
        do throws(StorageError) {
            return .success(try body(try connected()))
        } catch {
            return .failure(error)
        }
    }

    private func connected() throws(StorageError) -> Connection {
        if let connection, connection.isOpen { return connection }
        connection = nil
        let fresh = try storing("connect to PostgreSQL") { () throws(PostgresError) in
            let fresh = try Connection(settings.conninfo, applicationName: "switchboard reader", timeout: Self.timeout)
            try fresh.execute(ReaderStatement.session)
            try fresh.execute(
                """
                SET statement_timeout = \(Self.statementTimeout.milliseconds);
                SET lock_timeout = \(Self.lockTimeout.milliseconds)
                """)
            for statement in ReaderStatement.allCases { try fresh.prepare(statement.rawValue, statement.sql) }
            return fresh
        }
        connection = fresh
        return fresh
    }

    // MARK: Jobs

    private func events(
        after seq: Int64, limit: Int32, _ connection: Connection
    ) throws(StorageError) -> [LogEntry] {
        var parameters = Parameters()
        parameters.add(settings.site)
        parameters.add(seq)
        parameters.add(Int64(limit))
        let result = try storing("read the event log") { () throws(PostgresError) in
            try connection.execute(prepared: ReaderStatement.events.rawValue, parameters)
        }
        return (0..<result.rowCount).map { index in
            var row = result.row(index)
            return LogEntry(&row)
        }
    }

    private func number(_ statement: ReaderStatement, _ connection: Connection) throws(StorageError) -> Int64? {
        var parameters = Parameters()
        parameters.add(settings.site)
        let result = try storing("read the event log") { () throws(PostgresError) in
            try connection.execute(prepared: statement.rawValue, parameters)
        }
        return result.rowCount == 0 ? nil : result.field(0, 0).int64
    }

    private func inquiry(_ id: Int64, _ connection: Connection) throws(StorageError) -> InquiryRow? {
        var parameters = Parameters()
        parameters.add(id)
        let result = try storing("read inquiry \(id)") { () throws(PostgresError) in
            try connection.execute(prepared: ReaderStatement.inquiry.rawValue, parameters)
        }
        if result.rowCount == 0 { return nil }
        var row = result.row(0)
        return try decoder.decode(&row)
    }

    private func lastAgent(
        _ customer: [UInt8], _ since: Instant, _ connection: Connection
    ) throws(StorageError) -> String? {
        var parameters = Parameters()
        parameters.add(bytes: customer)
        parameters.add(timestamp: since.microseconds)
        let result = try storing("read the last agent of a customer") { () throws(PostgresError) in
            try connection.execute(prepared: ReaderStatement.lastAgent.rawValue, parameters)
        }
        return result.rowCount == 0 ? nil : result.field(0, 0).string
    }

    private func maintain(
        _ clock: Instant, _ keys: Int32, _ connection: Connection
    ) throws(StorageError) -> Maintenance {
        try storing("keep the tables in order") { () throws(PostgresError) in
            var parameters = Parameters()
            parameters.add(timestamp: clock.microseconds)
            parameters.add(Store.partitionMonthsAhead)
            let made = try connection.execute(prepared: ReaderStatement.makePartitions.rawValue, parameters)

            var deleted: Int32 = 0
            while deleted < keys {
                let count = min(Self.keysPerStatement, keys - deleted)
                parameters.removeAll()
                parameters.add(timestamp: (clock - self.settings.keyWindow).microseconds)
                parameters.add(Int64(count))
                let result = try connection.execute(prepared: ReaderStatement.deleteKeys.rawValue, parameters)
                deleted += Int32(result.changedRows)
                if result.changedRows < Int(count) { break }
            }
            let isDefaultUsed = try connection.execute(
                prepared: ReaderStatement.defaultPartition.rawValue, Parameters())
            return Maintenance(
                partitionsMade: made.field(0, 0).int32, keysDeleted: deleted,
                isDefaultPartitionUsed: isDefaultUsed.field(0, 0).bool)
        }
    }
}
