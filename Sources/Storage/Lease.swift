import Postgres
import Routing

/// The right to write for a site, once it was granted: every batch and renewal names it, the fence checks it.
struct LeaseTerm: Sendable {
    let site: Int16
    let epoch: Int64
    let length: Duration

    var lengthMicroseconds: Int64 { length.microseconds }
}

extension Duration {
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    var milliseconds: Int64 { microseconds / 1_000 }
}

enum Lease {
    enum Answer {
        case granted(LeaseTerm)
        /// Another has it, for so long still by PostgreSQL's clock unless it is renewed.
        case held(by: String, remaining: Duration)
    }

    /// Asks for the lease of the settings' site; its row is made at the first start.
    ///
    /// - Throws: `otherClockSpeed` where the database has run at another speed.
    static func acquire(_ connection: Connection, _ settings: StoreSettings) throws(StorageError) -> Answer {
        var parameters = Parameters()
        parameters.add(settings.site)
        parameters.add(settings.holder)
        parameters.add(interval: settings.lease.microseconds)
        parameters.add(timestamp: settings.now.microseconds)
        parameters.add(settings.clockSpeed)
        let result = try storing("take the lease") { () throws(PostgresError) in
            try StuckBatch.end(connection, settings)
            try connection.execute("SET statement_timeout = \(settings.statementTimeout.milliseconds)")
            defer { _ = try? connection.execute("SET statement_timeout = 0") }
            return try connection.query(
                """
                SELECT a.granted, a.epoch, a.held_by,
                    (EXTRACT(epoch FROM a.held_until - clock_timestamp()) * 1000000)::bigint
                FROM switchboard.acquire($1, $2, $3, $4, $5) AS a
                """, parameters)
        }
        var row = result.row(0)
        let isGranted = row.next().bool
        let epoch = row.next().int64
        let holder = row.next().string
        let remaining = Duration.microseconds(row.next().int64)
        if !isGranted { return .held(by: holder, remaining: remaining) }
        return .granted(LeaseTerm(site: settings.site, epoch: epoch, length: settings.lease))
    }

    /// Prolongs the lease.
    static func renew(_ connection: Connection, _ term: LeaseTerm) throws(PostgresError) {
        try connection.query("SELECT switchboard.renew($1, $2, $3)", parameters(term))
    }

    /// Ends the lease, so that a standby takes over at once.
    static func release(_ connection: Connection, _ term: LeaseTerm) throws(PostgresError) {
        var parameters = Parameters()
        parameters.add(term.site)
        parameters.add(term.epoch)
        try connection.query("SELECT switchboard.release($1, $2)", parameters)
    }

    private static func parameters(_ term: LeaseTerm) -> Parameters {
        var parameters = Parameters()
        parameters.add(term.site)
        parameters.add(term.epoch)
        parameters.add(interval: term.lengthMicroseconds)
        return parameters
    }
}
