import CLibpq

/// One connection to PostgreSQL, for one thread at a time.
///
/// Every call blocks until PostgreSQL has answered, but no longer than `timeout` of real time: a server that hangs is
/// noticed. After a time-out or a lost connection all calls throw; what was under way then has an unknown outcome.
package final class Connection {
    /// The longest that one round trip may take.
    package var timeout: Duration

    private var handle: OpaquePointer?
    private var isPipelining = false
    /// Statements of the open pipeline.
    private var sentCount = 0

    /// - Parameters:
    ///   - conninfo: a URL or key=value text as libpq reads it; may name several hosts. It overrides the defaults made
    ///     here: a server that takes writes, 3 s a host.
    ///   - applicationName: shown in pg_stat_activity.
    /// - Throws: 08006 with libpq's message, whatever the cause.
    package init(_ conninfo: String, applicationName: String, timeout: Duration) throws(PostgresError) {
        self.timeout = timeout
        // Later ones win: what stands before `dbname` is a default, what stands after it is fixed.
        let options: [(String, String)] = [
            ("target_session_attrs", "read-write"), ("connect_timeout", "3"), ("gssencmode", "disable"),
            ("fallback_application_name", applicationName), ("dbname", conninfo), ("client_encoding", "UTF8"),
        ]
        handle = withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let handle, PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0 else {
            let error = PostgresError.connectionFailure(lastMessage)
            close()
            throw error
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { close() }

    /// Ends the connection; a second time does nothing.
    package func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        isPipelining = false
    }

    /// False once the connection is known to be lost.
    package var isOpen: Bool {
        guard let handle else { return false }
        return PQstatus(handle) == CONNECTION_OK
    }

    /// The process id of the server's side.
    package var backendPID: Int32 { handle.map { PQbackendPID($0) } ?? 0 }

    /// A setting that the server reports by itself, as `server_encoding`.
    package func parameterStatus(_ name: String) -> String? {
        guard let handle, let value = PQparameterStatus(handle, name) else { return nil }
        return String(cString: value)
    }

    /// Major times 10,000 plus minor, as 150018.
    package var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

    /// What another thread may stop the present statement with.
    package func makeCanceller() -> Canceller? {
        guard let handle, let cancel = PQgetCancel(handle) else { return nil }
        return Canceller(cancel)
    }

    // MARK: One statement at a time

    /// Runs one or several statements without parameters, several as one transaction, and returns the last result as
    /// text.
    @discardableResult
    package func execute(_ sql: String) throws(PostgresError) -> QueryResult {
        let handle = try ready()
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        return try lastResult()
    }

    /// Runs one statement and returns its result in binary format.
    @discardableResult
    package func query(_ sql: String, _ parameters: Parameters = Parameters()) throws(PostgresError) -> QueryResult {
        let handle = try ready()
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryParams(handle, sql, count, nil, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
        return try lastResult()
    }

    package func prepare(_ name: String, _ sql: String) throws(PostgresError) {
        let handle = try ready()
        guard PQsendPrepare(handle, name, sql, 0, nil) == 1 else { throw lost() }
        _ = try lastResult()
    }

    /// Runs a prepared statement and returns its result in binary format.
    @discardableResult
    package func execute(prepared name: String, _ parameters: Parameters) throws(PostgresError) -> QueryResult {
        try sendPrepared(name, parameters, to: try ready())
        return try lastResult()
    }

    // MARK: Pipelines

    /// Begins a pipeline: all statements up to `finishPipeline` are one transaction without BEGIN and COMMIT, and one
    /// round trip.
    package func beginPipeline() throws(PostgresError) {
        guard PQenterPipelineMode(try ready()) == 1 else { throw lost() }
        isPipelining = true
        sentCount = 0
    }

    /// Adds a prepared statement to the open pipeline.
    package func send(prepared name: String, _ parameters: Parameters) throws(PostgresError) {
        guard let handle else { throw .connectionFailure("the connection is closed") }
        precondition(isPipelining, "send belongs in a pipeline")
        try sendPrepared(name, parameters, to: handle)
        sentCount += 1
    }

    /// Commits the pipeline.
    ///
    /// - Returns: how many rows each statement changed or returned, in order.
    /// - Throws: the error of the first statement that failed, with its place in `statement` (their number for the
    ///   commit itself); nothing is committed then. After a connection failure the outcome is unknown.
    @discardableResult
    package func finishPipeline() throws(PostgresError) -> [Int] {
        guard let handle else { throw .connectionFailure("the connection is closed") }
        precondition(isPipelining, "finishPipeline belongs to a pipeline")
        isPipelining = false
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        let deadline = ContinuousClock.now + timeout
        try flush(handle, until: deadline)

        var counts: [Int] = []
        counts.reserveCapacity(sentCount)
        var failure: PostgresError?
        var index = 0
        while true {
            guard let result = try nextResult(handle, until: deadline) else {
                index += 1  // The end of one statement's results; after the last one stands the commit.
                precondition(index <= sentCount + 1, "more results than statements")
                continue
            }
            if result.status == PGRES_PIPELINE_SYNC { break }
            if var error = result.error, failure == nil {
                error.statement = index
                failure = error
            }
            counts.append(max(result.rowCount, result.changedRows))
        }
        guard PQexitPipelineMode(handle) == 1 else { throw lost() }
        if let failure { throw failure }
        return counts
    }

    // MARK: COPY

    /// Runs a `COPY … TO STDOUT (FORMAT binary)` and calls `body` with each row; memory does not grow with their number.
    /// The time-out is that of each wait for more.
    package func copyOut(
        _ sql: String, _ body: (inout RowReader) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        let handle = try ready()
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        try flush(handle, until: .now + timeout)
        guard let start = try nextResult(handle, until: .now + timeout) else { throw lost() }
        if let error = start.error {
            while try nextResult(handle, until: .now + timeout) != nil {}
            throw error
        }
        precondition(start.status == PGRES_COPY_OUT, "copyOut is for COPY TO STDOUT")
        var isFirst = true
        while let message = try nextCopyMessage(handle) {
            defer { PQfreemem(message.baseAddress) }
            var reader = ByteReader(bytes: UnsafeRawBufferPointer(message))
            if isFirst { reader.skipCopyHeader() }
            isFirst = false
            if reader.isAtCopyTrailer { continue }
            var row = RowReader(copied: reader)
            try body(&row)
        }
        _ = try lastResult()
    }

    private func nextCopyMessage(
        _ handle: OpaquePointer
    ) throws(PostgresError) -> UnsafeMutableBufferPointer<CChar>? {
        var buffer: UnsafeMutablePointer<CChar>?
        var length = PQgetCopyData(handle, &buffer, 1)
        if length == 0 {
            let deadline = ContinuousClock.now + timeout
            repeat {
                try wait(handle, for: .reading, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
                length = PQgetCopyData(handle, &buffer, 1)
            } while length == 0
        }
        if length == -2 { throw lost() }
        return length < 0 ? nil : UnsafeMutableBufferPointer(start: buffer, count: Int(length))
    }

    // MARK: Waiting

    private func ready() throws(PostgresError) -> OpaquePointer {
        precondition(!isPipelining, "a pipeline is open")
        guard let handle else { throw .connectionFailure("the connection is closed") }
        return handle
    }

    private func sendPrepared(
        _ name: String, _ parameters: Parameters, to handle: OpaquePointer
    ) throws(PostgresError) {
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    /// Waits for all results of what was sent and returns the last one, or throws the first error.
    private func lastResult() throws(PostgresError) -> QueryResult {
        guard let handle else { throw .connectionFailure("the connection is closed") }
        let deadline = ContinuousClock.now + timeout
        try flush(handle, until: deadline)
        guard var last = try nextResult(handle, until: deadline) else { throw lost() }
        var failure = last.error
        while let result = try nextResult(handle, until: deadline) {
            if failure == nil { failure = result.error }
            last = result
        }
        if let failure { throw failure }
        return last
    }

    /// nil at the end of one statement's results.
    private func nextResult(
        _ handle: OpaquePointer, until deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> QueryResult? {
        while PQisBusy(handle) != 0 {
            try wait(handle, for: .reading, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        if let result = PQgetResult(handle) {
            let result = QueryResult(result)
            // libpq goes on without end on a dead connection, so its first word is the last.
            if PQstatus(handle) != CONNECTION_OK { throw result.error ?? lost() }
            return result
        }
        if PQstatus(handle) != CONNECTION_OK { throw lost() }
        return nil
    }

    private func flush(_ handle: OpaquePointer, until deadline: ContinuousClock.Instant) throws(PostgresError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // A server that blocks on its answers reads nothing more: read while writing.
                try wait(handle, for: .readingAndWriting, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    private func wait(
        _ handle: OpaquePointer, for direction: SocketDirection, until deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        if waitForSocket(PQsocket(handle), direction, until: deadline) { return }
        close()
        throw .connectionFailure("PostgreSQL did not answer within \(timeout)")
    }

    /// The connection is of no use any more.
    private func lost() -> PostgresError {
        let error = PostgresError.connectionFailure(lastMessage)
        close()
        return error
    }

    private var lastMessage: String {
        guard let handle else { return "the connection is closed" }
        let message = String(cString: PQerrorMessage(handle)).trimmed
        return message.isEmpty ? "the connection was lost" : message
    }
}
