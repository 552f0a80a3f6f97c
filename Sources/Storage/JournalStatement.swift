import Routing

/// The statements of a batch, in the order in which they are sent. Each is prepared once a connection under its name
/// and sent only when it has rows; the fence always is, and first.
enum JournalStatement: String, CaseIterable {
    case fence
    /// Only where closed inquiries that had left memory change: they may stand in either table, and the sweeper may be
    /// moving them. They are taken out of wherever they are, and inserted whole.
    case lockClosed
    case takeOutSwept
    case takeOutUnswept
    case insertInquiries
    /// Those whose definition is as it was: the hot path.
    case updateInquiries
    /// Those whose definition changed: every column.
    case rewriteInquiries
    case deleteAgents
    case putAgents
    case updateAgents
    case putKeys
    case insertEvents
    case addFigures
    case addPromiseFigures
    case addSpanFigures
    case addAgentFigures
    case putSurveyMark
    case putTokens
    case putPlans

    /// Whether each row that it is given must be there; else somebody else has changed the tables.
    var needsEveryRow: Bool {
        switch self {
        case .fence: false
        // One that was made and deleted in one batch never was in the store.
        case .deleteAgents: false
        // It stands in one of the two tables, or in neither if its month was dropped.
        case .lockClosed, .takeOutSwept, .takeOutUnswept: false
        // What is of one lane and time becomes one row.
        case .addFigures, .addPromiseFigures, .addSpanFigures, .addAgentFigures: false
        case .insertInquiries, .updateInquiries, .rewriteInquiries, .putAgents, .updateAgents, .putKeys, .insertEvents,
            .putSurveyMark, .putTokens, .putPlans:
            true
        }
    }

    var sql: String {
        switch self {
        case .fence:
            "SELECT switchboard.fence($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        case .lockClosed: "SELECT switchboard.lock_closed($1)"
        case .takeOutSwept:
            "DELETE FROM switchboard.closed_inquiry AS q USING unnest($1::bigint[]) AS u (id) WHERE q.id = u.id"
        case .takeOutUnswept:
            "DELETE FROM switchboard.inquiry AS q USING unnest($1::bigint[]) AS u (id) WHERE q.id = u.id"
        case .insertInquiries:
            """
            INSERT INTO switchboard.inquiry (\(Self.names(InquiryColumn.all)))
            SELECT \(Self.values(InquiryColumn.all)) FROM \(Self.rows(InquiryColumn.all))
            """
        case .updateInquiries: Self.update(InquiryColumn.changing)
        case .rewriteInquiries: Self.update(InquiryColumn.all)
        case .deleteAgents:
            "DELETE FROM switchboard.agent AS a USING unnest($1::text[]) AS u (id) WHERE a.id = u.id"
        case .putAgents:
            """
            INSERT INTO switchboard.agent AS a (
                id, number, state, away_reason, state_since, channels_on, idle_since, missed_in_row, activity,
                activity_since, tally, name, team, skills, channels, capacity)
            SELECT u.id, u.number, u.state, u.away_reason, u.state_since, u.channels_on::text[], u.idle_since,
                u.missed_in_row, u.activity, u.activity_since, u.tally, u.name, u.team, u.skills, u.channels, u.capacity
            FROM unnest(
                $1::text[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[],
                $8::integer[], $9::text[], $10::timestamptz[], $11::json[], $12::text[], $13::text[], $14::json[],
                $15::json[], $16::integer[]
            ) AS u (
                id, number, state, away_reason, state_since, channels_on, idle_since, missed_in_row, activity,
                activity_since, tally, name, team, skills, channels, capacity)
            ON CONFLICT (id) DO UPDATE SET
                number = excluded.number, state = excluded.state, away_reason = excluded.away_reason,
                state_since = excluded.state_since, channels_on = excluded.channels_on,
                idle_since = excluded.idle_since, missed_in_row = excluded.missed_in_row,
                activity = excluded.activity, activity_since = excluded.activity_since, tally = excluded.tally,
                name = excluded.name, team = excluded.team, skills = excluded.skills, channels = excluded.channels,
                capacity = excluded.capacity
            """
        case .updateAgents:
            """
            UPDATE switchboard.agent AS a SET
                state = u.state, away_reason = u.away_reason, state_since = u.state_since,
                channels_on = u.channels_on::text[], idle_since = u.idle_since, missed_in_row = u.missed_in_row,
                activity = u.activity, activity_since = u.activity_since, tally = u.tally
            FROM unnest(
                $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::integer[],
                $8::text[], $9::timestamptz[], $10::json[]
            ) AS u (
                id, state, away_reason, state_since, channels_on, idle_since, missed_in_row, activity, activity_since,
                tally)
            WHERE a.id = u.id
            """
        case .putKeys:
            """
            INSERT INTO switchboard.inquiry_key (fingerprint, request, inquiry, at)
            SELECT u.fingerprint, u.request, u.inquiry, u.at
            FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])
                AS u (fingerprint, request, inquiry, at)
            ON CONFLICT (fingerprint) DO UPDATE SET
                request = excluded.request, inquiry = excluded.inquiry, at = excluded.at
            """
        case .insertEvents:
            """
            INSERT INTO switchboard.event (site, seq, at, type, inquiry, agent, queue, details)
            SELECT $1::smallint, u.seq, u.at, u.type, u.inquiry, u.agent, u.queue, u.details
            FROM unnest(
                $2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::json[]
            ) AS u (seq, at, type, inquiry, agent, queue, details)
            """
        case .addFigures: FigureStatement.figures.sql
        case .addPromiseFigures: FigureStatement.promises.sql
        case .addSpanFigures: FigureStatement.spans.sql
        case .addAgentFigures: FigureStatement.agents.sql
        case .putSurveyMark:
            "UPDATE switchboard.engine AS e SET surveyed_until = $2 WHERE e.site = $1"
        case .putTokens:
            """
            INSERT INTO switchboard.token (id, role, agent, name, teams, digest, created_at, expires_at, revoked_at)
            SELECT u.id, u.role, u.agent, u.name, u.teams::text[], u.digest, u.created_at, u.expires_at, u.revoked_at
            FROM unnest(
                $1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[],
                $8::timestamptz[], $9::timestamptz[]
            ) AS u (id, role, agent, name, teams, digest, created_at, expires_at, revoked_at)
            ON CONFLICT (id) DO UPDATE SET
                role = excluded.role, agent = excluded.agent, name = excluded.name, teams = excluded.teams,
                digest = excluded.digest, created_at = excluded.created_at, expires_at = excluded.expires_at,
                revoked_at = excluded.revoked_at
            """
        case .putPlans:
            """
            INSERT INTO switchboard.plan (version, at, author, note, body)
            SELECT u.version, u.at, u.author, u.note, u.body
            FROM unnest($1::integer[], $2::timestamptz[], $3::text[], $4::text[], $5::json[])
                AS u (version, at, author, note, body)
            """
        }
    }
}

/// A column of `inquiry`: its name, and the type of the array in which its values come.
struct InquiryColumn {
    let name: String
    let type: String
    /// The values are literals of this type, arrays themselves.
    var literal: String?

    /// Those that change while it lives; the first is what a row is found by. In the order of `encodeInquiries`.
    static let changing: [InquiryColumn] = [
        InquiryColumn(name: "id", type: "bigint"), InquiryColumn(name: "state", type: "text"),
        InquiryColumn(name: "state_since", type: "timestamptz"), InquiryColumn(name: "queue", type: "text"),
        InquiryColumn(name: "priority", type: "integer"), InquiryColumn(name: "queued_at", type: "timestamptz"),
        InquiryColumn(name: "rank", type: "bigint"), InquiryColumn(name: "agent", type: "text"),
        InquiryColumn(name: "offer_expires", type: "timestamptz"),
        InquiryColumn(name: "accepted_at", type: "timestamptz"),
        InquiryColumn(name: "closed_at", type: "timestamptz"),
        InquiryColumn(name: "wrap_up_ends", type: "timestamptz"), InquiryColumn(name: "disposition", type: "text"),
        InquiryColumn(name: "outcome", type: "text"), InquiryColumn(name: "excluded", type: "text", literal: "text[]"),
        InquiryColumn(name: "excluded_at", type: "timestamptz"),
        InquiryColumn(name: "passed", type: "text", literal: "text[]"),
        InquiryColumn(name: "decision_seq", type: "bigint"),
        InquiryColumn(name: "waiting_since", type: "timestamptz"), InquiryColumn(name: "stay", type: "json"),
        InquiryColumn(name: "clocks", type: "json"), InquiryColumn(name: "responded", type: "boolean"),
        InquiryColumn(name: "reopened", type: "boolean"), InquiryColumn(name: "worked", type: "bigint"),
    ]

    /// In the order of `encodeDefinitions`.
    private static let definition: [InquiryColumn] = [
        InquiryColumn(name: "submitted_at", type: "timestamptz"), InquiryColumn(name: "source", type: "integer"),
        InquiryColumn(name: "channel", type: "text"), InquiryColumn(name: "skills", type: "json"),
        InquiryColumn(name: "prefer", type: "json"), InquiryColumn(name: "scheduled_at", type: "timestamptz"),
        InquiryColumn(name: "preferred", type: "text"), InquiryColumn(name: "hold", type: "bigint"),
        InquiryColumn(name: "hold_until", type: "timestamptz"), InquiryColumn(name: "csat", type: "smallint"),
        InquiryColumn(name: "nps", type: "smallint"), InquiryColumn(name: "comment", type: "text"),
        InquiryColumn(name: "key", type: "text"), InquiryColumn(name: "customer", type: "text"),
        InquiryColumn(name: "subject", type: "text"), InquiryColumn(name: "attrs", type: "json"),
        InquiryColumn(name: "parts", type: "text", literal: "text[]"), InquiryColumn(name: "policy", type: "text"),
        InquiryColumn(name: "policy_version", type: "integer"),
        InquiryColumn(name: "failed", type: "text", literal: "text[]"),
    ]

    static let all = changing + definition
}

extension JournalStatement {
    private static func names(_ columns: [InquiryColumn]) -> String {
        columns.map(\.name).joined(separator: ", ")
    }

    private static func value(_ column: InquiryColumn) -> String {
        "u.\(column.name)" + (column.literal.map { "::" + $0 } ?? "")
    }

    private static func values(_ columns: [InquiryColumn]) -> String {
        columns.map(value).joined(separator: ", ")
    }

    private static func rows(_ columns: [InquiryColumn]) -> String {
        let arrays = columns.enumerated().map { "$\($0.offset + 1)::\($0.element.type)[]" }
        return "unnest(\(arrays.joined(separator: ", "))) AS u (\(names(columns)))"
    }

    private static func update(_ columns: [InquiryColumn]) -> String {
        let changes = columns.dropFirst().map { "\($0.name) = \(value($0))" }
        return """
            UPDATE switchboard.inquiry AS q SET \(changes.joined(separator: ", "))
            FROM \(rows(columns)) WHERE q.id = u.id
            """
    }
}

/// Statements of the writing connection that are no part of a batch.
enum WriterStatement: String, CaseIterable {
    case renew
    case outcome

    /// A statement prepared on empty, never analysed tables would keep a plan that reads whole tables: the planner is
    /// left only index look-ups.
    static let session = """
        SET search_path = pg_catalog; SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off;
        SET enable_bitmapscan = off; SET jit = off
        """

    var sql: String {
        switch self {
        case .renew: "SELECT switchboard.renew($1, $2, $3)"
        // FOR UPDATE waits for a backend that still works on the batch of a lost connection.
        case .outcome: "SELECT epoch, batch FROM switchboard.engine WHERE site = $1 FOR UPDATE"
        }
    }
}
