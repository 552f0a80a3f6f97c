import Dispatch
import Postgres
import Routing

/// What the writer's thread owns: the connection and the state of the work on one job.
final class JournalLoop {
    private let settings: StoreSettings
    private let term: LeaseTerm
    private let worker: Worker<JournalJob>
    private let onState: @Sendable (JournalState) -> Void

    private var connection: Connection?
    private var parameters = Parameters()
    /// nil before the first answer.
    private var isConnected: Bool?
    private var awaySince = ContinuousClock.now
    private var backOff = BackOff()

    init(
        _ settings: StoreSettings, _ term: LeaseTerm, _ worker: Worker<JournalJob>,
        _ onState: @escaping @Sendable (JournalState) -> Void
    ) {
        self.settings = settings
        self.term = term
        self.worker = worker
        self.onState = onState
    }

    func run() {
        // While the start still recovers, nobody else keeps the lease.
        var isStarting = true
        while true {
            switch worker.next(timeout: isStarting ? .milliseconds(Int(term.length.milliseconds / 4)) : .never) {
            case .job(.commit(let batch, let completion)):
                isStarting = false
                completion(commit(batch))
            case .job(.renew(let completion)):
                isStarting = false
                completion(renew())
            case .timedOut:
                // A start that was deposed learns it from its first batch.
                _ = renew()
            case .stopped:
                release()
                return
            }
        }
    }

    /// Gives the lease back, so that a standby need not wait, unless that meant waiting for PostgreSQL.
    private func release() {
        if isConnected != false, let connection = try? connected() { try? Lease.release(connection, term) }
        connection?.close()
    }

    // MARK: Jobs

    private func commit(_ batch: JournalBatch) -> JournalOutcome {
        var rows = JournalRows(batch, term)
        var isOutcomeUnknown = false
        let isLarge = batch.changes.inquiries.count > Self.largeBatch
        // How many times the usual time it may take.
        var patience = 1
        defer { if patience > 1 { try? allow(1) } }
        return untilAnswered(row: "batch \(batch.number)") { connection throws(JournalFailure) in
            if isOutcomeUnknown, try self.isCommitted(batch.number, connection) { return }
            let isRepeated = isOutcomeUnknown
            isOutcomeUnknown = true
            do throws(JournalFailure) {
                if patience > 1 { try self.journaling { () throws(PostgresError) in try self.allow(patience) } }
                try self.send(&rows, connection, prolongs: isLarge)
            } catch {
                if isLarge, error.postgres.isConnectionFailure || error.postgres.sqlState == SQLState.cancelled {
                    patience = min(2 * patience, Self.patienceMax)
                }
                // What was sent before may have reached PostgreSQL only now, behind the question whether it had.
                guard isRepeated, error.postgres.sqlState == SQLState.deposed,
                    try self.isCommitted(batch.number, connection)
                else { throw error }
            }
        }
    }

    private func renew() -> JournalOutcome {
        untilAnswered(row: "the renewal of the lease") { connection throws(JournalFailure) in
            try self.journaling { () throws(PostgresError) in
                self.encodeRenewal()
                try connection.execute(prepared: WriterStatement.renew.rawValue, self.parameters)
            }
        }
    }

    private func encodeRenewal() {
        parameters.removeAll()
        parameters.add(term.site)
        parameters.add(term.epoch)
        parameters.add(interval: term.lengthMicroseconds)
    }

    /// Works on one job until PostgreSQL has said yes or never, or the writer is stopped.
    private func untilAnswered(
        row: String, _ attempt: (Connection) throws(JournalFailure) -> Void
    ) -> JournalOutcome {
        var isRepeated = false
        while true {
            do {
                let connection = try journaling { () throws(PostgresError) in
                    let connection = try self.connected()
                    // What came to PostgreSQL in part at the last attempt may stand in the way of this one.
                    if isRepeated { try StuckBatch.end(connection, self.settings) }
                    return connection
                }
                isRepeated = true
                try attempt(connection)
                sayConnected()
                return .done
            } catch {
                if error.postgres.sqlState == SQLState.deposed { return .deposed }
                if error.postgres.sqlState == SQLState.readOnly {
                    // It is not the primary any more; another of the hosts may be.
                    connection?.close()
                } else if !error.postgres.isTransient {
                    return .refused(error.postgres, row: error.row ?? row)
                }
                sayAway(error.postgres)
                if !worker.pause(backOff.next()) { return .stopped }
            }
        }
    }

    /// Whether a batch whose answer was lost is there. It waits for the backend that may still work on it.
    ///
    /// - Throws: `deposed` where the epoch is over, `diverged` where the store is neither at the batch nor before it.
    private func isCommitted(_ number: Int64, _ connection: Connection) throws(JournalFailure) -> Bool {
        let found = try journaling { () throws(PostgresError) -> (epoch: Int64, batch: Int64)? in
            self.parameters.removeAll()
            self.parameters.add(self.term.site)
            let result = try connection.execute(prepared: WriterStatement.outcome.rawValue, self.parameters)
            return result.rowCount == 0 ? nil : (result.field(0, 0).int64, result.field(0, 1).int64)
        }
        guard let found, found.epoch == term.epoch else {
            throw JournalFailure(
                PostgresError(sqlState: SQLState.deposed, message: "epoch \(term.epoch) of site \(term.site) is over"))
        }
        if found.batch == number { return true }
        if found.batch == number - 1 { return false }
        throw JournalFailure(
            PostgresError(
                sqlState: SQLState.diverged,
                message: "the store is at batch \(found.batch), so batch \(number) cannot follow"))
    }

    /// Batches of more inquiries than this may be too many for the usual time: a published plan ranks all that waits anew.
    private static let largeBatch = 1_000
    /// Each attempt at one has twice the time of the one before, up to this many times the usual.
    private static let patienceMax = 32

    private func allow(_ patience: Int) throws(PostgresError) {
        guard let connection, connection.isOpen else { return }
        connection.timeout = settings.roundTripTimeout * patience
        try connection.execute("SET statement_timeout = \(settings.statementTimeout.milliseconds * Int64(patience))")
    }

    /// - Parameter prolongs: The lease counts from the end of the batch, which may be long after its beginning.
    private func send(
        _ rows: inout JournalRows, _ connection: Connection, prolongs: Bool
    ) throws(JournalFailure) {
        var sent: [JournalStatement] = []
        let counts: [Int]
        do {
            try connection.beginPipeline()
            for statement in JournalStatement.allCases {
                let indices = rows.rows(of: statement)
                if indices.isEmpty && statement != .fence { continue }
                rows.encode(statement, indices, into: &parameters)
                try connection.send(prepared: statement.rawValue, parameters)
                sent.append(statement)
            }
            if prolongs {
                encodeRenewal()
                try connection.send(prepared: WriterStatement.renew.rawValue, parameters)
            }
            counts = try connection.finishPipeline()
        } catch {
            if error.isTransient || [SQLState.deposed, SQLState.readOnly].contains(error.sqlState) {
                throw JournalFailure(error)
            }
            guard let place = error.statement, place < sent.count else { throw JournalFailure(error) }
            let culprit = findCulprit(sent[place], &rows, connection)
            throw JournalFailure(culprit?.error ?? error, row: culprit?.row ?? "no single row of \(sent[place])")
        }
        for (statement, count) in zip(sent, counts) where statement.needsEveryRow {
            let expected = rows.rows(of: statement).count
            if count == expected { continue }
            // Somebody else deletes rows: what memory holds is not what a start would find.
            throw JournalFailure(
                PostgresError(
                    sqlState: SQLState.diverged, message: "\(statement) changed \(count) rows of \(expected)"))
        }
    }

    // MARK: Refused batches

    /// Names the row that PostgreSQL refuses, by giving it one row after another in a transaction that is taken back.
    private func findCulprit(
        _ statement: JournalStatement, _ rows: inout JournalRows, _ connection: Connection
    ) -> (row: String, error: PostgresError)? {
        if statement == .fence { return nil }
        defer { _ = try? connection.execute("ROLLBACK") }
        guard (try? connection.execute("BEGIN")) != nil else { return nil }
        if statement == .insertInquiries {
            // Those that are there already are taken out first.
            for first in [JournalStatement.takeOutSwept, .takeOutUnswept] {
                rows.encode(first, rows.rows(of: first), into: &parameters)
                guard (try? connection.execute(prepared: first.rawValue, parameters)) != nil else { return nil }
            }
        }
        let deadline = ContinuousClock.now + Self.culpritSearchTimeMax
        for index in rows.rows(of: statement) where .now < deadline {
            rows.encode(statement, [index], into: &parameters)
            do {
                try connection.execute(prepared: statement.rawValue, parameters)
            } catch {
                return error.isTransient ? nil : (rows.name(of: index, in: statement), error)
            }
        }
        return nil
    }

    /// The daemon is about to stop; this only serves who reads its last words.
    private static let culpritSearchTimeMax: Duration = .seconds(2)

    // MARK: Connection

    /// The connection, made anew if it was lost.
    private func connected() throws(PostgresError) -> Connection {
        if let connection, connection.isOpen { return connection }
        connection = nil
        let fresh = try Connection(
            settings.conninfo, applicationName: StuckBatch.applicationName, timeout: settings.roundTripTimeout)
        try fresh.execute(WriterStatement.session)
        // The name even where the address says another: by it a stuck one is found.
        try fresh.execute(
            """
            SET statement_timeout = \(settings.statementTimeout.milliseconds);
            SET application_name = '\(StuckBatch.applicationName)'
            """)
        for statement in JournalStatement.allCases { try fresh.prepare(statement.rawValue, statement.sql) }
        for statement in WriterStatement.allCases { try fresh.prepare(statement.rawValue, statement.sql) }
        connection = fresh
        return fresh
    }

    private func journaling<Result>(
        _ body: () throws(PostgresError) -> Result
    ) throws(JournalFailure) -> Result {
        do { return try body() } catch { throw JournalFailure(error) }
    }

    private func sayConnected() {
        backOff.reset()
        if isConnected == true { return }
        isConnected = true
        onState(.connected)
    }

    private func sayAway(_ error: PostgresError) {
        if isConnected != false {
            isConnected = false
            awaySince = .now
        }
        onState(.away(since: awaySince, error))
    }
}

/// A PostgreSQL error with the row that caused it, where one could be named.
struct JournalFailure: Error {
    let postgres: PostgresError
    let row: String?

    init(_ postgres: PostgresError, row: String? = nil) {
        self.postgres = postgres
        self.row = row
    }
}

/// How long to wait before the next attempt: the first at once, then 50 ms doubled up to 1 s.
struct BackOff {
    private static let first: Duration = .milliseconds(50)
    private static let last: Duration = .seconds(1)

    private var upcoming: Duration = .zero

    mutating func reset() { upcoming = .zero }

    mutating func next() -> DispatchTimeInterval {
        defer { upcoming = min(Self.last, max(Self.first, upcoming * 2)) }
        return .milliseconds(Int(upcoming.milliseconds))
    }
}
