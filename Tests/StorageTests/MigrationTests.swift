import Foundation
import Postgres
import Routing
import TestSupport
import Testing

@testable import Storage

@Suite struct MigrationTests {
    private static let sqlFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "sql")

    @Test("the schema in the binary is that of sql/")
    func embedded() throws {
        let generated = try run(Self.sqlFolder.appending(path: "embed.sh").path, ["-"])
        let present = Self.sqlFolder.deletingLastPathComponent().appending(path: "Sources/Storage/Migrations.swift")
        #expect(
            try generated == String(contentsOf: present, encoding: .utf8), "run `make migrations` after editing sql/")
        for migration in Migration.all {
            let name = "000\(migration.number)_\(migration.name).sql"
            #expect(try migration.sql == String(contentsOf: Self.sqlFolder.appending(path: name), encoding: .utf8))
        }
    }

    @Test("a migrated database has the schema of sql/schema.sql")
    func golden() async throws {
        let cluster = try await ThrowawayCluster.shared()
        let test = try await TestStore(cluster)
        try await migrate(test, Migration.all)
        let dump = try await blocking {
            try run(
                "/usr/bin/env",
                [
                    "PG_DUMP=\(cluster.privateCluster.installation.program("pg_dump"))",
                    Self.sqlFolder.appending(path: "dump.sh").path, test.conninfo,
                ])
        }
        let file = Self.sqlFolder.appending(path: "schema.sql")
        if ProcessInfo.processInfo.environment["SWITCHBOARD_WRITE_SCHEMA"] == "1" {
            try dump.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(dump == golden, "run `make schema` after adding a migration")
    }

    @Test("each report, and each of its columns, says in a comment what it is")
    func comments() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        let columns = """
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'switchboard'::regnamespace AND c.relname LIKE 'report\\_%' AND c.relkind = 'v'
            """
        let wanting = try await test.sql(
            """
            SELECT string_agg(c.relname || '.' || a.attname, ' ') \(columns) AND col_description(c.oid, a.attnum) IS NULL
            """)
        #expect(wanting == nil)
        #expect(try await test.sql("SELECT count(DISTINCT c.oid) \(columns) AND obj_description(c.oid) <> ''") == "6")
    }

    @Test("every migration is applied once, with its checksum")
    func once() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        let applied = "SELECT string_agg(m::text, ' ' ORDER BY number) FROM switchboard.migration AS m"
        let first = try await test.sql(applied)
        await (try test.open()).close()
        let again = try await test.sql(applied)
        #expect(first == again)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.migration") == "\(Migration.all.count)")
    }

    @Test("a migration that was changed after it was applied is refused, and nothing is touched")
    func changed() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        try await test.sql("UPDATE switchboard.migration SET checksum = repeat('0', 64) WHERE number = 2")
        let error = try #require(try await test.openingFailure())
        #expect(error.code == .migrationChanged)
        #expect(error.description == "migration 2 (state) is not the one that was applied to this database")
        #expect(try await test.sql("SELECT epoch FROM switchboard.engine") == "1")
    }

    @Test("a schema that a newer version made is refused, and nothing is touched")
    func newer() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        try await test.sql(
            "INSERT INTO switchboard.migration (number, name, checksum) VALUES (99, 'future', repeat('0', 64))")
        let error = try #require(try await test.openingFailure())
        #expect(error.code == .newerSchema)
        #expect(error.description.contains("migration 99 (future)"))
        #expect(try await test.sql("SELECT epoch FROM switchboard.engine") == "1")
    }

    @Test("a migration that fails leaves those before it and nothing of its own")
    func failing() async throws {
        let test = try await TestStore()
        let broken = Migration(
            number: Int32(Migration.all.count) + 1, name: "broken", sql: "CREATE TABLE switchboard.half (); SELEC 1")
        let error = await #expect(throws: StorageError.self) { try await migrate(test, Migration.all + [broken]) }
        #expect(error?.underlying?.sqlState == "42601")
        #expect(try await test.sql("SELECT max(number) FROM switchboard.migration") == "\(Migration.all.count)")
        #expect(try await test.sql("SELECT to_regclass('switchboard.half') IS NULL") == "t")
    }

    @Test("who lost the lease cannot migrate")
    func deposed() async throws {
        let test = try await TestStore()
        let error = await #expect(throws: StorageError.self) {
            try await blocking {
                let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
                defer { connection.close() }
                let migrator = Migrator(connection: connection)
                try migrator.bootstrap()
                guard case .granted(let old) = try Lease.acquire(connection, test.settings),
                    case .granted = try Lease.acquire(connection, test.settings)
                else { return }
                try migrator.migrate(old)
            }
        }
        #expect(error?.code == .deposed)
        #expect(try await test.sql("SELECT max(number) FROM switchboard.migration") == "1")
    }

    @Test("a store of the first version is taken over with all that is in it")
    func upgrade() async throws {
        let test = try await TestStore()
        try await migrate(test, Array(Migration.all.prefix(3)))
        try await test.sql(
            """
            UPDATE switchboard.engine SET submitted = 3, completed = 1, next_id = 4;
            INSERT INTO switchboard.inquiry (
                id, submitted_at, state_since, queued_at, rank, source, priority, state, queue, channel, customer,
                agent, accepted_at, closed_at)
            SELECT id, t, t, t, 7, 2, 0, CASE id WHEN 3 THEN 'completed' ELSE 'waiting' END, 'default', 'chat',
                CASE WHEN id > 1 THEN '고객' END, CASE id WHEN 3 THEN 'kim' END, CASE id WHEN 3 THEN t END,
                CASE id WHEN 3 THEN t END
            FROM generate_series(1, 3) AS id, CAST('2026-03-02T00:00:00Z' AS timestamptz) AS t
            """)
        let store = try await test.open()
        let recovered = store.state.recovered
        #expect(recovered.inquiries.map(\.id) == [1, 2])
        #expect(recovered.inquiries.allSatisfy { $0.decisionSeq == 0 && $0.definition?.preferred == "" })
        #expect(recovered.engine.totals.expired == 0)
        #expect(recovered.engine.pausedQueues == [])
        let reader = store.makeReader()
        #expect(try await reader.lastAgent("고객", since: TestStore.start) == "kim")
        try await blocking { reader.stop() }
        await store.close()
    }

    @Test("a primary of the version before is deposed by the migration, and writes nothing more")
    func oldPrimary() async throws {
        let test = try await TestStore()
        let error = try await blocking { () -> PostgresError? in
            let old = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
            defer { old.close() }
            var migrator = Migrator(connection: old)
            migrator.migrations = Array(Migration.all.prefix(3))
            try migrator.bootstrap()
            guard case .granted(let term) = try Lease.acquire(old, test.settings) else { return nil }
            try migrator.migrate(term)
            // As that version prepared it.
            try old.prepare("fence", "SELECT switchboard.fence($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
            func commit(_ batch: Int64) throws(PostgresError) {
                var parameters = Parameters()
                parameters.add(term.site)
                parameters.add(term.epoch)
                parameters.add(batch)
                parameters.add(0 as Int64)
                parameters.add(1 as Int64)
                parameters.add(timestamp: TestStore.start.microseconds)
                for _ in 0..<4 { parameters.add(0 as Int64) }
                parameters.add(false)
                parameters.add(interval: term.lengthMicroseconds)
                try old.execute(prepared: "fence", parameters)
            }
            try commit(1)
            guard case .opened(let store) = try Store.open(test.settings, onState: { _ in }) else { return nil }
            defer { store.writer.stop() }
            do throws(PostgresError) { try commit(2) } catch { return error }
            return nil
        }
        #expect(error?.sqlState == SQLState.deposed)
        #expect(try await test.sql("SELECT batch FROM switchboard.engine") == "1")
    }

    @Test("two first starts at once make one schema")
    func concurrentStarts() async throws {
        let test = try await TestStore()
        var other = test.settings
        other.holder = "folder-2"
        async let first = test.tryOpen()
        async let second = test.tryOpen(other)
        var openedCount = 0
        for opening in try await [first, second] {
            guard case .opened(let store) = opening else { continue }
            openedCount += 1
            await store.close()
        }
        #expect(openedCount >= 1)
        #expect(try await test.sql("SELECT count(*) FROM switchboard.migration") == "\(Migration.all.count)")
    }

    @Test("a database that is not UTF8 is refused")
    func encoding() async throws {
        let test = try await TestStore()
        try await test.sql(
            "CREATE DATABASE \"\(name)\" TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
        var settings = test.settings
        settings.conninfo += " dbname='\(name)'"
        #expect(try await test.openingFailure(settings)?.code == .unsupported)
    }

    private let name = "ascii_\(ProcessInfo.processInfo.processIdentifier)"

    private func migrate(_ test: TestStore, _ migrations: [Migration]) async throws {
        try await blocking {
            let connection = try Connection(test.conninfo, applicationName: "test", timeout: .seconds(20))
            defer { connection.close() }
            var migrator = Migrator(connection: connection)
            migrator.migrations = migrations
            try migrator.bootstrap()
            guard case .granted(let term) = try Lease.acquire(connection, test.settings) else { return }
            try migrator.migrate(term)
        }
    }
}
