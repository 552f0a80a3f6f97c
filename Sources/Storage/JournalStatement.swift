import Routing

/// The statements of a batch, in the order in which they are sent. Each is prepared once a connection under its name
/// and sent only when it has rows; the fence always is, and first.
enum JournalStatement: String, CaseIterable {
    case fence
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
    case putTokens
    case putPlans

    /// Whether each row that it is given must be there; else somebody else has changed the tables.
    var needsEveryRow: Bool {
        switch self {
        case .fence: false
        // One that was made and deleted in one batch never was in the store.
        case .deleteAgents: false
        case .insertInquiries, .updateInquiries, .rewriteInquiries, .putAgents, .updateAgents, .putKeys, .insertEvents,
            .putTokens, .putPlans:
            true
        }
    }

    var sql: String {
        switch self {
        case .fence:
            "SELECT switchboard.fence($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        case .insertInquiries:
            """
            INSERT INTO switchboard.inquiry (
                id, state, state_since, queue, priority, queued_at, rank, agent, offer_expires, accepted_at, closed_at,
                wrap_up_ends, disposition, outcome, excluded, excluded_at, passed, decision_seq, waiting_since, stay,
                submitted_at, source, channel, skills, prefer, scheduled_at, preferred, hold, hold_until, csat, nps, comment, key, customer,
                subject, attrs, parts)
            SELECT u.id, u.state, u.state_since, u.queue, u.priority, u.queued_at, u.rank, u.agent, u.offer_expires,
                u.accepted_at, u.closed_at, u.wrap_up_ends, u.disposition, u.outcome, u.excluded::text[], u.excluded_at,
                u.passed::text[], u.decision_seq, u.waiting_since, u.stay,
                u.submitted_at, u.source, u.channel, u.skills, u.prefer,
                u.scheduled_at, u.preferred, u.hold, u.hold_until, u.csat, u.nps, u.comment, u.key, u.customer,
                u.subject, u.attrs, u.parts::text[]
            FROM unnest(
                $1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::timestamptz[], $7::bigint[],
                $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                $14::text[], $15::text[], $16::timestamptz[], $17::text[], $18::bigint[], $19::timestamptz[],
                $20::json[],
                $21::timestamptz[], $22::integer[], $23::text[], $24::json[], $25::json[], $26::timestamptz[], $27::text[], $28::bigint[],
                $29::timestamptz[], $30::smallint[], $31::smallint[], $32::text[], $33::text[], $34::text[],
                $35::text[], $36::json[], $37::text[]
            ) AS u (
                id, state, state_since, queue, priority, queued_at, rank, agent, offer_expires, accepted_at, closed_at,
                wrap_up_ends, disposition, outcome, excluded, excluded_at, passed, decision_seq, waiting_since, stay,
                submitted_at, source, channel, skills, prefer, scheduled_at, preferred, hold, hold_until, csat, nps, comment, key, customer,
                subject, attrs, parts)
            """
        case .updateInquiries:
            """
            UPDATE switchboard.inquiry AS q SET
                state = u.state, state_since = u.state_since, queue = u.queue, priority = u.priority,
                queued_at = u.queued_at, rank = u.rank, agent = u.agent, offer_expires = u.offer_expires,
                accepted_at = u.accepted_at, closed_at = u.closed_at, wrap_up_ends = u.wrap_up_ends,
                disposition = u.disposition, outcome = u.outcome, excluded = u.excluded::text[],
                excluded_at = u.excluded_at, passed = u.passed::text[], decision_seq = u.decision_seq,
                waiting_since = u.waiting_since, stay = u.stay
            FROM unnest(
                $1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::timestamptz[], $7::bigint[],
                $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                $14::text[], $15::text[], $16::timestamptz[], $17::text[], $18::bigint[], $19::timestamptz[], $20::json[]
            ) AS u (
                id, state, state_since, queue, priority, queued_at, rank, agent, offer_expires, accepted_at, closed_at,
                wrap_up_ends, disposition, outcome, excluded, excluded_at, passed, decision_seq, waiting_since, stay)
            WHERE q.id = u.id
            """
        case .rewriteInquiries:
            """
            UPDATE switchboard.inquiry AS q SET
                state = u.state, state_since = u.state_since, queue = u.queue, priority = u.priority,
                queued_at = u.queued_at, rank = u.rank, agent = u.agent, offer_expires = u.offer_expires,
                accepted_at = u.accepted_at, closed_at = u.closed_at, wrap_up_ends = u.wrap_up_ends,
                disposition = u.disposition, outcome = u.outcome, excluded = u.excluded::text[],
                excluded_at = u.excluded_at, passed = u.passed::text[], decision_seq = u.decision_seq,
                waiting_since = u.waiting_since, stay = u.stay, submitted_at = u.submitted_at, source = u.source,
                channel = u.channel, skills = u.skills,
                prefer = u.prefer, scheduled_at = u.scheduled_at, preferred = u.preferred, hold = u.hold,
                hold_until = u.hold_until, csat = u.csat, nps = u.nps, comment = u.comment, key = u.key,
                customer = u.customer, subject = u.subject, attrs = u.attrs, parts = u.parts::text[]
            FROM unnest(
                $1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::timestamptz[], $7::bigint[],
                $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                $14::text[], $15::text[], $16::timestamptz[], $17::text[], $18::bigint[], $19::timestamptz[],
                $20::json[],
                $21::timestamptz[], $22::integer[], $23::text[], $24::json[], $25::json[], $26::timestamptz[], $27::text[], $28::bigint[],
                $29::timestamptz[], $30::smallint[], $31::smallint[], $32::text[], $33::text[], $34::text[],
                $35::text[], $36::json[], $37::text[]
            ) AS u (
                id, state, state_since, queue, priority, queued_at, rank, agent, offer_expires, accepted_at, closed_at,
                wrap_up_ends, disposition, outcome, excluded, excluded_at, passed, decision_seq, waiting_since, stay,
                submitted_at, source, channel, skills, prefer, scheduled_at, preferred, hold, hold_until, csat, nps, comment, key, customer,
                subject, attrs, parts)
            WHERE q.id = u.id
            """
        case .deleteAgents:
            "DELETE FROM switchboard.agent AS a USING unnest($1::text[]) AS u (id) WHERE a.id = u.id"
        case .putAgents:
            """
            INSERT INTO switchboard.agent AS a (
                id, number, state, away_reason, state_since, channels_on, idle_since, missed_in_row, name, team, skills,
                channels, capacity)
            SELECT u.id, u.number, u.state, u.away_reason, u.state_since, u.channels_on::text[], u.idle_since,
                u.missed_in_row, u.name, u.team, u.skills, u.channels, u.capacity
            FROM unnest(
                $1::text[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[],
                $8::integer[], $9::text[], $10::text[], $11::json[], $12::json[], $13::integer[]
            ) AS u (
                id, number, state, away_reason, state_since, channels_on, idle_since, missed_in_row, name, team, skills,
                channels, capacity)
            ON CONFLICT (id) DO UPDATE SET
                number = excluded.number, state = excluded.state, away_reason = excluded.away_reason,
                state_since = excluded.state_since, channels_on = excluded.channels_on,
                idle_since = excluded.idle_since, missed_in_row = excluded.missed_in_row, name = excluded.name,
                team = excluded.team, skills = excluded.skills, channels = excluded.channels,
                capacity = excluded.capacity
            """
        case .updateAgents:
            """
            UPDATE switchboard.agent AS a SET
                state = u.state, away_reason = u.away_reason, state_since = u.state_since,
                channels_on = u.channels_on::text[], idle_since = u.idle_since, missed_in_row = u.missed_in_row
            FROM unnest(
                $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::integer[]
            ) AS u (id, state, away_reason, state_since, channels_on, idle_since, missed_in_row)
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
