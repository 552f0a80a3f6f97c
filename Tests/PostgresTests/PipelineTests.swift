import Postgres
import Testing

@Suite struct PipelineTests {
    @Test("a pipeline is one transaction and counts what each statement changed")
    func counts() async throws {
        try await withDatabase { connection, _ throws in
            try connection.prepareTable()
            try connection.beginPipeline()
            for id in 1...3 { try connection.send(prepared: "insert", .id(Int64(id))) }
            try connection.send(prepared: "touch", Parameters())
            try connection.send(prepared: "count", Parameters())
            #expect(try connection.finishPipeline() == [1, 1, 1, 3, 1])
            let xids = try connection.query("SELECT count(DISTINCT xmin::text) FROM t")
            #expect(xids.field(0, 0).int64 == 1)
        }
    }

    @Test("a statement that fails takes the whole pipeline back and is named by its place")
    func abort() async throws {
        try await withDatabase { connection, _ throws in
            try connection.prepareTable()
            try connection.beginPipeline()
            for id in [1, 2, 2, 3] { try connection.send(prepared: "insert", .id(Int64(id))) }
            let error = try #require(failure { try connection.finishPipeline() })
            #expect(error.sqlState == "23505")
            #expect(error.statement == 2)
            #expect(try connection.number("SELECT count(*) FROM t") == 0)

            try connection.beginPipeline()
            try connection.send(prepared: "insert", .id(9))
            try connection.finishPipeline()
            #expect(try connection.number("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("what is refused only at the commit takes the pipeline back too")
    func deferred() async throws {
        try await withDatabase { connection, _ throws in
            try connection.prepareTable()
            try connection.execute("CREATE TABLE p (id bigint PRIMARY KEY)")
            try connection.execute("ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES p DEFERRABLE INITIALLY DEFERRED")
            try connection.beginPipeline()
            try connection.send(prepared: "insert", .id(1))
            let error = try #require(failure { try connection.finishPipeline() })
            #expect(error.sqlState == "23503")
            #expect(error.statement == 1)
            #expect(try connection.number("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("a pipeline larger than all socket buffers does not block itself")
    func large() async throws {
        try await withDatabase { connection, _ throws in
            try connection.prepare("echo", "SELECT repeat($1, 1000)")
            var parameters = Parameters()
            parameters.add(String(repeating: "x", count: 1_000))
            try connection.beginPipeline()
            for _ in 0..<200 { try connection.send(prepared: "echo", parameters) }
            #expect(try connection.finishPipeline().count == 200)
        }
    }

    @Test("a session that ends within a pipeline is a connection failure")
    func lost() async throws {
        try await withDatabase { connection, _ throws in
            try connection.prepareTable()
            try connection.prepare("suicide", "SELECT pg_terminate_backend(pg_backend_pid())")
            try connection.beginPipeline()
            try connection.send(prepared: "insert", .id(1))
            try connection.send(prepared: "suicide", Parameters())
            let error = try #require(failure { try connection.finishPipeline() })
            #expect(error.isTransient)
            #expect(!connection.isOpen)
        }
    }
}

@Suite struct CopyTests {
    @Test("rows come by binary COPY, none, one or many")
    func rows() async throws {
        try await withDatabase { connection, _ throws in
            for count in [0, 1, 10_000] {
                var sum: Int64 = 0
                var nulls = 0
                try connection.copyOut(
                    """
                    COPY (SELECT i::bigint, NULL::text, 'n' || i FROM generate_series(1, \(count)) AS i)
                    TO STDOUT (FORMAT binary)
                    """
                ) { row throws(PostgresError) in
                    let number = row.next().int64
                    sum += number
                    nulls += row.next().isNull ? 1 : 0
                    #expect(row.next().string == "n\(number)")
                }
                #expect(sum == Int64(count * (count + 1) / 2))
                #expect(nulls == count)
            }
        }
    }

    @Test("a COPY that fails, at once or halfway, throws and leaves the connection usable")
    func failures() async throws {
        try await withDatabase { connection, _ throws in
            let nothing = "COPY nothing TO STDOUT (FORMAT binary)"
            #expect(failure { try connection.copyOut(nothing) { _ in } }?.sqlState == "42P01")
            let halfway = "COPY (SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i) TO STDOUT (FORMAT binary)"
            #expect(failure { try connection.copyOut(halfway) { _ in } }?.sqlState == "22012")
            #expect(try connection.number("SELECT 7::bigint") == 7)
        }
    }
}

extension Connection {
    fileprivate func prepareTable() throws {
        try execute("CREATE TABLE t (id bigint PRIMARY KEY)")
        try prepare("insert", "INSERT INTO t VALUES ($1)")
        try prepare("touch", "UPDATE t SET id = id")
        try prepare("count", "SELECT count(*) FROM t")
    }
}

extension Parameters {
    fileprivate static func id(_ value: Int64) -> Parameters {
        var parameters = Parameters()
        parameters.add(value)
        return parameters
    }
}
