import Postgres
import TestSupport
import Testing

@Suite struct ErrorTests {
    @Test("a unique violation names its constraint and is not transient")
    func uniqueViolation() async throws {
        try await withDatabase { connection, _ throws in
            try connection.execute("CREATE TABLE t (id int CONSTRAINT t_id_key UNIQUE); INSERT INTO t VALUES (1)")
            let error = try #require(failure { try connection.execute("INSERT INTO t VALUES (1)") })
            #expect(error.sqlState == "23505")
            #expect(error.constraint == "t_id_key")
            #expect(error.table == "t")
            #expect(error.detail == "Key (id)=(1) already exists.")
            #expect(!error.isTransient)
            #expect(connection.isOpen)
        }
    }

    @Test("a syntax error says so and leaves the connection usable")
    func syntaxError() async throws {
        try await withDatabase { connection, _ throws in
            #expect(failure { try connection.query("SELEC 1") }?.sqlState == "42601")
            #expect(failure { try connection.execute("SELECT 1; SELEC 2") }?.sqlState == "42601")
            #expect(try connection.number("SELECT 7::bigint") == 7)
        }
    }

    @Test("a server that is not there is a transient connection failure")
    func connectionRefused() async throws {
        try await blocking {
            let error = try #require(
                failure {
                    _ = try Connection("host=/nonexistent", applicationName: "test", timeout: .seconds(1))
                })
            #expect(error.sqlState == "08006")
            #expect(error.isTransient)
            #expect(error.isConnectionFailure)
            #expect(error.message.contains("/nonexistent"))
        }
    }

    @Test("the server's own time-out is transient and keeps the connection")
    func statementTimeout() async throws {
        try await withDatabase { connection, _ throws in
            try connection.execute("SET statement_timeout = 20")
            let error = try #require(failure { try connection.query("SELECT pg_sleep(60)") })
            #expect(error.sqlState == "57014")
            #expect(error.isTransient)
            #expect(connection.isOpen)
        }
    }

    @Test("a server that does not answer in time is taken for lost")
    func roundTripTimeout() async throws {
        try await withDatabase(timeout: .milliseconds(50)) { connection, _ throws in
            let error = try #require(failure { try connection.query("SELECT pg_sleep(60)") })
            #expect(error.sqlState == "08006")
            #expect(!connection.isOpen)
            #expect(failure { try connection.query("SELECT 1") }?.sqlState == "08006")
        }
    }

    @Test("a terminated session is transient, and the connection is lost")
    func terminated() async throws {
        try await withDatabase { connection, conninfo throws in
            let other = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
            defer { other.close() }
            var parameters = Parameters()
            parameters.add(connection.backendPID)
            let isTerminated = try other.query("SELECT pg_terminate_backend($1, 10000)", parameters).field(0, 0).bool
            #expect(isTerminated)
            let error = try #require(failure { try connection.query("SELECT 1") })
            #expect(error.isTransient)
            #expect(!connection.isOpen)
        }
    }

    @Test("another thread can cancel a statement")
    func cancel() async throws {
        try await withDatabase { connection, conninfo throws in
            let canceller = try #require(connection.makeCanceller())
            let pid = connection.backendPID
            Task {
                try await blocking {
                    let watcher = try Connection(conninfo, applicationName: "test", timeout: .seconds(20))
                    defer { watcher.close() }
                    var parameters = Parameters()
                    parameters.add(pid)
                    let sleeping =
                        "SELECT wait_event IS NOT DISTINCT FROM 'PgSleep' FROM pg_stat_activity WHERE pid = $1"
                    while try !watcher.query(sleeping, parameters).field(0, 0).bool {}
                    canceller.cancel()
                }
            }
            #expect(failure { try connection.query("SELECT pg_sleep(15)") }?.sqlState == "57014")
        }
    }

    @Test(
        "only connection, rollback, resource and operator errors are tried again",
        arguments: [
            ("08006", true), ("40001", true), ("40P01", true), ("53100", true), ("57014", true), ("57P01", true),
            ("22021", false), ("23505", false), ("25006", false), ("42P01", false), ("SB001", false), ("XX000", false),
        ])
    func transient(sqlState: String, isTransient: Bool) {
        #expect(PostgresError(sqlState: sqlState, message: "").isTransient == isTransient)
    }

    @Test("the session reports what it runs on")
    func session() async throws {
        try await withDatabase { connection, _ throws in
            #expect(connection.parameterStatus("server_encoding") == "UTF8")
            #expect(connection.parameterStatus("no_such_thing") == nil)
            #expect(connection.serverVersion >= 140_000)
            #expect(try connection.text("SHOW client_encoding") == "UTF8")
            #expect(try connection.text("SHOW application_name") == "test")
        }
    }
}
