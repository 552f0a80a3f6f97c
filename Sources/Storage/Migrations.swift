// swift-format-ignore-file
// Generated from sql/ by sql/embed.sh; edit the files there and run `make migrations`.

extension Migration {
    /// Every schema file, in order of number.
    static let all: [Migration] = [
        Migration(number: 1, name: "lease", sql: #"""
-- The bootstrap: what the lease and the migrator themselves stand on. It is applied under an advisory lock and without
-- the lease, since it makes the lease; everything after it is applied by the holder of the lease only. A newer binary
-- calls "acquire" before it has migrated anything, so its signature never changes.

CREATE SCHEMA switchboard;
COMMENT ON SCHEMA switchboard IS 'Switchboard: skill-based routing of inquiries to agents.';

CREATE TABLE switchboard.migration (
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    CONSTRAINT migration_pkey PRIMARY KEY (number),
    CONSTRAINT migration_number CHECK (number > 0),
    CONSTRAINT migration_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE switchboard.migration IS 'The schema files that were applied, each once, in order of number.';
COMMENT ON COLUMN switchboard.migration.checksum IS 'SHA-256 of the file''s bytes, in hexadecimal.';

-- Updated by every batch: the fixed-width columns stand first and the pages are kept nearly empty, so each update
-- stays in its page (HOT) and finds the last one's space pruned.
CREATE TABLE switchboard.engine (
    epoch bigint NOT NULL DEFAULT 0,
    batch bigint NOT NULL DEFAULT 0,
    seq bigint NOT NULL DEFAULT 0,
    next_id bigint NOT NULL,
    submitted bigint NOT NULL DEFAULT 0,
    completed bigint NOT NULL DEFAULT 0,
    abandoned bigint NOT NULL DEFAULT 0,
    cancelled bigint NOT NULL DEFAULT 0,
    clock timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    clock_speed double precision NOT NULL,
    site smallint NOT NULL,
    draining boolean NOT NULL DEFAULT false,
    lease_holder text NOT NULL,
    CONSTRAINT engine_pkey PRIMARY KEY (site),
    CONSTRAINT engine_site CHECK (site BETWEEN 0 AND 32767),
    CONSTRAINT engine_next_id CHECK (next_id > 0 AND next_id >> 48 = site),
    CONSTRAINT engine_counts CHECK (epoch >= 0 AND batch >= 0 AND seq >= 0),
    CONSTRAINT engine_totals CHECK (
        completed >= 0 AND abandoned >= 0 AND cancelled >= 0 AND submitted >= completed + abandoned + cancelled
    ),
    CONSTRAINT engine_clock_speed CHECK (clock_speed > 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE switchboard.engine IS 'One row a site: who may write, and the numbers that never go back.';
COMMENT ON COLUMN switchboard.engine.epoch IS 'Rises with every taking of the lease; a batch of an older epoch is refused.';
COMMENT ON COLUMN switchboard.engine.batch IS 'The last committed batch; rises by one.';
COMMENT ON COLUMN switchboard.engine.seq IS 'The last event''s number.';
COMMENT ON COLUMN switchboard.engine.next_id IS 'The id of the next inquiry; the site stands above bit 48.';
COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + live.';
COMMENT ON COLUMN switchboard.engine.clock IS 'The engine''s clock at the last committed batch (virtual where clock_speed is not 1).';
COMMENT ON COLUMN switchboard.engine.clock_speed IS 'How many times faster than real time the engine''s clock runs; fixed by the first start.';
COMMENT ON COLUMN switchboard.engine.draining IS 'Nothing is offered until DRAIN off=true.';
COMMENT ON COLUMN switchboard.engine.lease_until IS 'Until when the holder alone may write, by this server''s clock_timestamp().';
COMMENT ON COLUMN switchboard.engine.lease_holder IS 'The id of the holder''s data folder.';

-- Takes the lease of a site: at once for its present holder (whose data folder is locked, so the old process is dead)
-- and for anybody once it has expired. Makes the site's row at the first start.
CREATE FUNCTION switchboard.acquire(
    p_site smallint, p_holder text, p_lease interval, p_clock timestamptz, p_clock_speed double precision,
    OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    present switchboard.engine;
BEGIN
    INSERT INTO switchboard.engine AS e (site, next_id, clock, clock_speed, lease_holder, lease_until)
    VALUES (p_site, (p_site::bigint << 48) + 1, p_clock, p_clock_speed, p_holder, clock_timestamp())
    ON CONFLICT (site) DO NOTHING;

    SELECT e.* INTO STRICT present FROM switchboard.engine AS e WHERE e.site = p_site FOR UPDATE;
    IF present.clock_speed <> p_clock_speed THEN
        RAISE EXCEPTION 'this database has run at clock speed %, not %', present.clock_speed, p_clock_speed
            USING ERRCODE = 'SB002', HINT = 'Start with the same clock speed, or use another database.';
    END IF;

    granted := present.lease_holder = p_holder OR present.lease_until <= clock_timestamp();
    IF granted THEN
        UPDATE switchboard.engine AS e
        SET epoch = e.epoch + 1, lease_holder = p_holder, lease_until = clock_timestamp() + p_lease
        WHERE e.site = p_site
        RETURNING e.epoch, e.lease_holder, e.lease_until INTO epoch, held_by, held_until;
    ELSE
        epoch := present.epoch;
        held_by := present.lease_holder;
        held_until := present.lease_until;
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.acquire IS 'Takes the lease of a site, or says who holds it and until when. SB002: the database has run at another clock speed.';

-- The first statement of every batch. It alone decides whether a batch may be committed: the lease is only liveness.
CREATE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e
    SET batch = p_batch, seq = p_seq, next_id = p_next_id, clock = p_clock, submitted = p_submitted,
        completed = p_completed, abandoned = p_abandoned, cancelled = p_cancelled, draining = p_draining,
        lease_until = clock_timestamp() + p_lease
    WHERE e.site = p_site AND e.epoch = p_epoch AND e.batch = p_batch - 1;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at batch %s of epoch %s, held by %s.', e.batch, e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.fence IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e SET lease_until = clock_timestamp() + p_lease
    WHERE e.site = p_site AND e.epoch = p_epoch;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'epoch % of site % is over', p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at epoch %s, held by %s.', e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.renew IS 'Prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.release(p_site smallint, p_epoch bigint)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    UPDATE switchboard.engine AS e SET lease_until = clock_timestamp() WHERE e.site = p_site AND e.epoch = p_epoch;
END;
COMMENT ON FUNCTION switchboard.release IS 'Ends the lease of an epoch now, so that a standby need not wait for its expiry.';

"""#),
        Migration(number: 2, name: "state", sql: #"""
-- The present state: rows that a start reads back. Each is written by the batch that changes it.

-- No index but the primary key, and half-empty pages: an inquiry is updated two to four times in its life, and each
-- update stays in its page (HOT). Fixed-width columns stand first, widest first, so nothing is lost to alignment; the
-- texts that never change stand last.
CREATE TABLE switchboard.inquiry (
    id bigint NOT NULL,
    submitted_at timestamptz NOT NULL,
    state_since timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamptz,
    accepted_at timestamptz,
    closed_at timestamptz,
    wrap_up_ends timestamptz,
    excluded_at timestamptz,
    source integer NOT NULL,
    priority integer NOT NULL,
    state text NOT NULL,
    queue text NOT NULL,
    agent text,
    outcome text,
    excluded text[],
    passed text[],
    disposition text,
    channel text NOT NULL,
    skills json,
    key text,
    customer text,
    subject text,
    attrs json,
    CONSTRAINT inquiry_pkey PRIMARY KEY (id),
    CONSTRAINT inquiry_id CHECK (id > 0),
    CONSTRAINT inquiry_priority CHECK (priority BETWEEN -100 AND 100),
    CONSTRAINT inquiry_state CHECK (
        CASE state
            WHEN 'waiting' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL
            WHEN 'offered' THEN agent IS NOT NULL AND offer_expires IS NOT NULL AND closed_at IS NULL
            WHEN 'assigned' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'completed' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NOT NULL AND accepted_at IS NOT NULL
            WHEN 'abandoned' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'cancelled' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            ELSE false
        END
    ),
    CONSTRAINT inquiry_wrap_up CHECK (wrap_up_ends IS NULL OR state = 'completed'),
    CONSTRAINT inquiry_outcome CHECK (outcome IS NULL OR (outcome IN ('resolved', 'unresolved') AND state = 'completed')),
    CONSTRAINT inquiry_passed CHECK (passed IS NULL OR cardinality(passed) BETWEEN 1 AND 64),
    CONSTRAINT inquiry_excluded CHECK (excluded IS NULL OR (excluded_at IS NOT NULL AND cardinality(excluded) BETWEEN 1 AND 64))
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry, live or closed. An absent text is NULL, never empty.';
COMMENT ON COLUMN switchboard.inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';
COMMENT ON COLUMN switchboard.inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';
COMMENT ON COLUMN switchboard.inquiry.state_since IS 'When it came into its state.';
COMMENT ON COLUMN switchboard.inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';
COMMENT ON COLUMN switchboard.inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';
COMMENT ON COLUMN switchboard.inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';
COMMENT ON COLUMN switchboard.inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';
COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned or cancelled.';
COMMENT ON COLUMN switchboard.inquiry.wrap_up_ends IS 'Set while its agent''s slot is in wrap-up.';
COMMENT ON COLUMN switchboard.inquiry.excluded_at IS 'When the last exclusion was made.';
COMMENT ON COLUMN switchboard.inquiry.source IS 'The id of the token that submitted it.';
COMMENT ON COLUMN switchboard.inquiry.priority IS '-100 to 100, higher is more urgent.';
COMMENT ON COLUMN switchboard.inquiry.agent IS 'Offered to, assigned to, or who completed it.';
COMMENT ON COLUMN switchboard.inquiry.excluded IS 'Agents who declined or missed it, oldest first.';
COMMENT ON COLUMN switchboard.inquiry.passed IS 'Agents whose offer of it was withdrawn, oldest first: their late answer is told gone.';
COMMENT ON COLUMN switchboard.inquiry.disposition IS 'Why it was cancelled, or how it was completed; free text.';
COMMENT ON COLUMN switchboard.inquiry.skills IS 'What the request required, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';
COMMENT ON COLUMN switchboard.inquiry.key IS 'The submitter''s idempotency key.';
COMMENT ON COLUMN switchboard.inquiry.customer IS 'Personal data.';
COMMENT ON COLUMN switchboard.inquiry.subject IS 'Personal data.';
COMMENT ON COLUMN switchboard.inquiry.attrs IS 'Personal data: a JSON object, kept as it was submitted (json, so its bytes come back).';

CREATE TABLE switchboard.agent (
    state_since timestamptz NOT NULL,
    idle_since timestamptz NOT NULL,
    number integer NOT NULL,
    capacity integer NOT NULL,
    missed_in_row integer NOT NULL,
    id text NOT NULL,
    state text NOT NULL,
    away_reason text,
    channels_on text[],
    name text,
    team text,
    skills json,
    channels json,
    CONSTRAINT agent_pkey PRIMARY KEY (id),
    CONSTRAINT agent_number_key UNIQUE (number),
    CONSTRAINT agent_number CHECK (number >= 0),
    CONSTRAINT agent_capacity CHECK (capacity BETWEEN 1 AND 10000),
    CONSTRAINT agent_missed_in_row CHECK (missed_in_row >= 0),
    CONSTRAINT agent_state CHECK (state IN ('offline', 'ready', 'away'))
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.agent IS 'One row an agent: what an admin says of it and what it says of itself.';
COMMENT ON COLUMN switchboard.agent.number IS 'Order of creation from 0; the last word between equal agents.';
COMMENT ON COLUMN switchboard.agent.capacity IS 'Points of work at one time, 1 to 10,000.';
COMMENT ON COLUMN switchboard.agent.state_since IS 'By the engine''s clock, as all times of this table.';
COMMENT ON COLUMN switchboard.agent.idle_since IS 'From when its idleness counts where the longest idle is chosen.';
COMMENT ON COLUMN switchboard.agent.missed_in_row IS 'Offers missed since it last accepted one.';
COMMENT ON COLUMN switchboard.agent.channels_on IS 'The channels it takes work on now; NULL for all of its channels.';
COMMENT ON COLUMN switchboard.agent.skills IS '{"billing": 5}: level 1 to 10 by skill; NULL for none.';
COMMENT ON COLUMN switchboard.agent.channels IS '{"voice": 1, "chat": null}: items at one time by channel, null for the plan''s limit; NULL for every channel of the plan.';

CREATE TABLE switchboard.inquiry_key (
    at timestamptz NOT NULL,
    inquiry bigint NOT NULL,
    fingerprint uuid NOT NULL,
    request uuid NOT NULL,
    CONSTRAINT inquiry_key_pkey PRIMARY KEY (fingerprint),
    CONSTRAINT inquiry_key_inquiry CHECK (inquiry > 0)
);
COMMENT ON TABLE switchboard.inquiry_key IS 'Idempotency keys within the key window: which request of which source made which inquiry.';
COMMENT ON COLUMN switchboard.inquiry_key.at IS 'When it was used, by the engine''s clock; older than the key window, it may be used anew.';
COMMENT ON COLUMN switchboard.inquiry_key.fingerprint IS '128-bit digest of source and key.';
COMMENT ON COLUMN switchboard.inquiry_key.request IS '128-bit digest of all fields of the request.';
-- Keys are inserted in order of time, so a range index finds the old ones for next to nothing.
CREATE INDEX inquiry_key_at_idx ON switchboard.inquiry_key USING brin (at) WITH (autosummarize = true);

CREATE TABLE switchboard.token (
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    id integer NOT NULL,
    role text NOT NULL,
    agent text,
    name text,
    teams text[],
    digest bytea NOT NULL,
    CONSTRAINT token_pkey PRIMARY KEY (id),
    CONSTRAINT token_digest_key UNIQUE (digest),
    CONSTRAINT token_id CHECK (id > 0),
    CONSTRAINT token_role CHECK (role IN ('admin', 'supervisor', 'gateway', 'upstream', 'agent')),
    CONSTRAINT token_digest CHECK (length(digest) = 32)
);
COMMENT ON TABLE switchboard.token IS 'Who may connect as what; the secret itself is never stored.';
COMMENT ON COLUMN switchboard.token.id IS 'The source of what is submitted with it; 1 is the first admin.';
COMMENT ON COLUMN switchboard.token.agent IS 'Sessions of this token are bound to this agent.';
COMMENT ON COLUMN switchboard.token.teams IS 'A supervisor sees these teams only; NULL for all.';
COMMENT ON COLUMN switchboard.token.digest IS 'SHA-256 of the secret.';

CREATE TABLE switchboard.plan (
    at timestamptz NOT NULL,
    version integer NOT NULL,
    author text,
    note text,
    body json NOT NULL,
    CONSTRAINT plan_pkey PRIMARY KEY (version),
    CONSTRAINT plan_version CHECK (version > 0)
);
COMMENT ON TABLE switchboard.plan IS 'Every version of the routing plan that was ever published; the highest is in force.';
COMMENT ON COLUMN switchboard.plan.author IS 'The name or id of the token that published it.';
COMMENT ON COLUMN switchboard.plan.body IS 'The whole document, kept as it was published.';

"""#),
        Migration(number: 3, name: "event", sql: #"""
-- The past: what happened, in commit order, written by the same transaction as the rows that it changed.

-- WATCH replays by number, so (site, seq) leads the key; "at" must be in it because the table is cut by it.
CREATE TABLE switchboard.event (
    at timestamptz NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_pkey PRIMARY KEY (site, seq, at),
    CONSTRAINT event_seq CHECK (seq > 0)
) PARTITION BY RANGE (at);
COMMENT ON TABLE switchboard.event IS 'The event log: ids and inputs, no personal data. A month a partition.';
COMMENT ON COLUMN switchboard.event.at IS 'By the engine''s clock.';
COMMENT ON COLUMN switchboard.event.seq IS 'Rises by one in commit order, without gaps, for each site.';
COMMENT ON COLUMN switchboard.event.inquiry IS 'NULL where the event is about no inquiry.';
COMMENT ON COLUMN switchboard.event.details IS 'In the words of the line protocol: times RFC 3339, durations as "1m30s", levels and limits as objects; NULL for nothing.';

CREATE TABLE switchboard.event_default PARTITION OF switchboard.event DEFAULT;
COMMENT ON TABLE switchboard.event_default IS 'Events of months that nobody made a partition for; should be empty.';

-- A partition is filled apart and attached, since attaching lets the writer go on where CREATE ... PARTITION OF would
-- stop it. A month whose events are already in the default partition is left alone with a warning.
CREATE FUNCTION switchboard.make_event_partitions(p_from timestamptz, p_months integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    first_month timestamp := date_trunc('month', p_from AT TIME ZONE 'UTC');
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        month := first_month + make_interval(months => i);
        partition := 'event_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('switchboard.%I', partition)) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE switchboard.%I (LIKE switchboard.event INCLUDING CONSTRAINTS INCLUDING INDEXES)', partition);
            EXECUTE format(
                'ALTER TABLE switchboard.event ATTACH PARTITION switchboard.%I FOR VALUES FROM (%L) TO (%L)',
                partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the default partition already holds events of %', to_char(month, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION switchboard.make_event_partitions IS 'Makes the monthly partitions (UTC) of "event" from the month of p_from on, those that are not there; returns how many.';

"""#),
        Migration(number: 4, name: "lifecycle", sql: #"""
-- What the rest of an inquiry's life needs: schedules, preferred agents, holds, expiry, ratings, paused queues.

-- Columns can only be added behind the texts. All of them may be NULL, so no row is written anew, and one that has none
-- of them is no longer than it was.
ALTER TABLE switchboard.inquiry
    ADD COLUMN decision_seq bigint,
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN scheduled_at timestamptz,
    ADD COLUMN hold_until timestamptz,
    ADD COLUMN hold bigint,
    ADD COLUMN csat smallint,
    ADD COLUMN nps smallint,
    ADD COLUMN preferred text,
    ADD COLUMN prefer json,
    ADD COLUMN comment text,
    DROP CONSTRAINT inquiry_state,
    ADD CONSTRAINT inquiry_state CHECK (
        CASE state
            WHEN 'scheduled' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL AND scheduled_at IS NOT NULL
            WHEN 'waiting' THEN agent IS NULL AND offer_expires IS NULL AND closed_at IS NULL
            WHEN 'offered' THEN agent IS NOT NULL AND offer_expires IS NOT NULL AND closed_at IS NULL
            WHEN 'assigned' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'held' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL
            WHEN 'completed' THEN agent IS NOT NULL AND offer_expires IS NULL AND closed_at IS NOT NULL AND accepted_at IS NOT NULL
            WHEN 'abandoned' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'cancelled' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            WHEN 'expired' THEN offer_expires IS NULL AND closed_at IS NOT NULL
            ELSE false
        END
    ),
    ADD CONSTRAINT inquiry_decision_seq CHECK (decision_seq > 0),
    ADD CONSTRAINT inquiry_hold CHECK (hold >= 0),
    ADD CONSTRAINT inquiry_csat CHECK (csat BETWEEN 1 AND 5),
    ADD CONSTRAINT inquiry_nps CHECK (nps BETWEEN 0 AND 10);
COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';
COMMENT ON COLUMN switchboard.inquiry.decision_seq IS 'The number of the event that gave it to its agent, which says why; NULL before.';
COMMENT ON COLUMN switchboard.inquiry.waiting_since IS 'Since when it has waited in its queue, where that is not queued_at: it changed its queue, or came back from work.';
COMMENT ON COLUMN switchboard.inquiry.scheduled_at IS 'When it enters its queue; set while scheduled.';
COMMENT ON COLUMN switchboard.inquiry.hold_until IS 'Until when it waits for its preferred agent; set once it is in its queue.';
COMMENT ON COLUMN switchboard.inquiry.hold IS 'For how long it waits for its preferred agent, in microseconds, where the request said so.';
COMMENT ON COLUMN switchboard.inquiry.csat IS 'The customer''s satisfaction, 1 to 5.';
COMMENT ON COLUMN switchboard.inquiry.nps IS 'Whether the customer would recommend us, 0 to 10.';
COMMENT ON COLUMN switchboard.inquiry.preferred IS 'The agent whom it is for, while it waits or is offered; NULL for anybody.';
COMMENT ON COLUMN switchboard.inquiry.prefer IS 'What would be nice to have, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';
COMMENT ON COLUMN switchboard.inquiry.comment IS 'Personal data: what the customer said when rating it.';

-- A customer's inquiries, the newest last. Neither column changes while the inquiry lives, so its updates stay in their
-- page (HOT); state, agent and times do change, so they are not here and are read from the rows. By bytes: that is all
-- that equality needs, it is the cheapest to insert into, and no new version of a collation can break it.
CREATE INDEX inquiry_customer_idx ON switchboard.inquiry (customer COLLATE "C", id) WHERE customer IS NOT NULL;

ALTER TABLE switchboard.engine
    ADD COLUMN expired bigint NOT NULL DEFAULT 0,
    ADD COLUMN paused text[],
    DROP CONSTRAINT engine_totals,
    ADD CONSTRAINT engine_totals CHECK (
        completed >= 0 AND abandoned >= 0 AND cancelled >= 0 AND expired >= 0
        AND submitted >= completed + abandoned + cancelled + expired
    ),
    ADD CONSTRAINT engine_paused CHECK (cardinality(paused) >= 1);
COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + expired + live.';
COMMENT ON COLUMN switchboard.engine.completed IS 'Without those that were reopened since.';
COMMENT ON COLUMN switchboard.engine.expired IS 'Inquiries that waited for as long as the plan lets anything wait.';
COMMENT ON COLUMN switchboard.engine.paused IS 'The queues that are paused, in the order of the plan; NULL for none.';

-- The first statement of every batch. It alone decides whether a batch may be committed: the lease is only liveness.
-- The comparison spares a long list of paused queues, which is stored apart from the row, from being stored anew.
CREATE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint,
    p_draining boolean, p_paused text[], p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE switchboard.engine AS e
    SET batch = p_batch, seq = p_seq, next_id = p_next_id, clock = p_clock, submitted = p_submitted,
        completed = p_completed, abandoned = p_abandoned, cancelled = p_cancelled, expired = p_expired,
        draining = p_draining, paused = CASE WHEN e.paused = p_paused THEN e.paused ELSE p_paused END,
        lease_until = clock_timestamp() + p_lease
    WHERE e.site = p_site AND e.epoch = p_epoch AND e.batch = p_batch - 1;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at batch %s of epoch %s, held by %s.', e.batch, e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.fence(
    smallint, bigint, bigint, bigint, bigint, timestamptz, bigint, bigint, bigint, bigint, bigint, boolean, text[], interval
) IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

-- What a daemon of the version before calls. Whoever applied this file has taken the lease from it, so all that is left
-- to tell it is that it is deposed.
CREATE OR REPLACE FUNCTION switchboard.fence(
    p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamptz,
    p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
        USING ERRCODE = 'SB001', DETAIL = 'A newer version of switchboard has brought the schema up to date.';
END
$$;
COMMENT ON FUNCTION switchboard.fence(
    smallint, bigint, bigint, bigint, bigint, timestamptz, bigint, bigint, bigint, bigint, boolean, interval
) IS 'The fence of an older version: SB001, deposed.';

"""#),
        Migration(number: 5, name: "plan", sql: #"""
-- What rules, queues and steps make of an inquiry. NULL for most: no row is written anew, and one without is no longer.
ALTER TABLE switchboard.inquiry
    ADD COLUMN stay json,
    ADD COLUMN parts text[];
COMMENT ON COLUMN switchboard.inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';
COMMENT ON COLUMN switchboard.inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

"""#),
        Migration(number: 6, name: "clocks", sql: #"""
-- What is promised of an inquiry's way, and the time that it has taken.
ALTER TABLE switchboard.inquiry
    ADD COLUMN policy text,
    ADD COLUMN policy_version integer,
    ADD COLUMN clocks json,
    ADD COLUMN failed text[],
    ADD CONSTRAINT inquiry_policy CHECK ((policy IS NULL) = (policy_version IS NULL)),
    ADD CONSTRAINT inquiry_clocks CHECK (clocks IS NULL OR policy IS NOT NULL);

COMMENT ON COLUMN switchboard.inquiry.policy IS 'The SLA policy that covers it; NULL for none.';
COMMENT ON COLUMN switchboard.inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';
COMMENT ON COLUMN switchboard.inquiry.policy_version IS 'The version of the plan that the policy is of.';
COMMENT ON COLUMN switchboard.inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

"""#),
        Migration(number: 7, name: "closed", sql: #"""
-- Closed inquiries. Once the engine has let go of one, its row moves from "inquiry" into a partition by the month of its
-- end, so that "inquiry" stays as small as what is live, and months that are past keeping can be dropped whole.
--
-- An inquiry has one row, in one of the two tables: it is moved, either way, by one transaction, and whoever moves one
-- holds lock_closed(). A column that is added to "inquiry" is added to "closed_inquiry" in the same place, and the view
-- is replaced.

-- The month must be in the key because the table is cut by it. Rows are seldom changed here: the pages are filled.
CREATE TABLE switchboard.closed_inquiry (
    LIKE switchboard.inquiry INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    CONSTRAINT closed_inquiry_pkey PRIMARY KEY (id, closed_at),
    CONSTRAINT closed_inquiry_ended CHECK (wrap_up_ends IS NULL)
) PARTITION BY RANGE (closed_at);
COMMENT ON TABLE switchboard.closed_inquiry IS 'One row an inquiry that is closed and that the engine holds no more. A month of closed_at a partition.';
-- As of "inquiry": by bytes, the newest last. Keys need no index: "inquiry_key" leads to the id.
CREATE INDEX closed_inquiry_customer_idx ON switchboard.closed_inquiry (customer COLLATE "C", id) WHERE customer IS NOT NULL;

CREATE TABLE switchboard.closed_inquiry_default PARTITION OF switchboard.closed_inquiry DEFAULT;
COMMENT ON TABLE switchboard.closed_inquiry_default IS 'Inquiries of months that nobody made a partition for; should be empty.';

COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry that is live, or closed and not moved to "closed_inquiry" yet. An absent text is NULL, never empty.';

CREATE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;
COMMENT ON VIEW switchboard.all_inquiry IS 'Every inquiry that is kept, live or closed, once: for reports and look-ups.';

-- A partition is filled apart and attached, since attaching lets the writer go on where CREATE ... PARTITION OF would
-- stop it. A month whose rows are already in the default partition is left alone with a warning.
CREATE FUNCTION switchboard.make_partitions(p_parent text, p_from timestamptz, p_months integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    first_month timestamp := date_trunc('month', p_from AT TIME ZONE 'UTC');
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        month := first_month + make_interval(months => i);
        partition := p_parent || '_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('switchboard.%I', partition)) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE switchboard.%I (LIKE switchboard.%I INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                partition, p_parent);
            EXECUTE format(
                'ALTER TABLE switchboard.%I ATTACH PARTITION switchboard.%I FOR VALUES FROM (%L) TO (%L)',
                p_parent, partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the default partition of % already holds rows of %', p_parent, to_char(month, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION switchboard.make_partitions IS 'Makes the monthly partitions (UTC) of "event" or "closed_inquiry" from the month of p_from on, those that are not there; returns how many.';
DROP FUNCTION switchboard.make_event_partitions;

CREATE FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM switchboard.engine AS e WHERE e.site = p_site AND e.epoch = p_epoch) THEN
        RAISE EXCEPTION 'epoch % of site % is over', p_epoch, p_site
            USING ERRCODE = 'SB001', DETAIL = coalesce(
                (SELECT format('The site is at epoch %s, held by %s.', e.epoch, e.lease_holder)
                 FROM switchboard.engine AS e WHERE e.site = p_site),
                'The site has no row.');
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.require_epoch IS 'The fence of what is not a batch. SB001: deposed. It takes no lock, so it never holds up a batch.';

CREATE FUNCTION switchboard.lock_closed(p_site smallint)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(1937204592, p_site::integer);
END;
COMMENT ON FUNCTION switchboard.lock_closed IS 'To be held, to the end of the transaction, by whoever moves or changes rows of closed inquiries that the engine does not hold. What looks at the rows must be a later statement: it has to see what the holder before did.';

-- Each pair names one closing of one inquiry: one that was reopened and closed again is another pair.
CREATE FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamptz[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month timestamptz;
    moved integer;
BEGIN
    PERFORM switchboard.lock_closed(p_site);
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    FOR month IN
        SELECT DISTINCT date_trunc('month', u.closed_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        FROM unnest(p_closed_at) AS u (closed_at)
    LOOP
        PERFORM switchboard.make_partitions('closed_inquiry', month, 1);
    END LOOP;
    WITH swept AS (
        DELETE FROM switchboard.inquiry AS q USING unnest(p_ids, p_closed_at) AS u (id, closed_at)
        WHERE q.id = u.id AND q.closed_at = u.closed_at AND q.wrap_up_ends IS NULL
        RETURNING q.*
    )
    INSERT INTO switchboard.closed_inquiry SELECT * FROM swept;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END
$$;
COMMENT ON FUNCTION switchboard.sweep IS 'Moves inquiries that were closed then, and are so still, to "closed_inquiry"; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.sweep_slice(
    p_site smallint, p_epoch bigint, p_before timestamptz, p_after bigint, p_limit integer,
    OUT moved integer, OUT last bigint
) LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    times timestamptz[];
BEGIN
    SELECT max(s.id), array_agg(s.id) FILTER (WHERE s.is_over), array_agg(s.closed_at) FILTER (WHERE s.is_over)
    INTO last, ids, times
    FROM (
        SELECT q.id, q.closed_at, q.closed_at < p_before AND q.wrap_up_ends IS NULL AS is_over
        FROM switchboard.inquiry AS q
        WHERE q.id > p_after AND q.id < (p_site::bigint + 1) << 48 ORDER BY q.id LIMIT p_limit
    ) AS s;
    moved := 0;
    IF ids IS NOT NULL THEN
        moved := switchboard.sweep(p_site, p_epoch, ids, times);
    END IF;
END
$$;
COMMENT ON FUNCTION switchboard.sweep_slice IS 'Of the p_limit inquiries after p_after, moves those closed before p_before; says how many and the last one looked at, NULL at the end. SB001: deposed.';

-- Dropping a partition needs the whole table for a moment. Who cannot have it at once gives way: batches queue up behind
-- the one who waits. (DETACH ... CONCURRENTLY is not to be had where there is a default partition.)
CREATE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamptz)
RETURNS text LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
    oldest text;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    SELECT c.relname::text INTO oldest
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('switchboard.%I', p_parent)::regclass
        AND CASE WHEN c.relname::text ~ ('^' || p_parent || '_[0-9]{4}_[0-9]{2}$')
            THEN (to_date(right(c.relname::text, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= p_before
            ELSE false END
    ORDER BY 1 LIMIT 1;
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE switchboard.%I', oldest);
    END IF;
    RETURN oldest;
END
$$;
COMMENT ON FUNCTION switchboard.drop_partition IS 'Drops the oldest monthly partition all of which is before p_before and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

-- Events hold ids only, so these rows are all there is of a person. The key stays: it is the submitter's own name for
-- the request.
CREATE FUNCTION switchboard.forget_customer(
    p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    forgotten integer;
    more integer;
BEGIN
    PERFORM switchboard.lock_closed(p_site);
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    UPDATE switchboard.inquiry AS q SET customer = NULL, subject = NULL, attrs = NULL, comment = NULL
    WHERE q.id = ANY (ARRAY(
        SELECT o.id FROM switchboard.inquiry AS o
        WHERE o.customer = p_customer COLLATE "C" AND o.id >= p_site::bigint << 48 AND o.id < p_before
        ORDER BY o.id LIMIT p_limit));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    IF forgotten < p_limit THEN
        UPDATE switchboard.closed_inquiry AS q SET customer = NULL, subject = NULL, attrs = NULL, comment = NULL
        WHERE q.id = ANY (ARRAY(
            SELECT o.id FROM switchboard.closed_inquiry AS o
            WHERE o.customer = p_customer COLLATE "C" AND o.id >= p_site::bigint << 48 AND o.id < p_before
            ORDER BY o.id LIMIT p_limit - forgotten));
        GET DIAGNOSTICS more = ROW_COUNT;
        forgotten := forgotten + more;
    END IF;
    RETURN forgotten;
END
$$;
COMMENT ON FUNCTION switchboard.forget_customer IS 'Nulls the personal data of at most p_limit of a customer''s inquiries with ids before p_before, in both tables; returns how many. SB001: deposed.';

"""#),
        Migration(number: 8, name: "figures", sql: #"""
-- Figures that people steer by (docs/figures.md). They are added up by the batch that holds what they count, in its own
-- transaction, so a crash neither loses nor doubles one; and they outlive events and closed inquiries.
--
-- Rows of "figure" are updated by almost every batch while their quarter of an hour lasts: no index but the primary key,
-- and half-empty pages, so that each update stays in its page (HOT).

ALTER TABLE switchboard.inquiry
    ADD COLUMN responded boolean NOT NULL DEFAULT false,
    ADD COLUMN reopened boolean NOT NULL DEFAULT false;
ALTER TABLE switchboard.closed_inquiry
    ADD COLUMN responded boolean NOT NULL DEFAULT false,
    ADD COLUMN reopened boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN switchboard.inquiry.responded IS 'It has had its first response since it came, or came back from its end.';
COMMENT ON COLUMN switchboard.closed_inquiry.responded IS 'It has had its first response since it came, or came back from its end.';
COMMENT ON COLUMN switchboard.inquiry.reopened IS 'It has come back from its end.';
COMMENT ON COLUMN switchboard.closed_inquiry.reopened IS 'It has come back from its end.';
UPDATE switchboard.inquiry SET responded = true WHERE clocks->>'responded' = '1';
CREATE OR REPLACE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;

ALTER TABLE switchboard.agent
    ADD COLUMN activity text NOT NULL DEFAULT 'none',
    ADD COLUMN activity_since timestamptz NOT NULL DEFAULT '1970-01-01 00:00Z',
    ADD COLUMN tally json,
    ADD CONSTRAINT agent_activity CHECK (activity IN ('none', 'idle', 'busy', 'wrap_up', 'away'));
COMMENT ON COLUMN switchboard.agent.activity IS 'What its time is counted as. idle: ready without work; busy: with assigned work; wrap_up: with nothing but wrap-ups; none: signed off, or without a session and work.';
COMMENT ON COLUMN switchboard.agent.activity_since IS 'Since when; "tally" counts what was before.';
COMMENT ON COLUMN switchboard.agent.tally IS 'Its row of "agent_figure" to be, of the last quarter of an hour in which anything was counted: {"at": microseconds since 1970, "day": days since 1970, "idle": microseconds, …}; NULL for nothing yet.';

ALTER TABLE switchboard.engine ADD COLUMN surveyed_until timestamptz;
COMMENT ON COLUMN switchboard.engine.surveyed_until IS 'What was completed up to then has had its survey_due, or needs none; NULL while the plan asks for no surveys.';

CREATE TABLE switchboard.figure (
    at timestamptz NOT NULL,
    entered bigint NOT NULL,
    offered bigint NOT NULL,
    accepted bigint NOT NULL,
    accepted_in_target bigint NOT NULL,
    abandoned bigint NOT NULL,
    abandoned_after_target bigint NOT NULL,
    abandoned_short bigint NOT NULL,
    expired bigint NOT NULL,
    cancelled bigint NOT NULL,
    declined bigint NOT NULL,
    missed bigint NOT NULL,
    completed bigint NOT NULL,
    reopened bigint NOT NULL,
    responded bigint NOT NULL,
    csat_rated bigint NOT NULL,
    csat_good bigint NOT NULL,
    nps_rated bigint NOT NULL,
    nps_promoters bigint NOT NULL,
    nps_detractors bigint NOT NULL,
    waited bigint NOT NULL,
    waited_late bigint NOT NULL,
    waited_longest bigint NOT NULL,
    response_took bigint NOT NULL,
    handled bigint NOT NULL,
    wrap_up_took bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    CONSTRAINT figure_pkey PRIMARY KEY (day, at, queue, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.figure IS 'What happened in a quarter of an hour in one queue on one channel. Each thing counts where and when it happened: an inquiry that is moved is accepted where it is then.';
COMMENT ON COLUMN switchboard.figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.figure.channel IS 'The channel.';
COMMENT ON COLUMN switchboard.figure.entered IS 'Came into the queue: submitted, due, moved there, or reopened.';
COMMENT ON COLUMN switchboard.figure.offered IS 'Offers made.';
COMMENT ON COLUMN switchboard.figure.accepted IS 'Taken by an agent: an offer accepted, or assigned without one.';
COMMENT ON COLUMN switchboard.figure.accepted_in_target IS 'Of the accepted, those that had waited no longer than the target of their queue, or else of their channel, as the plan had it then.';
COMMENT ON COLUMN switchboard.figure.abandoned IS 'The customer left before an agent took it.';
COMMENT ON COLUMN switchboard.figure.abandoned_after_target IS 'Of the abandoned, those that had waited longer than the target.';
COMMENT ON COLUMN switchboard.figure.abandoned_short IS 'Of the abandoned, those that had waited less than 5 s.';
COMMENT ON COLUMN switchboard.figure.expired IS 'Ended by waiting too long: max_age, or a step.';
COMMENT ON COLUMN switchboard.figure.cancelled IS 'Taken back by whoever submitted it.';
COMMENT ON COLUMN switchboard.figure.declined IS 'Offers that an agent declined.';
COMMENT ON COLUMN switchboard.figure.missed IS 'Offers that ran out.';
COMMENT ON COLUMN switchboard.figure.completed IS 'Completed by an agent. One that is reopened and completed again counts again.';
COMMENT ON COLUMN switchboard.figure.reopened IS 'Completed ones that a customer''s message brought back.';
COMMENT ON COLUMN switchboard.figure.responded IS 'Had their first response: acceptance where the channel is live, else the agent''s first message. Once a cycle.';
COMMENT ON COLUMN switchboard.figure.csat_rated IS 'Inquiries with a CSAT mark; a later mark of the same inquiry takes the earlier one back.';
COMMENT ON COLUMN switchboard.figure.csat_good IS 'Of these, marks of 4 and 5.';
COMMENT ON COLUMN switchboard.figure.nps_rated IS 'Inquiries with an NPS mark; a later mark takes the earlier one back.';
COMMENT ON COLUMN switchboard.figure.nps_promoters IS 'Of these, marks of 9 and 10.';
COMMENT ON COLUMN switchboard.figure.nps_detractors IS 'Of these, marks of 0 to 6.';
COMMENT ON COLUMN switchboard.figure.waited IS 'Microseconds from "queued" to acceptance, of the accepted.';
COMMENT ON COLUMN switchboard.figure.waited_late IS 'Microseconds of these beyond the target.';
COMMENT ON COLUMN switchboard.figure.waited_longest IS 'Microseconds of the longest of these waits.';
COMMENT ON COLUMN switchboard.figure.response_took IS 'Microseconds from "queued" to the first response.';
COMMENT ON COLUMN switchboard.figure.handled IS 'Microseconds from acceptance to completion, held time with it, of the completed.';
COMMENT ON COLUMN switchboard.figure.wrap_up_took IS 'Microseconds from completion to the end of the wrap-up.';

CREATE TABLE switchboard.promise_figure (
    at timestamptz NOT NULL,
    met bigint NOT NULL,
    breached bigint NOT NULL,
    late bigint NOT NULL,
    lateness bigint NOT NULL,
    longest bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    policy text NOT NULL,
    metric text NOT NULL,
    CONSTRAINT promise_figure_pkey PRIMARY KEY (day, at, queue, channel, policy, metric)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.promise_figure IS 'How the promises of SLA policies were kept in a quarter of an hour. One is counted when it is known: met when it is answered in time, breached when its target passes. What ends unanswered before its target counts in neither.';
COMMENT ON COLUMN switchboard.promise_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.promise_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.promise_figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.promise_figure.channel IS 'The channel.';
COMMENT ON COLUMN switchboard.promise_figure.policy IS 'The SLA policy.';
COMMENT ON COLUMN switchboard.promise_figure.metric IS 'What was promised: assign, first_response, next_response or resolution.';
COMMENT ON COLUMN switchboard.promise_figure.met IS 'Answered in time.';
COMMENT ON COLUMN switchboard.promise_figure.breached IS 'Not answered when the target passed.';
COMMENT ON COLUMN switchboard.promise_figure.late IS 'Of the breached, whenever that was, those that were answered now.';
COMMENT ON COLUMN switchboard.promise_figure.lateness IS 'Microseconds by which these were late, by the policy''s calendar.';
COMMENT ON COLUMN switchboard.promise_figure.longest IS 'Microseconds that the slowest of all that were answered now took, by the policy''s calendar.';

CREATE TABLE switchboard.span_figure (
    n bigint NOT NULL,
    day date NOT NULL,
    bucket smallint NOT NULL,
    queue text NOT NULL,
    channel text NOT NULL,
    span text NOT NULL,
    CONSTRAINT span_figure_pkey PRIMARY KEY (day, queue, channel, span, bucket)
) WITH (fillfactor = 50);
COMMENT ON TABLE switchboard.span_figure IS 'Histograms of a day: how many spans fell into which bucket. Those of several queues or days add up, and percentiles are told of the sum. Of the day and not of the quarter, since in a quarter few buckets hold more than one.';
COMMENT ON COLUMN switchboard.span_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.span_figure.queue IS 'The queue.';
COMMENT ON COLUMN switchboard.span_figure.channel IS 'The channel.';
COMMENT ON COLUMN switchboard.span_figure.n IS 'How many.';
COMMENT ON COLUMN switchboard.span_figure.span IS 'wait: of the accepted, from "queued"; response: to the first response; handle: from acceptance to completion, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';
COMMENT ON COLUMN switchboard.span_figure.bucket IS 'A millisecond each up to 64 ms, then 32 for each doubling; span_of() tells its middle, which is wrong by 1.6% at most.';

CREATE TABLE switchboard.agent_figure (
    at timestamptz NOT NULL,
    idle bigint NOT NULL,
    busy bigint NOT NULL,
    wrap_up bigint NOT NULL,
    away bigint NOT NULL,
    handled bigint NOT NULL,
    wrap_up_took bigint NOT NULL,
    accepted integer NOT NULL,
    assigned integer NOT NULL,
    declined integer NOT NULL,
    missed integer NOT NULL,
    completed integer NOT NULL,
    day date NOT NULL,
    agent text NOT NULL,
    CONSTRAINT agent_figure_pkey PRIMARY KEY (day, at, agent)
);
COMMENT ON TABLE switchboard.agent_figure IS 'What an agent did in a quarter of an hour that is over. The quarter under way is agent.tally; all_agent_figure has both.';
COMMENT ON COLUMN switchboard.agent_figure.at IS 'The start of the quarter of an hour, by the engine''s clock.';
COMMENT ON COLUMN switchboard.agent_figure.day IS 'The day in the plan''s defaults.timezone, as it was then.';
COMMENT ON COLUMN switchboard.agent_figure.agent IS 'The agent''s id.';
COMMENT ON COLUMN switchboard.agent_figure.idle IS 'Microseconds ready and without work.';
COMMENT ON COLUMN switchboard.agent_figure.busy IS 'Microseconds with assigned work, or held work that takes room, however many.';
COMMENT ON COLUMN switchboard.agent_figure.wrap_up IS 'Microseconds with nothing but wrap-ups.';
COMMENT ON COLUMN switchboard.agent_figure.away IS 'Microseconds away, and without work.';
COMMENT ON COLUMN switchboard.agent_figure.handled IS 'Microseconds from acceptance to completion, of what was completed: work side by side counts side by side.';
COMMENT ON COLUMN switchboard.agent_figure.wrap_up_took IS 'Microseconds of the wrap-ups that ended.';
COMMENT ON COLUMN switchboard.agent_figure.accepted IS 'Offers accepted.';
COMMENT ON COLUMN switchboard.agent_figure.assigned IS 'Taken without an offer.';
COMMENT ON COLUMN switchboard.agent_figure.declined IS 'Offers declined.';
COMMENT ON COLUMN switchboard.agent_figure.missed IS 'Offers that ran out.';
COMMENT ON COLUMN switchboard.agent_figure.completed IS 'Completed inquiries; one that is reopened and completed again counts again.';

-- What reports are made of.

CREATE FUNCTION switchboard.span_of(p_bucket smallint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN p_bucket < 64 THEN p_bucket::bigint * 1000
    ELSE (((p_bucket % 32) + 32)::bigint << (p_bucket / 32 - 1)) * 1000 + (1000::bigint << (p_bucket / 32 - 1)) / 2
END;
COMMENT ON FUNCTION switchboard.span_of IS 'The middle of a bucket of span_figure, in microseconds.';

-- These two are in every report, and not PARALLEL SAFE, so that a report takes one processor and leaves the others to
-- those who work: with parallel workers reports are no faster, and the batches meanwhile take twice as long.
CREATE FUNCTION switchboard.seconds(p_microseconds numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN round(p_microseconds / 1000000, 3);
COMMENT ON FUNCTION switchboard.seconds IS 'Microseconds as seconds, to the millisecond.';

CREATE FUNCTION switchboard.share(p_part numeric, p_whole numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN round(p_part / nullif(p_whole, 0), 4);
COMMENT ON FUNCTION switchboard.share IS 'A part of a whole, 0 to 1, to four decimals; NULL of nothing.';

-- Rising buckets come from the window above them: whoever sorts for it need not sort again.
CREATE FUNCTION switchboard.bucket_at(p_share numeric, p_n bigint, p_buckets smallint[], p_uptos bigint[])
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN p_buckets[1 + width_bucket(ceil(p_n * p_share)::bigint - 1, p_uptos)];
COMMENT ON FUNCTION switchboard.bucket_at IS 'The percentile of a histogram by nearest rank: the first of the rising buckets up to which, it included, at least that share of all n lies.';

CREATE VIEW switchboard.open_span AS
    WITH scope AS (
        SELECT day, queue, channel, span, bucket, n FROM switchboard.span_figure
        UNION ALL
        SELECT day, queue, NULL, span, bucket, sum(n)::bigint
        FROM switchboard.span_figure GROUP BY day, queue, span, bucket
        UNION ALL
        SELECT day, NULL, NULL, span, bucket, sum(n)::bigint FROM switchboard.span_figure GROUP BY day, span, bucket
    ), running AS (
        SELECT day, queue, channel, span, bucket,
            (sum(n) OVER (
                PARTITION BY day, queue, channel, span ORDER BY bucket ROWS UNBOUNDED PRECEDING))::bigint AS upto
        FROM scope
    ), histogram AS (
        SELECT day, queue, channel, span, max(upto) AS n, array_agg(bucket) AS buckets, array_agg(upto) AS uptos
        FROM running
        GROUP BY day, queue, channel, span
    )
    SELECT day, queue, channel, span, n,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.50, n, buckets, uptos))) AS p50,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.95, n, buckets, uptos))) AS p95,
        switchboard.seconds(switchboard.span_of(switchboard.bucket_at(0.99, n, buckets, uptos))) AS p99
    FROM histogram;
COMMENT ON VIEW switchboard.open_span IS 'What report_span says, told of the histograms now: work for each bucket of each day that is asked for.';

CREATE FUNCTION switchboard.plan_timezone()
RETURNS text LANGUAGE sql STABLE
RETURN coalesce(
    (SELECT p.body->'defaults'->>'timezone' FROM switchboard.plan AS p ORDER BY p.version DESC LIMIT 1), 'UTC');
COMMENT ON FUNCTION switchboard.plan_timezone IS 'defaults.timezone of the plan in force.';

-- A day that is over is told once and kept: a month of histograms is a million rows, of percentiles a hundredth of that;
-- and first contact resolution outlives the inquiries.
CREATE TABLE switchboard.report_kept (
    until timestamptz NOT NULL,
    day date NOT NULL,
    report text NOT NULL,
    CONSTRAINT report_kept_pkey PRIMARY KEY (report),
    CONSTRAINT report_kept_report CHECK (report IN ('span', 'resolution'))
);
COMMENT ON TABLE switchboard.report_kept IS 'How far a report is kept as rows (keep_spans, keep_resolution).';
COMMENT ON COLUMN switchboard.report_kept.day IS 'The last day of which it is kept whole.';
COMMENT ON COLUMN switchboard.report_kept.until IS 'Where what is kept ends; of resolution, that of a part of the next day too.';

CREATE TABLE switchboard.span_day (
    n bigint NOT NULL,
    day date NOT NULL,
    queue text,
    channel text,
    span text NOT NULL,
    p50 numeric NOT NULL,
    p95 numeric NOT NULL,
    p99 numeric NOT NULL
);
-- Not a key: queue and channel may be NULL.
CREATE INDEX span_day_day_idx ON switchboard.span_day (day);
COMMENT ON TABLE switchboard.span_day IS 'Rows of report_span of days that are kept.';

CREATE TABLE switchboard.resolution_day (
    completed bigint NOT NULL,
    resolved_at_once bigint NOT NULL,
    day date NOT NULL,
    queue text NOT NULL,
    CONSTRAINT resolution_day_pkey PRIMARY KEY (day, queue)
);
COMMENT ON TABLE switchboard.resolution_day IS 'Rows of report_resolution, and of the day that is being counted.';

-- The upper bound lets the planner take the index: of what has no end it expects a third of the table.
CREATE VIEW switchboard.report_span AS
    SELECT day, queue, channel, span, n, p50, p95, p99 FROM switchboard.span_day
    UNION ALL
    SELECT day, queue, channel, span, n, p50, p95, p99 FROM switchboard.open_span
    WHERE day > coalesce((SELECT k.day FROM switchboard.report_kept AS k WHERE k.report = 'span'), '-infinity')
        AND day <= coalesce((SELECT max(f.day) FROM switchboard.span_figure AS f), 'infinity');
COMMENT ON VIEW switchboard.report_span IS 'Percentiles of a day in seconds, by nearest rank, to 1.6%. Rows without a channel are of all channels of the queue, those without a queue of everything.';
COMMENT ON COLUMN switchboard.report_span.p50 IS 'Median, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_span.p95 IS '95th percentile, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_span.p99 IS '99th percentile, in seconds, to 1.6%.';

CREATE VIEW switchboard.report_interval AS
    SELECT f.at, f.day, f.queue, f.channel,
        f.entered, f.offered, f.accepted, f.accepted_in_target, f.abandoned, f.abandoned_after_target,
        f.abandoned_short, f.expired, f.cancelled, f.declined, f.missed, f.completed, f.reopened, f.responded,
        f.csat_rated, f.nps_rated,
        switchboard.share(f.accepted_in_target, f.accepted + f.abandoned_after_target) AS service_level,
        switchboard.share(f.accepted_in_target, f.accepted) AS service_level_of_accepted,
        switchboard.share(f.accepted_in_target, f.entered) AS service_level_of_entered,
        switchboard.share(f.abandoned, f.accepted + f.abandoned) AS abandonment,
        switchboard.share(f.missed, f.offered) AS rona,
        switchboard.seconds(f.waited / nullif(f.accepted, 0)) AS asa,
        switchboard.seconds(f.waited_late / nullif(f.accepted - f.accepted_in_target, 0)) AS late,
        switchboard.seconds(f.waited_longest) AS longest,
        switchboard.seconds(f.response_took / nullif(f.responded, 0)) AS frt,
        switchboard.seconds((f.handled + f.wrap_up_took) / nullif(f.completed, 0)) AS aht,
        switchboard.seconds(f.wrap_up_took / nullif(f.completed, 0)) AS acw,
        switchboard.share(f.csat_good, f.csat_rated) AS csat,
        switchboard.share(f.nps_promoters - f.nps_detractors, f.nps_rated) AS nps
    FROM switchboard.figure AS f;

CREATE VIEW switchboard.report_queue AS
    WITH scope AS (
        SELECT f.day, s.queue, s.channel,
            sum(f.entered) AS entered, sum(f.offered) AS offered, sum(f.accepted) AS accepted,
            sum(f.accepted_in_target) AS accepted_in_target, sum(f.abandoned) AS abandoned,
            sum(f.abandoned_after_target) AS abandoned_after_target, sum(f.abandoned_short) AS abandoned_short,
            sum(f.expired) AS expired, sum(f.cancelled) AS cancelled, sum(f.declined) AS declined,
            sum(f.missed) AS missed, sum(f.completed) AS completed, sum(f.reopened) AS reopened,
            sum(f.responded) AS responded, sum(f.csat_rated) AS csat_rated, sum(f.csat_good) AS csat_good,
            sum(f.nps_rated) AS nps_rated, sum(f.nps_promoters) AS nps_promoters,
            sum(f.nps_detractors) AS nps_detractors, sum(f.waited) AS waited, sum(f.waited_late) AS waited_late,
            max(f.waited_longest) AS waited_longest, sum(f.response_took) AS response_took, sum(f.handled) AS handled,
            sum(f.wrap_up_took) AS wrap_up_took
        FROM switchboard.figure AS f
        CROSS JOIN LATERAL (VALUES (f.queue, f.channel), (f.queue, NULL), (NULL, NULL)) AS s (queue, channel)
        GROUP BY f.day, s.queue, s.channel
    )
    SELECT s.day, s.queue, s.channel,
        s.entered::bigint AS entered, s.offered::bigint AS offered, s.accepted::bigint AS accepted,
        s.accepted_in_target::bigint AS accepted_in_target, s.abandoned::bigint AS abandoned,
        s.abandoned_after_target::bigint AS abandoned_after_target, s.abandoned_short::bigint AS abandoned_short,
        s.expired::bigint AS expired, s.cancelled::bigint AS cancelled, s.declined::bigint AS declined,
        s.missed::bigint AS missed, s.completed::bigint AS completed, s.reopened::bigint AS reopened,
        s.responded::bigint AS responded, s.csat_rated::bigint AS csat_rated, s.nps_rated::bigint AS nps_rated,
        switchboard.share(s.accepted_in_target, s.accepted + s.abandoned_after_target) AS service_level,
        switchboard.share(s.accepted_in_target, s.accepted) AS service_level_of_accepted,
        switchboard.share(s.accepted_in_target, s.entered) AS service_level_of_entered,
        switchboard.share(s.abandoned, s.accepted + s.abandoned) AS abandonment,
        switchboard.share(s.missed, s.offered) AS rona,
        switchboard.seconds(s.waited / nullif(s.accepted, 0)) AS asa,
        switchboard.seconds(s.waited_late / nullif(s.accepted - s.accepted_in_target, 0)) AS late,
        switchboard.seconds(s.waited_longest) AS longest,
        switchboard.seconds(s.response_took / nullif(s.responded, 0)) AS frt,
        switchboard.seconds((s.handled + s.wrap_up_took) / nullif(s.completed, 0)) AS aht,
        switchboard.seconds(s.wrap_up_took / nullif(s.completed, 0)) AS acw,
        switchboard.share(s.csat_good, s.csat_rated) AS csat,
        switchboard.share(s.nps_promoters - s.nps_detractors, s.nps_rated) AS nps,
        p.p50, p.p95, p.p99, p.frt_p50, p.frt_p95, p.frt_p99, p.handle_p50, p.handle_p95, p.handle_p99
    FROM scope AS s
    LEFT JOIN (
        SELECT day, queue, channel,
            max(p50) FILTER (WHERE span = 'wait') AS p50, max(p95) FILTER (WHERE span = 'wait') AS p95,
            max(p99) FILTER (WHERE span = 'wait') AS p99,
            max(p50) FILTER (WHERE span = 'response') AS frt_p50, max(p95) FILTER (WHERE span = 'response') AS frt_p95,
            max(p99) FILTER (WHERE span = 'response') AS frt_p99,
            max(p50) FILTER (WHERE span = 'handle') AS handle_p50, max(p95) FILTER (WHERE span = 'handle') AS handle_p95,
            max(p99) FILTER (WHERE span = 'handle') AS handle_p99
        FROM switchboard.report_span
        WHERE span IN ('wait', 'response', 'handle')
        GROUP BY day, queue, channel
    ) AS p
        ON p.day = s.day AND coalesce(p.queue, '') = coalesce(s.queue, '')
        AND coalesce(p.channel, '') = coalesce(s.channel, '');

COMMENT ON VIEW switchboard.report_interval IS 'Figures of each quarter of an hour by queue and channel; counts are those of "figure". Percentiles are told of days (report_queue).';
COMMENT ON VIEW switchboard.report_queue IS 'Figures of each day by queue and channel; counts are those of "figure". Rows without a channel are of all channels of the queue, those without a queue of everything.';
COMMENT ON COLUMN switchboard.report_interval.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';
COMMENT ON COLUMN switchboard.report_interval.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';
COMMENT ON COLUMN switchboard.report_interval.service_level_of_entered IS 'Accepted within the target ÷ entered.';
COMMENT ON COLUMN switchboard.report_interval.abandonment IS 'Abandoned ÷ (accepted + abandoned).';
COMMENT ON COLUMN switchboard.report_interval.rona IS 'Offers missed ÷ offers made (redirected on no answer).';
COMMENT ON COLUMN switchboard.report_interval.asa IS 'Average speed of answer: mean wait of the accepted, from "queued", in seconds.';
COMMENT ON COLUMN switchboard.report_interval.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.longest IS 'The longest wait of an accepted one, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.frt IS 'First response time: mean from "queued" to the first response, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark.';
COMMENT ON COLUMN switchboard.report_interval.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';
COMMENT ON COLUMN switchboard.report_queue.service_level IS 'Accepted within the target ÷ (accepted + abandoned after the target).';
COMMENT ON COLUMN switchboard.report_queue.service_level_of_accepted IS 'Accepted within the target ÷ accepted.';
COMMENT ON COLUMN switchboard.report_queue.service_level_of_entered IS 'Accepted within the target ÷ entered.';
COMMENT ON COLUMN switchboard.report_queue.abandonment IS 'Abandoned ÷ (accepted + abandoned).';
COMMENT ON COLUMN switchboard.report_queue.rona IS 'Offers missed ÷ offers made (redirected on no answer).';
COMMENT ON COLUMN switchboard.report_queue.asa IS 'Average speed of answer: mean wait of the accepted, from "queued", in seconds.';
COMMENT ON COLUMN switchboard.report_queue.late IS 'Of the accepted that had waited beyond the target, by how much in the mean, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.longest IS 'The longest wait of an accepted one, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.frt IS 'First response time: mean from "queued" to the first response, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.acw IS 'After-call work: wrap-up ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark.';
COMMENT ON COLUMN switchboard.report_queue.nps IS 'Share of marks 9 and 10 less that of 0 to 6, of inquiries with an NPS mark: −1 to 1.';
COMMENT ON COLUMN switchboard.report_queue.p50 IS 'Median wait of the accepted, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.p95 IS 'Nineteen of twenty accepted ones waited no longer, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.p99 IS '99 of 100 accepted ones waited no longer, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p50 IS '50th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p95 IS '95th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.frt_p99 IS '99th percentile of the time to the first response, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p50 IS '50th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p95 IS '95th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p99 IS '99th percentile of the talk, hold and wrap-up of a completed one, in seconds, to 1.6%.';

CREATE VIEW switchboard.report_sla AS
    WITH promise AS (
        SELECT day, queue, channel, policy, metric,
            sum(met) AS met, sum(breached) AS breached, sum(late) AS late, sum(lateness) AS lateness, max(longest) AS longest
        FROM switchboard.promise_figure
        GROUP BY day, queue, channel, policy, metric
    ), scope AS (
        SELECT d.day, s.queue, s.channel, s.policy, d.metric,
            sum(d.met) AS met, sum(d.breached) AS breached, sum(d.late) AS late, sum(d.lateness) AS lateness,
            max(d.longest) AS longest
        FROM promise AS d
        CROSS JOIN LATERAL (VALUES
            (d.queue, d.channel, d.policy), (d.queue, d.channel, NULL), (d.queue, NULL, NULL),
            (NULL, NULL, d.policy), (NULL, NULL, NULL)
        ) AS s (queue, channel, policy)
        GROUP BY d.day, s.queue, s.channel, s.policy, d.metric
    )
    SELECT s.day, s.queue, s.channel, s.policy, s.metric, s.met::bigint AS met, s.breached::bigint AS breached,
        switchboard.share(s.met, s.met + s.breached) AS attainment,
        s.late::bigint AS late, switchboard.seconds(s.lateness / nullif(s.late, 0)) AS lateness,
        switchboard.seconds(s.longest) AS longest, p.p50, p.p95, p.p99
    FROM scope AS s
    LEFT JOIN switchboard.report_span AS p
        ON s.policy IS NULL AND p.span = s.metric AND p.day = s.day
        AND coalesce(p.queue, '') = coalesce(s.queue, '') AND coalesce(p.channel, '') = coalesce(s.channel, '');
COMMENT ON VIEW switchboard.report_sla IS 'How the promises of SLA policies were kept each day: by queue, channel and policy; and, with NULL where all are meant, by queue and channel, by queue, by policy, and together.';
COMMENT ON COLUMN switchboard.report_sla.attainment IS 'Met ÷ (met + breached), by the day on which it was known.';
COMMENT ON COLUMN switchboard.report_sla.late IS 'Breached ones that were answered on this day.';
COMMENT ON COLUMN switchboard.report_sla.lateness IS 'By how much these were late in the mean, in seconds of the policy''s calendar.';
COMMENT ON COLUMN switchboard.report_sla.longest IS 'What the slowest answer of the day took, in seconds of the policy''s calendar.';
COMMENT ON COLUMN switchboard.report_sla.p50 IS 'Median of what the answers of the day took, to 1.6%; not told of one policy alone.';
COMMENT ON COLUMN switchboard.report_sla.p95 IS '95th percentile of the same.';
COMMENT ON COLUMN switchboard.report_sla.p99 IS '99th percentile of the same.';

CREATE VIEW switchboard.all_agent_figure AS
    SELECT day, at, agent, idle, busy, wrap_up, away, handled, wrap_up_took, accepted, assigned, declined, missed,
        completed
    FROM switchboard.agent_figure
    UNION ALL
    SELECT DATE '1970-01-01' + (a.tally->>'day')::integer,
        TIMESTAMPTZ '1970-01-01 00:00Z' + (a.tally->>'at')::bigint * INTERVAL '1 microsecond', a.id,
        coalesce((a.tally->>'idle')::bigint, 0), coalesce((a.tally->>'busy')::bigint, 0),
        coalesce((a.tally->>'wrap_up')::bigint, 0), coalesce((a.tally->>'away')::bigint, 0),
        coalesce((a.tally->>'handled')::bigint, 0), coalesce((a.tally->>'wrap_up_took')::bigint, 0),
        coalesce((a.tally->>'accepted')::integer, 0), coalesce((a.tally->>'assigned')::integer, 0),
        coalesce((a.tally->>'declined')::integer, 0), coalesce((a.tally->>'missed')::integer, 0),
        coalesce((a.tally->>'completed')::integer, 0)
    FROM switchboard.agent AS a
    WHERE a.tally IS NOT NULL;
COMMENT ON VIEW switchboard.all_agent_figure IS 'What agents did by quarters of an hour, with the one under way: up to the agent''s last change of activity, or the last full quarter.';

CREATE VIEW switchboard.report_agent AS
    SELECT f.day, f.agent,
        switchboard.seconds(sum(f.idle)) AS idle, switchboard.seconds(sum(f.busy)) AS busy,
        switchboard.seconds(sum(f.wrap_up)) AS wrap_up, switchboard.seconds(sum(f.away)) AS away,
        switchboard.share(sum(f.busy + f.wrap_up), sum(f.busy + f.wrap_up + f.idle)) AS occupancy,
        sum(f.accepted)::bigint AS accepted, sum(f.assigned)::bigint AS assigned, sum(f.declined)::bigint AS declined,
        sum(f.missed)::bigint AS missed, sum(f.completed)::bigint AS completed,
        switchboard.share(sum(f.missed), sum(f.accepted + f.declined + f.missed)) AS rona,
        switchboard.seconds(sum(f.handled + f.wrap_up_took) / nullif(sum(f.completed), 0)) AS aht
    FROM switchboard.all_agent_figure AS f
    GROUP BY f.day, f.agent;
COMMENT ON VIEW switchboard.report_agent IS 'What each agent did each day. Today''s goes up to the agent''s last change of activity, or the last full quarter of an hour.';
COMMENT ON COLUMN switchboard.report_agent.idle IS 'Seconds ready and without work.';
COMMENT ON COLUMN switchboard.report_agent.busy IS 'Seconds with assigned work, or held work that takes room.';
COMMENT ON COLUMN switchboard.report_agent.wrap_up IS 'Seconds with nothing but wrap-ups.';
COMMENT ON COLUMN switchboard.report_agent.away IS 'Seconds away, and without work.';
COMMENT ON COLUMN switchboard.report_agent.occupancy IS '(Busy + wrap-up) ÷ (busy + wrap-up + idle).';
COMMENT ON COLUMN switchboard.report_agent.rona IS 'Offers missed ÷ offers that the agent accepted, declined or missed.';
COMMENT ON COLUMN switchboard.report_agent.aht IS 'Average handle time: talk, hold and wrap-up ÷ completed, in seconds; work side by side counts side by side.';

-- The months are filled in the order of closing, so a range index finds a day for next to nothing.
CREATE INDEX closed_inquiry_closed_at_idx ON switchboard.closed_inquiry USING brin (closed_at) WITH (autosummarize = true);

CREATE VIEW switchboard.report_resolution AS
    SELECT r.day, r.queue, r.completed, r.resolved_at_once,
        switchboard.share(r.resolved_at_once, r.completed) AS fcr
    FROM switchboard.resolution_day AS r
    WHERE r.day <= (SELECT k.day FROM switchboard.report_kept AS k WHERE k.report = 'resolution');
COMMENT ON VIEW switchboard.report_resolution IS 'First contact resolution of each day by queue. A day is there when it ended 7 days ago and the upkeep of every five minutes has counted it.';
COMMENT ON COLUMN switchboard.report_resolution.day IS 'The day on which they were completed, in the plan''s defaults.timezone.';
COMMENT ON COLUMN switchboard.report_resolution.queue IS 'The queue in which they were completed.';
COMMENT ON COLUMN switchboard.report_resolution.completed IS 'Completed on that day and not reopened within 7 days.';
COMMENT ON COLUMN switchboard.report_resolution.resolved_at_once IS 'Completed, not as unresolved; never reopened; and no other inquiry of that customer came within 7 days. Without a customer none can have come.';
COMMENT ON COLUMN switchboard.report_resolution.fcr IS 'Resolved at once ÷ completed.';

-- A day is kept when it has been over for two days: a plan with a zone further west puts today back by one.
CREATE FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text := switchboard.plan_timezone();
    today date := (SELECT (min(e.clock) AT TIME ZONE zone)::date FROM switchboard.engine AS e);
    keeping date := coalesce(
        (SELECT k.day + 1 FROM switchboard.report_kept AS k WHERE k.report = 'span'),
        (SELECT min(f.day) FROM switchboard.span_figure AS f));
    slices integer := 0;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    WHILE keeping + 3 <= today AND slices < p_slices LOOP
        INSERT INTO switchboard.span_day (n, day, queue, channel, span, p50, p95, p99)
        SELECT n, day, queue, channel, span, p50, p95, p99 FROM switchboard.open_span WHERE day = keeping;
        INSERT INTO switchboard.report_kept (report, day, until)
        VALUES ('span', keeping, (keeping + 1)::timestamp AT TIME ZONE zone)
        ON CONFLICT (report) DO UPDATE SET day = excluded.day, until = excluded.until;
        keeping := keeping + 1;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;
COMMENT ON FUNCTION switchboard.keep_spans IS 'Keeps the percentiles of at most p_slices more days that are over; returns of how many. SB001: deposed.';

-- By quarters of an hour: each inquiry is a look-up of its customer's later ones. Where a plan has changed the zone, a day
-- begins where the one before it ended.
CREATE FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text := switchboard.plan_timezone();
    clock timestamptz := (SELECT min(e.clock) FROM switchboard.engine AS e);
    keeping date;
    begins timestamptz;
    ends timestamptz;
    day_ends timestamptz;
    slices integer := 0;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    SELECT k.day + 1, k.until INTO keeping, begins FROM switchboard.report_kept AS k WHERE k.report = 'resolution';
    IF NOT FOUND THEN
        SELECT min(f.day) INTO keeping FROM switchboard.figure AS f;
        begins := keeping::timestamp AT TIME ZONE zone;
    END IF;
    WHILE slices < p_slices LOOP
        day_ends := greatest(begins, (keeping + 1)::timestamp AT TIME ZONE zone);
        ends := least(begins + INTERVAL '15 minutes', day_ends);
        EXIT WHEN (ends + INTERVAL '168 hours' <= clock) IS NOT TRUE;
        INSERT INTO switchboard.resolution_day AS r (completed, resolved_at_once, day, queue)
        SELECT count(*), count(*) FILTER (
                WHERE q.outcome IS DISTINCT FROM 'unresolved' AND NOT q.reopened AND NOT EXISTS (
                    SELECT FROM switchboard.all_inquiry AS later
                    WHERE later.customer COLLATE "C" = q.customer AND later.id > q.id
                        AND later.submitted_at < q.closed_at + INTERVAL '168 hours')),
            keeping, q.queue
        FROM switchboard.all_inquiry AS q
        WHERE q.state = 'completed' AND q.closed_at >= begins AND q.closed_at < ends
        GROUP BY q.queue
        ON CONFLICT (day, queue) DO UPDATE SET completed = r.completed + excluded.completed,
            resolved_at_once = r.resolved_at_once + excluded.resolved_at_once;
        IF ends = day_ends THEN keeping := keeping + 1; END IF;
        INSERT INTO switchboard.report_kept (report, day, until) VALUES ('resolution', keeping - 1, ends)
        ON CONFLICT (report) DO UPDATE SET day = excluded.day, until = excluded.until;
        begins := ends;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;
COMMENT ON FUNCTION switchboard.keep_resolution IS 'Counts the first contact resolution of at most p_slices more quarters of an hour that ended 7 days ago or earlier; returns of how many. SB001: deposed.';

-- Counts that a report tells as they were counted mean what they mean there.
DO $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT v.attrelid::regclass AS view, v.attname AS name, d.description
        FROM (VALUES
            ('switchboard.report_interval'::regclass, 'switchboard.figure'::regclass),
            ('switchboard.report_queue', 'switchboard.figure'), ('switchboard.report_sla', 'switchboard.promise_figure'),
            ('switchboard.report_agent', 'switchboard.agent_figure'), ('switchboard.report_span', 'switchboard.span_figure')
        ) AS s (view, source)
        JOIN pg_catalog.pg_attribute AS v ON v.attrelid = s.view
        JOIN pg_catalog.pg_attribute AS c ON c.attrelid = s.source AND c.attname = v.attname
        JOIN pg_catalog.pg_description AS d ON d.objoid = s.source AND d.objsubid = c.attnum
        WHERE v.attnum > 0 AND pg_catalog.col_description(s.view, v.attnum) IS NULL
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', told.view, told.name, told.description);
    END LOOP;
END
$$;

"""#),
        Migration(number: 9, name: "figures_mended", sql: #"""
-- What agents did before they handed an inquiry on is work and no waiting.
ALTER TABLE switchboard.inquiry ADD COLUMN worked bigint, ADD CONSTRAINT inquiry_worked CHECK (worked > 0);
-- Without the constraint, which would look at every row that is kept: they come from "inquiry".
ALTER TABLE switchboard.closed_inquiry ADD COLUMN worked bigint;
COMMENT ON COLUMN switchboard.inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';
COMMENT ON COLUMN switchboard.closed_inquiry.worked IS 'Microseconds that agents had it since queued_at until they handed it on: no waiting. NULL for none.';
CREATE OR REPLACE VIEW switchboard.all_inquiry AS
    SELECT * FROM switchboard.inquiry UNION ALL SELECT * FROM switchboard.closed_inquiry;
COMMENT ON COLUMN switchboard.figure.waited IS 'Microseconds from "queued" to acceptance, of the accepted, without the work of agents who handed it on.';
COMMENT ON COLUMN switchboard.figure.handled IS 'Microseconds from acceptance to completion, or to being handed on (transferred, requeued), held time with it.';
COMMENT ON COLUMN switchboard.agent_figure.handled IS 'Microseconds from acceptance to completion or to being handed on: work side by side counts side by side.';
COMMENT ON COLUMN switchboard.span_figure.span IS 'wait: of the accepted, from "queued", without the work of agents who handed it on; response: to the first response; handle: of the completed, talk and held time of all agents who had it, and the wrap-up; assign, first_response, next_response, resolution: what the clock of that promise had run when it was answered.';

-- What is over is counted once, whoever counts it, and nothing that is still to be counted is dropped.

CREATE FUNCTION switchboard.lock_reports()
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(1937204593);
END;
COMMENT ON FUNCTION switchboard.lock_reports IS 'To be held, to the end of the transaction, by whoever keeps what reports say. What looks at how far they are kept must be a later statement: it has to see what the holder before did.';

-- One row each, also where queue and channel are NULL.
DELETE FROM switchboard.span_day AS later USING switchboard.span_day AS earlier
WHERE later.ctid > earlier.ctid AND (later.day, later.span) = (earlier.day, earlier.span)
    AND later.queue IS NOT DISTINCT FROM earlier.queue AND later.channel IS NOT DISTINCT FROM earlier.channel;
DROP INDEX switchboard.span_day_day_idx;
CREATE UNIQUE INDEX span_day_idx ON switchboard.span_day (day, (coalesce(queue, '')), (coalesce(channel, '')), span);

-- A day is kept when it has been over for two days: a plan with a zone further west puts today back by one.
CREATE OR REPLACE FUNCTION switchboard.keep_spans(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text;
    today date;
    keeping date;
    slices integer := 0;
BEGIN
    PERFORM switchboard.lock_reports();
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    zone := switchboard.plan_timezone();
    today := (SELECT (min(e.clock) AT TIME ZONE zone)::date FROM switchboard.engine AS e);
    keeping := coalesce(
        (SELECT k.day + 1 FROM switchboard.report_kept AS k WHERE k.report = 'span'),
        (SELECT min(f.day) FROM switchboard.span_figure AS f));
    WHILE keeping + 3 <= today AND slices < p_slices LOOP
        INSERT INTO switchboard.span_day (n, day, queue, channel, span, p50, p95, p99)
        SELECT n, day, queue, channel, span, p50, p95, p99 FROM switchboard.open_span WHERE day = keeping;
        INSERT INTO switchboard.report_kept (report, day, until)
        VALUES ('span', keeping, (keeping + 1)::timestamp AT TIME ZONE zone)
        ON CONFLICT (report) DO UPDATE SET day = excluded.day, until = excluded.until;
        keeping := keeping + 1;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;

-- By quarters of an hour: each inquiry is a look-up of its customer's next one. Ids rise with submission, so the next one
-- came first. A quarter is of the day that the figures of its queue say, and a day is over where the figures say so too;
-- PostgreSQL's own idea of a zone's days is asked where they say nothing, with two hours to spare: not all agree on a
-- midnight that comes twice.
CREATE OR REPLACE FUNCTION switchboard.keep_resolution(p_site smallint, p_epoch bigint, p_slices integer)
RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    zone text;
    clock timestamptz;
    begins timestamptz;
    ends timestamptz;
    slices integer := 0;
BEGIN
    PERFORM switchboard.lock_reports();
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    zone := switchboard.plan_timezone();
    clock := (SELECT min(e.clock) FROM switchboard.engine AS e);
    begins := date_bin('15 minutes', coalesce(
        (SELECT k.until FROM switchboard.report_kept AS k WHERE k.report = 'resolution'),
        (SELECT f.at FROM switchboard.figure AS f ORDER BY f.day, f.at LIMIT 1)), 'epoch');
    WHILE slices < p_slices LOOP
        ends := begins + INTERVAL '15 minutes';
        EXIT WHEN (ends + INTERVAL '168 hours' <= clock) IS NOT TRUE;
        INSERT INTO switchboard.resolution_day AS r (completed, resolved_at_once, day, queue)
        SELECT count(*), count(*) FILTER (
                WHERE q.outcome IS DISTINCT FROM 'unresolved' AND NOT q.reopened AND NOT coalesce((
                    SELECT next.submitted_at FROM switchboard.all_inquiry AS next
                    WHERE next.customer COLLATE "C" = q.customer AND next.id > q.id
                    ORDER BY next.customer COLLATE "C", next.id LIMIT 1
                ) < q.closed_at + INTERVAL '168 hours', false)),
            coalesce(d.day, (begins AT TIME ZONE zone)::date) AS day, q.queue
        FROM switchboard.all_inquiry AS q
        LEFT JOIN (
            SELECT f.queue, max(f.day) AS day FROM switchboard.figure AS f
            WHERE f.day BETWEEN (begins AT TIME ZONE 'UTC')::date - 1 AND (begins AT TIME ZONE 'UTC')::date + 1
                AND f.at = begins AND f.completed > 0
            GROUP BY f.queue
        ) AS d ON d.queue = q.queue
        WHERE q.state = 'completed' AND q.closed_at >= begins AND q.closed_at < ends
        GROUP BY coalesce(d.day, (begins AT TIME ZONE zone)::date), q.queue
        ON CONFLICT (day, queue) DO UPDATE SET completed = r.completed + excluded.completed,
            resolved_at_once = r.resolved_at_once + excluded.resolved_at_once;
        INSERT INTO switchboard.report_kept AS k (report, day, until)
        VALUES ('resolution', least(((ends - INTERVAL '2 hours') AT TIME ZONE zone)::date, (
            SELECT min(f.day) FROM switchboard.figure AS f
            WHERE f.day BETWEEN (ends AT TIME ZONE 'UTC')::date - 1 AND (ends AT TIME ZONE 'UTC')::date + 2
                AND f.at >= ends)) - 1, ends)
        ON CONFLICT (report) DO UPDATE SET day = greatest(k.day, excluded.day), until = excluded.until;
        begins := ends;
        slices := slices + 1;
    END LOOP;
    RETURN slices;
END
$$;

-- Dropping a partition needs the whole table for a moment. Who cannot have it at once gives way: batches queue up behind
-- the one who waits. (DETACH ... CONCURRENTLY is not to be had where there is a default partition.)
CREATE OR REPLACE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamptz)
RETURNS text LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
    before timestamptz := p_before;
    oldest text;
BEGIN
    PERFORM switchboard.require_epoch(p_site, p_epoch);
    IF p_parent = 'closed_inquiry' THEN
        before := least(p_before, coalesce(
            (SELECT k.until FROM switchboard.report_kept AS k WHERE k.report = 'resolution'),
            (SELECT f.at FROM switchboard.figure AS f ORDER BY f.day, f.at LIMIT 1)));
    END IF;
    SELECT c.relname::text INTO oldest
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('switchboard.%I', p_parent)::regclass
        AND CASE WHEN c.relname::text ~ ('^' || p_parent || '_[0-9]{4}_[0-9]{2}$')
            THEN (to_date(right(c.relname::text, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before
            ELSE false END
    ORDER BY 1 LIMIT 1;
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE switchboard.%I', oldest);
    END IF;
    RETURN oldest;
END
$$;
COMMENT ON FUNCTION switchboard.drop_partition IS 'Drops the oldest monthly partition all of which is before p_before, and whose closed inquiries have been counted, and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

-- The bounds of a partition are written with their offset from UTC, whatever the database's own style of dates.
ALTER FUNCTION switchboard.make_partitions(text, timestamptz, integer) SET datestyle = 'ISO';

-- A mark that is taken back on another day than it was given leaves less than nothing there.
CREATE OR REPLACE VIEW switchboard.report_interval AS
    SELECT f.at, f.day, f.queue, f.channel,
        f.entered, f.offered, f.accepted, f.accepted_in_target, f.abandoned, f.abandoned_after_target,
        f.abandoned_short, f.expired, f.cancelled, f.declined, f.missed, f.completed, f.reopened, f.responded,
        f.csat_rated, f.nps_rated,
        switchboard.share(f.accepted_in_target, f.accepted + f.abandoned_after_target) AS service_level,
        switchboard.share(f.accepted_in_target, f.accepted) AS service_level_of_accepted,
        switchboard.share(f.accepted_in_target, f.entered) AS service_level_of_entered,
        switchboard.share(f.abandoned, f.accepted + f.abandoned) AS abandonment,
        switchboard.share(f.missed, f.offered) AS rona,
        switchboard.seconds(f.waited / nullif(f.accepted, 0)) AS asa,
        switchboard.seconds(f.waited_late / nullif(f.accepted - f.accepted_in_target, 0)) AS late,
        switchboard.seconds(f.waited_longest) AS longest,
        switchboard.seconds(f.response_took / nullif(f.responded, 0)) AS frt,
        switchboard.seconds((f.handled + f.wrap_up_took) / nullif(f.completed, 0)) AS aht,
        switchboard.seconds(f.wrap_up_took / nullif(f.completed, 0)) AS acw,
        switchboard.share(greatest(0, least(f.csat_good, f.csat_rated)), f.csat_rated) AS csat,
        switchboard.share(
            greatest(-f.nps_rated, least(f.nps_promoters - f.nps_detractors, f.nps_rated)), f.nps_rated) AS nps
    FROM switchboard.figure AS f;

CREATE OR REPLACE VIEW switchboard.report_queue AS
    WITH scope AS (
        SELECT f.day, s.queue, s.channel,
            sum(f.entered) AS entered, sum(f.offered) AS offered, sum(f.accepted) AS accepted,
            sum(f.accepted_in_target) AS accepted_in_target, sum(f.abandoned) AS abandoned,
            sum(f.abandoned_after_target) AS abandoned_after_target, sum(f.abandoned_short) AS abandoned_short,
            sum(f.expired) AS expired, sum(f.cancelled) AS cancelled, sum(f.declined) AS declined,
            sum(f.missed) AS missed, sum(f.completed) AS completed, sum(f.reopened) AS reopened,
            sum(f.responded) AS responded, sum(f.csat_rated) AS csat_rated, sum(f.csat_good) AS csat_good,
            sum(f.nps_rated) AS nps_rated, sum(f.nps_promoters) AS nps_promoters,
            sum(f.nps_detractors) AS nps_detractors, sum(f.waited) AS waited, sum(f.waited_late) AS waited_late,
            max(f.waited_longest) AS waited_longest, sum(f.response_took) AS response_took, sum(f.handled) AS handled,
            sum(f.wrap_up_took) AS wrap_up_took
        FROM switchboard.figure AS f
        CROSS JOIN LATERAL (VALUES (f.queue, f.channel), (f.queue, NULL), (NULL, NULL)) AS s (queue, channel)
        GROUP BY f.day, s.queue, s.channel
    )
    SELECT s.day, s.queue, s.channel,
        s.entered::bigint AS entered, s.offered::bigint AS offered, s.accepted::bigint AS accepted,
        s.accepted_in_target::bigint AS accepted_in_target, s.abandoned::bigint AS abandoned,
        s.abandoned_after_target::bigint AS abandoned_after_target, s.abandoned_short::bigint AS abandoned_short,
        s.expired::bigint AS expired, s.cancelled::bigint AS cancelled, s.declined::bigint AS declined,
        s.missed::bigint AS missed, s.completed::bigint AS completed, s.reopened::bigint AS reopened,
        s.responded::bigint AS responded, s.csat_rated::bigint AS csat_rated, s.nps_rated::bigint AS nps_rated,
        switchboard.share(s.accepted_in_target, s.accepted + s.abandoned_after_target) AS service_level,
        switchboard.share(s.accepted_in_target, s.accepted) AS service_level_of_accepted,
        switchboard.share(s.accepted_in_target, s.entered) AS service_level_of_entered,
        switchboard.share(s.abandoned, s.accepted + s.abandoned) AS abandonment,
        switchboard.share(s.missed, s.offered) AS rona,
        switchboard.seconds(s.waited / nullif(s.accepted, 0)) AS asa,
        switchboard.seconds(s.waited_late / nullif(s.accepted - s.accepted_in_target, 0)) AS late,
        switchboard.seconds(s.waited_longest) AS longest,
        switchboard.seconds(s.response_took / nullif(s.responded, 0)) AS frt,
        switchboard.seconds((s.handled + s.wrap_up_took) / nullif(s.completed, 0)) AS aht,
        switchboard.seconds(s.wrap_up_took / nullif(s.completed, 0)) AS acw,
        switchboard.share(greatest(0, least(s.csat_good, s.csat_rated)), s.csat_rated) AS csat,
        switchboard.share(
            greatest(-s.nps_rated, least(s.nps_promoters - s.nps_detractors, s.nps_rated)), s.nps_rated) AS nps,
        p.p50, p.p95, p.p99, p.frt_p50, p.frt_p95, p.frt_p99, p.handle_p50, p.handle_p95, p.handle_p99
    FROM scope AS s
    LEFT JOIN (
        SELECT day, queue, channel,
            max(p50) FILTER (WHERE span = 'wait') AS p50, max(p95) FILTER (WHERE span = 'wait') AS p95,
            max(p99) FILTER (WHERE span = 'wait') AS p99,
            max(p50) FILTER (WHERE span = 'response') AS frt_p50, max(p95) FILTER (WHERE span = 'response') AS frt_p95,
            max(p99) FILTER (WHERE span = 'response') AS frt_p99,
            max(p50) FILTER (WHERE span = 'handle') AS handle_p50, max(p95) FILTER (WHERE span = 'handle') AS handle_p95,
            max(p99) FILTER (WHERE span = 'handle') AS handle_p99
        FROM switchboard.report_span
        WHERE span IN ('wait', 'response', 'handle')
        GROUP BY day, queue, channel
    ) AS p
        ON p.day = s.day AND coalesce(p.queue, '') = coalesce(s.queue, '')
        AND coalesce(p.channel, '') = coalesce(s.channel, '');

COMMENT ON COLUMN switchboard.report_interval.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another time is taken back.';
COMMENT ON COLUMN switchboard.report_queue.csat IS 'Marks of 4 and 5 ÷ inquiries with a CSAT mark, within 0 and 1 also where a mark of another day is taken back.';
COMMENT ON COLUMN switchboard.report_interval.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.asa IS 'Average speed of answer: mean wait of the accepted, from "queued" without the work of agents who handed it on, in seconds.';
COMMENT ON COLUMN switchboard.report_interval.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_queue.aht IS 'Average handle time: talk, hold and wrap-up, also of agents who handed it on, ÷ completed, in seconds.';
COMMENT ON COLUMN switchboard.report_agent.aht IS 'Average handle time: talk, hold and wrap-up, also of what was handed on, ÷ completed, in seconds; work side by side counts side by side.';
COMMENT ON COLUMN switchboard.report_queue.handle_p50 IS '50th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p95 IS '95th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_queue.handle_p99 IS '99th percentile of the talk, hold and wrap-up of a completed one, of all agents who had it, in seconds, to 1.6%.';
COMMENT ON COLUMN switchboard.report_resolution.day IS 'The day on which they were completed, in the plan''s defaults.timezone, as report_queue has it.';

-- Columns mean what they mean where they come from.
DO $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT v.attrelid::regclass AS view, v.attname AS name, d.description
        FROM (VALUES
            ('switchboard.all_inquiry'::regclass, 'switchboard.inquiry'::regclass),
            ('switchboard.all_agent_figure', 'switchboard.agent_figure'), ('switchboard.open_span', 'switchboard.report_span')
        ) AS s (view, source)
        JOIN pg_catalog.pg_attribute AS v ON v.attrelid = s.view
        JOIN pg_catalog.pg_attribute AS c ON c.attrelid = s.source AND c.attname = v.attname
        JOIN pg_catalog.pg_description AS d ON d.objoid = s.source AND d.objsubid = c.attnum
        WHERE v.attnum > 0 AND pg_catalog.col_description(s.view, v.attnum) IS NULL
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', told.view, told.name, told.description);
    END LOOP;
END
$$;

"""#),
    ]
}
