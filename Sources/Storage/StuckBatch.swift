import Postgres

/// A batch that PostgreSQL has in part, from a writer that is gone without its having heard of that: a machine or a
/// cable that died, a process that was stopped.
///
/// It holds the site's row, and no statement runs that a time-out would end, so whoever comes next would wait for as
/// long as PostgreSQL believes in the connection: hours, or for ever.
enum StuckBatch {
    /// What the writing connection calls itself.
    static let applicationName = "switchboard journal"

    /// Ends the sessions of writers that have had a transaction open for longer than any writer waits for one. Safe
    /// whatever their state: each is committed or not, and who goes on reads which.
    static func end(_ connection: Connection, _ settings: StoreSettings) throws(PostgresError) {
        var parameters = Parameters()
        parameters.add(applicationName)
        parameters.add(interval: settings.roundTripTimeout.microseconds)
        try connection.query(
            """
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a
            WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
                AND a.application_name = $1 AND a.xact_start < clock_timestamp() - $2::interval
            """, parameters)
    }
}
