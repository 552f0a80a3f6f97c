import Postgres

/// Brings the schema to what this binary knows.
///
/// Migrations belong to the holder of the lease; but the lease is itself a table. So the first file, which makes it,
/// is applied to a database without a schema under an advisory lock: whoever comes second finds it done. All others
/// are applied by the holder, and each prolongs the lease in its own transaction, which keeps the site's row locked:
/// a deposed migrator's transaction fails, and nobody can depose one in the middle of a file.
struct Migrator {
    /// "switchbd" as a number: one lock for all sites of a database.
    private static let advisoryLock: Int64 = 0x7377_6974_6368_6264

    let connection: Connection
    /// All but tests leave it alone.
    var migrations = Migration.all

    /// Applies the first file where there is no schema, and compares what was applied with what this binary holds.
    ///
    /// - Throws: `migrationChanged` or `newerSchema`; nothing was changed then.
    func bootstrap() throws(StorageError) {
        try inTransaction("prepare the schema") { () throws(StorageError) in
            try storing("wait for another start") { () throws(PostgresError) in
                try connection.execute("SELECT pg_advisory_xact_lock(\(Self.advisoryLock))")
            }
            if try !schemaExists() { try apply(migrations[0], checksum: try checksums()[0]) }
        }
        _ = try pending()
    }

    /// Applies what is missing. Only the holder of the lease may call it.
    func migrate(_ term: LeaseTerm) throws(StorageError) {
        let checksums = try checksums()
        for index in try pending() {
            try inTransaction("apply \(migrations[index].name)") { () throws(StorageError) in
                // Before the row's lock, not after it: whoever asks for the lease holds the table while it waits for the row.
                try storing("wait for who asks for the lease") { () throws(PostgresError) in
                    try connection.execute("LOCK TABLE switchboard.engine IN ACCESS EXCLUSIVE MODE")
                }
                try renew(term)
                try apply(migrations[index], checksum: checksums[index])
                try renew(term)
            }
        }
    }

    private func renew(_ term: LeaseTerm) throws(StorageError) {
        try storing("renew the lease") { () throws(PostgresError) in try Lease.renew(connection, term) }
    }

    private func schemaExists() throws(StorageError) -> Bool {
        try storing("look for the schema") { () throws(PostgresError) in
            try connection.query("SELECT to_regclass('switchboard.migration') IS NOT NULL").field(0, 0).bool
        }
    }

    /// SHA-256 of each file, by PostgreSQL.
    private func checksums() throws(StorageError) -> [String] {
        var parameters = Parameters()
        parameters.openArray(of: .text)
        for migration in migrations { parameters.append(migration.sql) }
        parameters.closeArray()
        let result = try storing("compute the checksums of the schema") { () throws(PostgresError) in
            try connection.query(
                """
                SELECT encode(sha256(convert_to(f.sql, 'UTF8')), 'hex')
                FROM unnest($1::text[]) WITH ORDINALITY AS f (sql, place) ORDER BY f.place
                """, parameters)
        }
        return (0..<result.rowCount).map { result.field($0, 0).string }
    }

    /// The places in `migrations` of those that were not applied yet.
    private func pending() throws(StorageError) -> Range<Int> {
        let checksums = try checksums()
        let applied = try storing("read which migrations were applied") { () throws(PostgresError) in
            try connection.query("SELECT number, name, checksum FROM switchboard.migration ORDER BY number")
        }
        for index in 0..<applied.rowCount {
            let number = applied.field(index, 0).int32
            let name = applied.field(index, 1).string
            guard index < migrations.count else {
                throw StorageError(
                    .newerSchema,
                    "the database has migration \(number) (\(name)), this version of switchboard knows \(migrations.count): use the newer version"
                )
            }
            let known = migrations[index]
            guard known.number == number, known.name == name, checksums[index] == applied.field(index, 2).string else {
                throw StorageError(
                    .migrationChanged,
                    "migration \(number) (\(name)) is not the one that was applied to this database")
            }
        }
        return applied.rowCount..<migrations.count
    }

    private func apply(_ migration: Migration, checksum: String) throws(StorageError) {
        var parameters = Parameters()
        parameters.add(migration.number)
        parameters.add(migration.name)
        parameters.add(checksum)
        try storing("apply migration \(migration.number) (\(migration.name))") { () throws(PostgresError) in
            try connection.execute(migration.sql)
            try connection.query(
                "INSERT INTO switchboard.migration (number, name, checksum) VALUES ($1, $2, $3)", parameters)
        }
    }

    private func inTransaction(
        _ action: String, _ body: () throws(StorageError) -> Void
    ) throws(StorageError) {
        try storing(action) { () throws(PostgresError) in try connection.execute("BEGIN") }
        do {
            try body()
        } catch {
            _ = try? connection.execute("ROLLBACK")  // The first error is the one to tell.
            throw error
        }
        try storing(action) { () throws(PostgresError) in try connection.execute("COMMIT") }
    }
}
