import Foundation
import Postgres
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
        let broken = Migration(number: 4, name: "broken", sql: "CREATE TABLE switchboard.half (); SELEC 1")
        let error = await #expect(throws: StorageError.self) { try await migrate(test, Migration.all + [broken]) }
        #expect(error?.underlying?.sqlState == "42601")
        #expect(try await test.sql("SELECT max(number) FROM switchboard.migration") == "3")
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
