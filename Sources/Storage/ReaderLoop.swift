import Postgres
import Routing

/// Statements of the reading connection.
enum ReaderStatement: String, CaseIterable {
    case events
    case firstSeq
    case lastSeq
    case inquiry
    case lastAgent
    case closedInquiries
    case closedInquiriesOfCustomer
    case forgetCustomer

    /// As on the writing connection: plans made on empty tables must not read whole tables later, nor sort them.
    static let session = """
        SET search_path = pg_catalog; SET plan_cache_mode = force_generic_plan; SET jit = off;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
        SET enable_bitmapscan = off; SET enable_sort = off
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
            LEFT JOIN LATERAL (
                SELECT source, channel, customer, subject, attrs FROM switchboard.all_inquiry WHERE id = e.inquiry LIMIT 1
            ) AS q ON true
            ORDER BY e.seq
            """
        case .firstSeq: "SELECT seq FROM switchboard.event WHERE site = $1 ORDER BY seq LIMIT 1"
        case .lastSeq: "SELECT seq FROM switchboard.engine WHERE site = $1"
        case .inquiry: "SELECT \(InquiryDecoder.columns) FROM switchboard.all_inquiry WHERE id = $1"
        // The newest by the index, and of them the one that was closed last: however many a customer has, no more rows
        // are read. Comparing by bytes is what the index is ordered by.
        case .lastAgent:
            """
            SELECT q.agent
            FROM (
                SELECT state, agent, closed_at FROM switchboard.all_inquiry
                WHERE customer = $1::text COLLATE "C" ORDER BY id DESC LIMIT 64
            ) AS q
            WHERE q.state = 'completed' AND q.closed_at >= $2 ORDER BY q.closed_at DESC LIMIT 1
            """
        case .closedInquiries: Self.page(of: "id > $2")
        case .closedInquiriesOfCustomer: Self.page(of: "id > $2 AND customer = $7::text COLLATE \"C\"")
        case .forgetCustomer: "SELECT switchboard.forget_customer($1, $2, $3, $4, $5)"
        }
    }

    /// A page of a listing: how many were looked at and which of them was the last, then the rows that are wanted.
    private static func page(of condition: String) -> String {
        """
        WITH looked AS MATERIALIZED (
            SELECT id, state, queue, channel, agent FROM switchboard.all_inquiry WHERE \(condition)
            ORDER BY id LIMIT \(ClosedQuery.examinedMax)
        ), wanted AS (
            SELECT id FROM looked
            WHERE state = $1 AND queue = coalesce($3, queue) AND channel = coalesce($4, channel)
                AND ($5::text IS NULL OR agent = $5)
            ORDER BY id LIMIT $6
        )
        SELECT s.count, s.last, q.* FROM (SELECT count(*) AS count, max(id) AS last FROM looked) AS s
        LEFT JOIN wanted AS w ON true
        LEFT JOIN LATERAL (
            SELECT \(InquiryDecoder.columns) FROM switchboard.all_inquiry WHERE id = w.id LIMIT 1
        ) AS q ON true
        ORDER BY w.id
        """
    }
}

/// What the reader's thread owns.
final class ReaderLoop {
    private static let timeout: Duration = .seconds(10)
    private static let statementTimeout: Duration = .seconds(8)
    /// Reading waits for nobody; forgetting a customer gives way to who moves closed inquiries.
    private static let lockTimeout: Duration = .milliseconds(500)

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
        case .closedInquiries(let query, let completion):
            completion(answer { connection throws(StorageError) in try self.closedInquiries(query, connection) })
        case .forgetCustomer(let slice, let completion):
            completion(answer { connection throws(StorageError) in try self.forget(slice, connection) })
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

    private func closedInquiries(_ query: ClosedQuery, _ connection: Connection) throws(StorageError) -> ClosedPage {
        var parameters = Parameters()
        parameters.add(query.state)
        parameters.add(query.after)
        for text in [query.queue, query.channel, query.agent] {
            if let text { parameters.add(text) } else { parameters.addNull() }
        }
        parameters.add(Int64(query.limit))
        if let customer = query.customer { parameters.add(bytes: customer) }
        let statement: ReaderStatement = query.customer == nil ? .closedInquiries : .closedInquiriesOfCustomer
        let result = try storing("list closed inquiries") { () throws(PostgresError) in
            try connection.execute(prepared: statement.rawValue, parameters)
        }
        var page = ClosedPage(rows: [], next: nil)
        for index in 0..<result.rowCount {
            var row = result.row(index)
            let looked = row.next().int64
            let last = row.next()
            if looked == ClosedQuery.examinedMax { page.next = last.int64 }
            // None is wanted, and the row tells nothing but how far it was looked.
            if result.field(index, 2).isNull { break }
            page.rows.append(try decoder.decode(&row))
        }
        // There may be more behind the last one that was wanted.
        if page.rows.count == query.limit { page.next = page.rows.last?.id }
        return page
    }

    private func forget(_ slice: ForgetSlice, _ connection: Connection) throws(StorageError) -> Int64 {
        var parameters = Parameters()
        parameters.add(settings.site)
        parameters.add(slice.epoch)
        parameters.add(bytes: slice.customer)
        parameters.add(slice.before)
        parameters.add(ForgetSlice.rowsMax)
        let result = try storing("forget a customer") { () throws(PostgresError) in
            try connection.execute(prepared: ReaderStatement.forgetCustomer.rawValue, parameters)
        }
        return Int64(result.field(0, 0).int32)
    }
}
