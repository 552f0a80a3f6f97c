import Postgres
import Routing

/// The start of everything durable.
package enum Store {
    package enum Opening: Sendable {
        case opened(OpenedStore)
        /// Another data folder's daemon has the lease: stand by and try again. It lapses after `remaining` unless it is
        /// renewed.
        case held(by: String, remaining: Duration)
    }

    private static let serverVersionMin = 140_000
    /// Work of a start may wait for the statement of another start, or read a large table.
    private static let startTimeout: Duration = .seconds(60)
    private static let preparingTries = 3
    /// Partitions of the event log and of closed inquiries that are there before they are needed.
    static let partitionMonthsAhead: Int32 = 3

    /// Takes the lease, brings the schema up to date, reads the stored state and starts the writer.
    ///
    /// Blocks, for as long as there is something to read; call it on a thread of its own. Give the writer its first job
    /// soon: until then it keeps the lease alive by itself.
    ///
    /// - Throws: `postgres` where PostgreSQL is away (`isTransient`: try again) or refuses, `otherClockSpeed`,
    ///   `migrationChanged`, `newerSchema`, `unsupported`, `corrupt`, or `deposed` during the start.
    package static func open(
        _ settings: StoreSettings, onState: @escaping @Sendable (JournalState) -> Void
    ) throws(StorageError) -> Opening {
        let connection = try prepared(settings)
        defer { connection.close() }
        let migrator = Migrator(connection: connection)
        let term: LeaseTerm
        switch try Lease.acquire(connection, settings) {
        case .held(let holder, let remaining): return .held(by: holder, remaining: remaining)
        case .granted(let granted): term = granted
        }

        let writer = JournalWriter(settings, term, onState: onState)
        do {
            try migrator.migrate(term)
            try makePartitions(connection, settings)
            let recovery = Recovery(connection: connection, term: term, keyWindow: settings.keyWindow)
            return .opened(
                OpenedStore(settings: settings, epoch: term.epoch, state: try recovery.read(), writer: writer))
        } catch {
            writer.stop()
            throw error
        }
    }

    /// A session to a database that has the schema's first file.
    ///
    /// In a database that has only just been made, PostgreSQL 15 has been seen, once in some thousand starts, not to find
    /// the table that the transaction before had made. Another session finds it, or makes it.
    private static func prepared(_ settings: StoreSettings) throws(StorageError) -> Connection {
        var attempt = 1
        while true {
            let connection = try storing("connect to PostgreSQL") { () throws(PostgresError) in
                try Connection(settings.conninfo, applicationName: "switchboard start", timeout: startTimeout)
            }
            do throws(StorageError) {
                try check(connection)
                try Migrator(connection: connection).bootstrap()
                return connection
            } catch {
                connection.close()
                guard error.underlying?.sqlState == SQLState.missingTable, attempt < preparingTries else { throw error }
                attempt += 1
            }
        }
    }

    private static func check(_ connection: Connection) throws(StorageError) {
        guard connection.serverVersion >= serverVersionMin else {
            let major = connection.serverVersion / 10_000
            throw StorageError(.unsupported, "PostgreSQL 14 or newer is needed, this is \(major)")
        }
        let encoding = connection.parameterStatus("server_encoding") ?? ""
        guard encoding == "UTF8" else {
            throw StorageError(.unsupported, "the database must have the encoding UTF8, it has \(encoding)")
        }
        try storing("set up the session") { () throws(PostgresError) in
            try connection.execute("SET search_path = pg_catalog; SET jit = off; SET statement_timeout = 0")
        }
    }

    /// From the engine's clock on, and from now on where that is later.
    private static func makePartitions(
        _ connection: Connection, _ settings: StoreSettings
    ) throws(StorageError) {
        var parameters = Parameters()
        parameters.add(settings.site)
        parameters.add(timestamp: settings.now.microseconds)
        parameters.add(partitionMonthsAhead)
        try storing("make the partitions") { () throws(PostgresError) in
            try connection.query(
                """
                SELECT switchboard.make_partitions(p.parent, e.clock, $3), switchboard.make_partitions(p.parent,
                    CASE WHEN e.clock_speed = 1 THEN greatest(e.clock, $2) ELSE e.clock END, $3)
                FROM switchboard.engine AS e, unnest(ARRAY['event', 'closed_inquiry']) AS p (parent)
                WHERE e.site = $1
                """, parameters)
        }
    }
}

/// A store whose lease is held, with all that was in it.
package struct OpenedStore: Sendable {
    package let settings: StoreSettings
    package let epoch: Int64
    package let state: StoredState
    package let writer: JournalWriter

    /// A reader of the log and of closed inquiries, on a thread and connection of its own.
    package func makeReader() -> JournalReader { JournalReader(settings) }

    /// Who moves closed inquiries and keeps the tables in order, on a thread and connection of its own. At once it looks
    /// for what was closed before this start.
    package func makeSweeper() -> Sweeper {
        Sweeper(settings, epoch: epoch, before: state.recovered.engine.clock)
    }
}
