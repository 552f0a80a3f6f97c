import LineProtocol
import Postgres
package import Routing

/// All that a start reads back, of one moment: after the epoch was taken, so nothing of an older epoch can follow.
package struct StoredState: Sendable {
    /// The last committed batch; the next one is this plus one.
    package var batch: Int64
    package var recovered: Recovered
    /// In order of `id`, revoked and expired ones too.
    package var tokens: [TokenRow]
    /// In order of `version`; the last is in force.
    package var plans: [PlanRow]
}

/// Reads the stored state in one snapshot.
///
/// Rows come by binary COPY without an order, which costs least, and are put in order here: they mostly stand in it.
struct Recovery {
    /// COPY takes no parameters; the site is a number.
    static func inquiries(of site: Int16) -> String {
        """
        COPY (SELECT \(InquiryDecoder.columns) FROM switchboard.inquiry
              WHERE (state IN ('scheduled', 'waiting', 'offered', 'assigned', 'held') OR wrap_up_ends IS NOT NULL)
                AND id >> 48 = \(site))
        TO STDOUT (FORMAT binary)
        """
    }
    private static let agents = "COPY (SELECT \(AgentDecoder.columns) FROM switchboard.agent) TO STDOUT (FORMAT binary)"
    private static func keys(of site: Int16) -> String {
        """
        COPY (SELECT fingerprint, request, inquiry, at FROM switchboard.inquiry_key
              WHERE at > current_setting('switchboard.keys_after')::timestamptz AND inquiry >> 48 = \(site))
        TO STDOUT (FORMAT binary)
        """
    }
    private static let tokens = "SELECT \(TokenRow.columns) FROM switchboard.token ORDER BY id"
    /// The newest; older ones are in the table only.
    private static let plans = "SELECT \(PlanRow.columns) FROM switchboard.plan ORDER BY version DESC LIMIT 1000"

    let connection: Connection
    let term: LeaseTerm
    let keyWindow: TimeSpan

    func read() throws(StorageError) -> StoredState {
        try storing("begin to read the store") { () throws(PostgresError) in
            // From the first page on, whatever was read last: so rows mostly stand in order.
            try connection.execute(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL synchronize_seqscans = off")
        }
        let (batch, engine) = try readEngine()
        var recovered = Recovered(
            engine: engine, agents: try readAgents(), inquiries: try readInquiries(),
            keys: try readKeys(after: engine.clock - keyWindow),
            days: try FigureReader(connection).days(around: engine.clock))
        try readSurveys(into: &recovered)
        let state = StoredState(
            batch: batch, recovered: recovered, tokens: try readTokens(), plans: try readPlans())
        try storing("end reading the store") { () throws(PostgresError) in try connection.execute("COMMIT") }
        return state
    }

    private func readEngine() throws(StorageError) -> (batch: Int64, engine: EngineRow) {
        var parameters = Parameters()
        parameters.add(term.site)
        let result = try storing("read the engine's row") { () throws(PostgresError) in
            try connection.query(
                "SELECT epoch, batch, \(EngineRow.columns) FROM switchboard.engine WHERE site = $1", parameters)
        }
        guard result.rowCount == 1 else { throw StorageError(.corrupt, "site \(term.site) has no row") }
        var row = result.row(0)
        guard row.next().int64 == term.epoch else {
            throw StorageError(.deposed, "another engine took the lease during the start")
        }
        return (row.next().int64, EngineRow(&row))
    }

    private func readAgents() throws(StorageError) -> [AgentRow] {
        var decoder = AgentDecoder()
        let agents = try copy(Self.agents, "read the agents") { row throws(StorageError) in try decoder.decode(&row) }
        return agents.sorted { $0.number < $1.number }
    }

    private func readInquiries() throws(StorageError) -> [InquiryRow] {
        var decoder = InquiryDecoder()
        let expected = try expectedInquiries()
        var rows = try copy(Self.inquiries(of: term.site), expecting: expected, "read the inquiries") {
            row throws(StorageError) in
            try decoder.decode(&row)
        }
        Self.sort(&rows) { $0.id }
        return rows
    }

    /// How many the planner expects, closed ones with them; none where it does not know. Rows are large, and an array that
    /// grows copies them.
    private func expectedInquiries() throws(StorageError) -> Int {
        let result = try storing("read how many inquiries there are") { () throws(PostgresError) in
            try connection.query(
                """
                SELECT (greatest(c.reltuples, 0) / greatest(c.relpages, 1)
                    * (pg_relation_size(c.oid) / current_setting('block_size')::bigint))::bigint
                FROM pg_class AS c WHERE c.oid = 'switchboard.inquiry'::regclass
                """)
        }
        return Int(clamping: result.field(0, 0).int64)
    }

    private func readKeys(after: Instant) throws(StorageError) -> [KeyRow] {
        var bytes: [UInt8] = []
        WireTime.append(instant: after.microseconds, to: &bytes)
        var parameters = Parameters()
        parameters.add(bytes: bytes)
        try storing("read the keys") { () throws(PostgresError) in
            try connection.query("SELECT set_config('switchboard.keys_after', $1, true)", parameters)
        }
        var rows = try copy(Self.keys(of: term.site), "read the keys") { row throws(StorageError) in
            let fingerprint = row.next().words
            let request = row.next().words
            return KeyRow(
                fingerprint: Digest128(high: fingerprint.high, low: fingerprint.low),
                request: Digest128(high: request.high, low: request.low), inquiry: row.next().int64,
                at: row.nextInstant())
        }
        // Of one moment, the order of the inquiries that they made.
        Self.sort(&rows) { $0.inquiry }
        Self.sort(&rows) { $0.at.microseconds }
        return rows
    }

    /// Nothing, where no plan has asked for surveys.
    private func readSurveys(into recovered: inout Recovered) throws(StorageError) {
        var parameters = Parameters()
        parameters.add(term.site)
        let marks = try storing("read the mark of surveys") { [parameters] () throws(PostgresError) in
            try connection.query(
                "SELECT surveyed_until FROM switchboard.engine WHERE site = $1 AND surveyed_until IS NOT NULL",
                parameters)
        }
        guard marks.rowCount == 1 else { return }
        recovered.hasSurveyMark = true
        var mark = marks.row(0)
        parameters.add(timestamp: mark.next().microseconds)
        let result = try storing("read the surveys to come") { [parameters] () throws(PostgresError) in
            try connection.query(
                """
                SELECT id, closed_at, queue, agent FROM switchboard.all_inquiry
                WHERE state = 'completed' AND closed_at > $2 AND id >> 48 = $1::smallint ORDER BY closed_at, id
                """, parameters)
        }
        var names = NameCache()
        recovered.surveys = (0..<result.rowCount).map { index in
            var row = result.row(index)
            return SurveyRow(
                id: row.next().int64, closedAt: row.nextInstant(), queueName: names.name(row.next().string),
                agentName: names.name(row.next().stringOrEmpty))
        }
    }

    private func readTokens() throws(StorageError) -> [TokenRow] {
        let result = try storing("read the tokens") { () throws(PostgresError) in try connection.query(Self.tokens) }
        return (0..<result.rowCount).map { index in
            var row = result.row(index)
            return TokenRow(&row)
        }
    }

    private func readPlans() throws(StorageError) -> [PlanRow] {
        let result = try storing("read the plan") { () throws(PostgresError) in try connection.query(Self.plans) }
        return (0..<result.rowCount).reversed().map { index in
            var row = result.row(index)
            return PlanRow(&row)
        }
    }

    private func copy<Row>(
        _ sql: String, expecting expected: Int = 0, _ action: String,
        _ decode: (inout RowReader) throws(StorageError) -> Row
    ) throws(StorageError) -> [Row] {
        var rows: [Row] = []
        // A little more, so that it does not grow at the very end.
        rows.reserveCapacity(min(expected + expected / 16, Limits.liveInquiries))
        var fault: StorageError?
        try storing(action) { () throws(PostgresError) in
            try connection.copyOut(sql) { row in
                if fault != nil { return }
                do throws(StorageError) { rows.append(try decode(&row)) } catch { fault = error }
            }
        }
        if let fault { throw fault }
        return rows
    }

    /// O(n) where the rows stand in order already. Rows are large, so it is keys and places that are sorted, and each row
    /// that stands wrongly is moved once, in place; rows of one key keep their order.
    private static func sort<Row>(_ rows: inout [Row], by key: (Row) -> Int64) {
        var places = rows.indices.map { (key: key(rows[$0]), place: $0) }
        if zip(places, places.dropFirst()).allSatisfy({ $0.key <= $1.key }) { return }
        places.sort { ($0.key, $0.place) < ($1.key, $1.place) }
        for first in places.indices {
            // Around a circle: each place gets its row from the next one, and the first row goes along to the last.
            var place = first
            while places[place].place != first {
                let source = places[place].place
                rows.swapAt(place, source)
                places[place].place = place
                place = source
            }
            places[place].place = place
        }
    }
}
