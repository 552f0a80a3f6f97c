CREATE SCHEMA switchboard;

COMMENT ON SCHEMA switchboard IS 'Switchboard: skill-based routing of inquiries to agents.';

CREATE FUNCTION switchboard.acquire(p_site smallint, p_holder text, p_lease interval, p_clock timestamp with time zone, p_clock_speed double precision, OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.acquire(p_site smallint, p_holder text, p_lease interval, p_clock timestamp with time zone, p_clock_speed double precision, OUT granted boolean, OUT epoch bigint, OUT held_by text, OUT held_until timestamp with time zone) IS 'Takes the lease of a site, or says who holds it and until when. SB002: the database has run at another clock speed.';

CREATE FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET lock_timeout TO '50ms'
    AS $_$
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
$_$;

COMMENT ON FUNCTION switchboard.drop_partition(p_site smallint, p_epoch bigint, p_parent text, p_before timestamp with time zone) IS 'Drops the oldest monthly partition all of which is before p_before and returns its name, NULL for none. 55P03: somebody was in the way, try again. SB001: deposed.';

CREATE FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'batch % of epoch % is not the next one of site %', p_batch, p_epoch, p_site
        USING ERRCODE = 'SB001', DETAIL = 'A newer version of switchboard has brought the schema up to date.';
END
$$;

COMMENT ON FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_draining boolean, p_lease interval) IS 'The fence of an older version: SB001, deposed.';

CREATE FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint, p_draining boolean, p_paused text[], p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.fence(p_site smallint, p_epoch bigint, p_batch bigint, p_seq bigint, p_next_id bigint, p_clock timestamp with time zone, p_submitted bigint, p_completed bigint, p_abandoned bigint, p_cancelled bigint, p_expired bigint, p_draining boolean, p_paused text[], p_lease interval) IS 'Opens batch n: sets batch = n where epoch is the caller''s and batch = n - 1, and prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.forget_customer(p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.forget_customer(p_site smallint, p_epoch bigint, p_customer text, p_before bigint, p_limit integer) IS 'Nulls the personal data of at most p_limit of a customer''s inquiries with ids before p_before, in both tables; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.lock_closed(p_site smallint) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock(1937204592, (p_site)::integer) AS pg_advisory_xact_lock;
END;

COMMENT ON FUNCTION switchboard.lock_closed(p_site smallint) IS 'To be held, to the end of the transaction, by whoever moves or changes rows of closed inquiries that the engine does not hold. What looks at the rows must be a later statement: it has to see what the holder before did.';

CREATE FUNCTION switchboard.make_partitions(p_parent text, p_from timestamp with time zone, p_months integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.make_partitions(p_parent text, p_from timestamp with time zone, p_months integer) IS 'Makes the monthly partitions (UTC) of "event" or "closed_inquiry" from the month of p_from on, those that are not there; returns how many.';

CREATE TABLE switchboard.engine (
    epoch bigint DEFAULT 0 NOT NULL,
    batch bigint DEFAULT 0 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    next_id bigint NOT NULL,
    submitted bigint DEFAULT 0 NOT NULL,
    completed bigint DEFAULT 0 NOT NULL,
    abandoned bigint DEFAULT 0 NOT NULL,
    cancelled bigint DEFAULT 0 NOT NULL,
    clock timestamp with time zone NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    clock_speed double precision NOT NULL,
    site smallint NOT NULL,
    draining boolean DEFAULT false NOT NULL,
    lease_holder text NOT NULL,
    expired bigint DEFAULT 0 NOT NULL,
    paused text[],
    CONSTRAINT engine_clock_speed CHECK ((clock_speed > (0)::double precision)),
    CONSTRAINT engine_counts CHECK (((epoch >= 0) AND (batch >= 0) AND (seq >= 0))),
    CONSTRAINT engine_next_id CHECK (((next_id > 0) AND ((next_id >> 48) = site))),
    CONSTRAINT engine_paused CHECK ((cardinality(paused) >= 1)),
    CONSTRAINT engine_site CHECK (((site >= 0) AND (site <= 32767))),
    CONSTRAINT engine_totals CHECK (((completed >= 0) AND (abandoned >= 0) AND (cancelled >= 0) AND (expired >= 0) AND (submitted >= (((completed + abandoned) + cancelled) + expired))))
)
WITH (fillfactor='10');

COMMENT ON TABLE switchboard.engine IS 'One row a site: who may write, and the numbers that never go back.';

COMMENT ON COLUMN switchboard.engine.epoch IS 'Rises with every taking of the lease; a batch of an older epoch is refused.';

COMMENT ON COLUMN switchboard.engine.batch IS 'The last committed batch; rises by one.';

COMMENT ON COLUMN switchboard.engine.seq IS 'The last event''s number.';

COMMENT ON COLUMN switchboard.engine.next_id IS 'The id of the next inquiry; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.engine.submitted IS 'Inquiries ever accepted = completed + abandoned + cancelled + expired + live.';

COMMENT ON COLUMN switchboard.engine.completed IS 'Without those that were reopened since.';

COMMENT ON COLUMN switchboard.engine.clock IS 'The engine''s clock at the last committed batch (virtual where clock_speed is not 1).';

COMMENT ON COLUMN switchboard.engine.lease_until IS 'Until when the holder alone may write, by this server''s clock_timestamp().';

COMMENT ON COLUMN switchboard.engine.clock_speed IS 'How many times faster than real time the engine''s clock runs; fixed by the first start.';

COMMENT ON COLUMN switchboard.engine.draining IS 'Nothing is offered until DRAIN off=true.';

COMMENT ON COLUMN switchboard.engine.lease_holder IS 'The id of the holder''s data folder.';

COMMENT ON COLUMN switchboard.engine.expired IS 'Inquiries that waited for as long as the plan lets anything wait.';

COMMENT ON COLUMN switchboard.engine.paused IS 'The queues that are paused, in the order of the plan; NULL for none.';

CREATE FUNCTION switchboard.release(p_site smallint, p_epoch bigint) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 UPDATE switchboard.engine e SET lease_until = clock_timestamp()
   WHERE ((e.site = release.p_site) AND (e.epoch = release.p_epoch));
END;

COMMENT ON FUNCTION switchboard.release(p_site smallint, p_epoch bigint) IS 'Ends the lease of an epoch now, so that a standby need not wait for its expiry.';

CREATE FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.renew(p_site smallint, p_epoch bigint, p_lease interval) IS 'Prolongs the lease. SB001: deposed.';

CREATE FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.require_epoch(p_site smallint, p_epoch bigint) IS 'The fence of what is not a batch. SB001: deposed. It takes no lock, so it never holds up a batch.';

CREATE FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamp with time zone[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.sweep(p_site smallint, p_epoch bigint, p_ids bigint[], p_closed_at timestamp with time zone[]) IS 'Moves inquiries that were closed then, and are so still, to "closed_inquiry"; returns how many. SB001: deposed.';

CREATE FUNCTION switchboard.sweep_slice(p_site smallint, p_epoch bigint, p_before timestamp with time zone, p_after bigint, p_limit integer, OUT moved integer, OUT last bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION switchboard.sweep_slice(p_site smallint, p_epoch bigint, p_before timestamp with time zone, p_after bigint, p_limit integer, OUT moved integer, OUT last bigint) IS 'Of the p_limit inquiries after p_after, moves those closed before p_before; says how many and the last one looked at, NULL at the end. SB001: deposed.';

CREATE TABLE switchboard.agent (
    state_since timestamp with time zone NOT NULL,
    idle_since timestamp with time zone NOT NULL,
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
    CONSTRAINT agent_capacity CHECK (((capacity >= 1) AND (capacity <= 10000))),
    CONSTRAINT agent_missed_in_row CHECK ((missed_in_row >= 0)),
    CONSTRAINT agent_number CHECK ((number >= 0)),
    CONSTRAINT agent_state CHECK ((state = ANY (ARRAY['offline'::text, 'ready'::text, 'away'::text])))
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.agent IS 'One row an agent: what an admin says of it and what it says of itself.';

COMMENT ON COLUMN switchboard.agent.state_since IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.agent.idle_since IS 'From when its idleness counts where the longest idle is chosen.';

COMMENT ON COLUMN switchboard.agent.number IS 'Order of creation from 0; the last word between equal agents.';

COMMENT ON COLUMN switchboard.agent.capacity IS 'Points of work at one time, 1 to 10,000.';

COMMENT ON COLUMN switchboard.agent.missed_in_row IS 'Offers missed since it last accepted one.';

COMMENT ON COLUMN switchboard.agent.channels_on IS 'The channels it takes work on now; NULL for all of its channels.';

COMMENT ON COLUMN switchboard.agent.skills IS '{"billing": 5}: level 1 to 10 by skill; NULL for none.';

COMMENT ON COLUMN switchboard.agent.channels IS '{"voice": 1, "chat": null}: items at one time by channel, null for the plan''s limit; NULL for every channel of the plan.';

CREATE TABLE switchboard.closed_inquiry (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone NOT NULL,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    CONSTRAINT closed_inquiry_ended CHECK ((wrap_up_ends IS NULL)),
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
)
PARTITION BY RANGE (closed_at);

COMMENT ON TABLE switchboard.closed_inquiry IS 'One row an inquiry that is closed and that the engine holds no more. A month of closed_at a partition.';

COMMENT ON COLUMN switchboard.closed_inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.closed_inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.closed_inquiry.state_since IS 'When it came into its state.';

COMMENT ON COLUMN switchboard.closed_inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';

COMMENT ON COLUMN switchboard.closed_inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';

COMMENT ON COLUMN switchboard.closed_inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';

COMMENT ON COLUMN switchboard.closed_inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';

COMMENT ON COLUMN switchboard.closed_inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';

COMMENT ON COLUMN switchboard.closed_inquiry.wrap_up_ends IS 'Set while its agent''s slot is in wrap-up.';

COMMENT ON COLUMN switchboard.closed_inquiry.excluded_at IS 'When the last exclusion was made.';

COMMENT ON COLUMN switchboard.closed_inquiry.source IS 'The id of the token that submitted it.';

COMMENT ON COLUMN switchboard.closed_inquiry.priority IS '-100 to 100, higher is more urgent.';

COMMENT ON COLUMN switchboard.closed_inquiry.agent IS 'Offered to, assigned to, or who completed it.';

COMMENT ON COLUMN switchboard.closed_inquiry.excluded IS 'Agents who declined or missed it, oldest first.';

COMMENT ON COLUMN switchboard.closed_inquiry.passed IS 'Agents whose offer of it was withdrawn, oldest first: their late answer is told gone.';

COMMENT ON COLUMN switchboard.closed_inquiry.disposition IS 'Why it was cancelled, or how it was completed; free text.';

COMMENT ON COLUMN switchboard.closed_inquiry.skills IS 'What the request required, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.closed_inquiry.key IS 'The submitter''s idempotency key.';

COMMENT ON COLUMN switchboard.closed_inquiry.customer IS 'Personal data.';

COMMENT ON COLUMN switchboard.closed_inquiry.subject IS 'Personal data.';

COMMENT ON COLUMN switchboard.closed_inquiry.attrs IS 'Personal data: a JSON object, kept as it was submitted (json, so its bytes come back).';

COMMENT ON COLUMN switchboard.closed_inquiry.decision_seq IS 'The number of the event that gave it to its agent, which says why; NULL before.';

COMMENT ON COLUMN switchboard.closed_inquiry.waiting_since IS 'Since when it has waited in its queue, where that is not queued_at: it changed its queue, or came back from work.';

COMMENT ON COLUMN switchboard.closed_inquiry.scheduled_at IS 'When it enters its queue; set while scheduled.';

COMMENT ON COLUMN switchboard.closed_inquiry.hold_until IS 'Until when it waits for its preferred agent; set once it is in its queue.';

COMMENT ON COLUMN switchboard.closed_inquiry.hold IS 'For how long it waits for its preferred agent, in microseconds, where the request said so.';

COMMENT ON COLUMN switchboard.closed_inquiry.csat IS 'The customer''s satisfaction, 1 to 5.';

COMMENT ON COLUMN switchboard.closed_inquiry.nps IS 'Whether the customer would recommend us, 0 to 10.';

COMMENT ON COLUMN switchboard.closed_inquiry.preferred IS 'The agent whom it is for, while it waits or is offered; NULL for anybody.';

COMMENT ON COLUMN switchboard.closed_inquiry.prefer IS 'What would be nice to have, {"billing": 3}: level 1 to 10 by skill; NULL for nothing.';

COMMENT ON COLUMN switchboard.closed_inquiry.comment IS 'Personal data: what the customer said when rating it.';

COMMENT ON COLUMN switchboard.closed_inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';

COMMENT ON COLUMN switchboard.closed_inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

COMMENT ON COLUMN switchboard.closed_inquiry.policy IS 'The SLA policy that covers it; NULL for none.';

COMMENT ON COLUMN switchboard.closed_inquiry.policy_version IS 'The version of the plan that the policy is of.';

COMMENT ON COLUMN switchboard.closed_inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

COMMENT ON COLUMN switchboard.closed_inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';

CREATE TABLE switchboard.inquiry (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
)
WITH (fillfactor='50');

COMMENT ON TABLE switchboard.inquiry IS 'One row an inquiry that is live, or closed and not moved to "closed_inquiry" yet. An absent text is NULL, never empty.';

COMMENT ON COLUMN switchboard.inquiry.id IS 'Rises in order of submission; the site stands above bit 48.';

COMMENT ON COLUMN switchboard.inquiry.submitted_at IS 'By the engine''s clock, as all times of this table.';

COMMENT ON COLUMN switchboard.inquiry.state_since IS 'When it came into its state.';

COMMENT ON COLUMN switchboard.inquiry.queued_at IS 'The age that counts for its rank; declining, missing and withdrawing keep it.';

COMMENT ON COLUMN switchboard.inquiry.rank IS 'The virtual deadline, microseconds since 1970; the earliest is served first.';

COMMENT ON COLUMN switchboard.inquiry.offer_expires IS 'Until when its agent may accept; set while offered. An offer that stands still since a restart has what is left of it, counted from 1970-01-01.';

COMMENT ON COLUMN switchboard.inquiry.accepted_at IS 'When an agent took it, by accepting or by assignment.';

COMMENT ON COLUMN switchboard.inquiry.closed_at IS 'When it was completed, abandoned, cancelled or expired.';

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

COMMENT ON COLUMN switchboard.inquiry.stay IS 'In its queue: {"waited": microseconds it had waited before waiting_since, "steps": steps that have fired, "moves": how often it was moved by itself}; NULL for none of it.';

COMMENT ON COLUMN switchboard.inquiry.parts IS 'What skills is made of, {"billing:3 rule:gold customers"}: skill, level, who requires it; NULL where the request is all of it.';

COMMENT ON COLUMN switchboard.inquiry.policy IS 'The SLA policy that covers it; NULL for none.';

COMMENT ON COLUMN switchboard.inquiry.policy_version IS 'The version of the plan that the policy is of.';

COMMENT ON COLUMN switchboard.inquiry.clocks IS '{"assign": microseconds that it has run by the policy''s calendar, "assign.since": since when it runs besides (microseconds since 1970), "assign.on": 1 while it stands still, "assign.fired": thresholds that have fired, "assign.verdict": 1 met, 2 breached, …, "responded": 1 after the first response}; NULL where none was ever on.';

COMMENT ON COLUMN switchboard.inquiry.failed IS 'Conditions that could not be evaluated when it was routed, {"rule:gold customers",policy:vip}; NULL for none.';

CREATE VIEW switchboard.all_inquiry AS
 SELECT inquiry.id,
    inquiry.submitted_at,
    inquiry.state_since,
    inquiry.queued_at,
    inquiry.rank,
    inquiry.offer_expires,
    inquiry.accepted_at,
    inquiry.closed_at,
    inquiry.wrap_up_ends,
    inquiry.excluded_at,
    inquiry.source,
    inquiry.priority,
    inquiry.state,
    inquiry.queue,
    inquiry.agent,
    inquiry.outcome,
    inquiry.excluded,
    inquiry.passed,
    inquiry.disposition,
    inquiry.channel,
    inquiry.skills,
    inquiry.key,
    inquiry.customer,
    inquiry.subject,
    inquiry.attrs,
    inquiry.decision_seq,
    inquiry.waiting_since,
    inquiry.scheduled_at,
    inquiry.hold_until,
    inquiry.hold,
    inquiry.csat,
    inquiry.nps,
    inquiry.preferred,
    inquiry.prefer,
    inquiry.comment,
    inquiry.stay,
    inquiry.parts,
    inquiry.policy,
    inquiry.policy_version,
    inquiry.clocks,
    inquiry.failed
   FROM switchboard.inquiry
UNION ALL
 SELECT closed_inquiry.id,
    closed_inquiry.submitted_at,
    closed_inquiry.state_since,
    closed_inquiry.queued_at,
    closed_inquiry.rank,
    closed_inquiry.offer_expires,
    closed_inquiry.accepted_at,
    closed_inquiry.closed_at,
    closed_inquiry.wrap_up_ends,
    closed_inquiry.excluded_at,
    closed_inquiry.source,
    closed_inquiry.priority,
    closed_inquiry.state,
    closed_inquiry.queue,
    closed_inquiry.agent,
    closed_inquiry.outcome,
    closed_inquiry.excluded,
    closed_inquiry.passed,
    closed_inquiry.disposition,
    closed_inquiry.channel,
    closed_inquiry.skills,
    closed_inquiry.key,
    closed_inquiry.customer,
    closed_inquiry.subject,
    closed_inquiry.attrs,
    closed_inquiry.decision_seq,
    closed_inquiry.waiting_since,
    closed_inquiry.scheduled_at,
    closed_inquiry.hold_until,
    closed_inquiry.hold,
    closed_inquiry.csat,
    closed_inquiry.nps,
    closed_inquiry.preferred,
    closed_inquiry.prefer,
    closed_inquiry.comment,
    closed_inquiry.stay,
    closed_inquiry.parts,
    closed_inquiry.policy,
    closed_inquiry.policy_version,
    closed_inquiry.clocks,
    closed_inquiry.failed
   FROM switchboard.closed_inquiry;

COMMENT ON VIEW switchboard.all_inquiry IS 'Every inquiry that is kept, live or closed, once: for reports and look-ups.';

CREATE TABLE switchboard.closed_inquiry_default (
    id bigint NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    rank bigint NOT NULL,
    offer_expires timestamp with time zone,
    accepted_at timestamp with time zone,
    closed_at timestamp with time zone NOT NULL,
    wrap_up_ends timestamp with time zone,
    excluded_at timestamp with time zone,
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
    decision_seq bigint,
    waiting_since timestamp with time zone,
    scheduled_at timestamp with time zone,
    hold_until timestamp with time zone,
    hold bigint,
    csat smallint,
    nps smallint,
    preferred text,
    prefer json,
    comment text,
    stay json,
    parts text[],
    policy text,
    policy_version integer,
    clocks json,
    failed text[],
    CONSTRAINT closed_inquiry_ended CHECK ((wrap_up_ends IS NULL)),
    CONSTRAINT inquiry_clocks CHECK (((clocks IS NULL) OR (policy IS NOT NULL))),
    CONSTRAINT inquiry_csat CHECK (((csat >= 1) AND (csat <= 5))),
    CONSTRAINT inquiry_decision_seq CHECK ((decision_seq > 0)),
    CONSTRAINT inquiry_excluded CHECK (((excluded IS NULL) OR ((excluded_at IS NOT NULL) AND ((cardinality(excluded) >= 1) AND (cardinality(excluded) <= 64))))),
    CONSTRAINT inquiry_hold CHECK ((hold >= 0)),
    CONSTRAINT inquiry_id CHECK ((id > 0)),
    CONSTRAINT inquiry_nps CHECK (((nps >= 0) AND (nps <= 10))),
    CONSTRAINT inquiry_outcome CHECK (((outcome IS NULL) OR ((outcome = ANY (ARRAY['resolved'::text, 'unresolved'::text])) AND (state = 'completed'::text)))),
    CONSTRAINT inquiry_passed CHECK (((passed IS NULL) OR ((cardinality(passed) >= 1) AND (cardinality(passed) <= 64)))),
    CONSTRAINT inquiry_policy CHECK (((policy IS NULL) = (policy_version IS NULL))),
    CONSTRAINT inquiry_priority CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT inquiry_state CHECK (
CASE state
    WHEN 'scheduled'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (scheduled_at IS NOT NULL))
    WHEN 'waiting'::text THEN ((agent IS NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL))
    WHEN 'offered'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NOT NULL) AND (closed_at IS NULL))
    WHEN 'assigned'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'held'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NULL) AND (accepted_at IS NOT NULL))
    WHEN 'completed'::text THEN ((agent IS NOT NULL) AND (offer_expires IS NULL) AND (closed_at IS NOT NULL) AND (accepted_at IS NOT NULL))
    WHEN 'abandoned'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'cancelled'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    WHEN 'expired'::text THEN ((offer_expires IS NULL) AND (closed_at IS NOT NULL))
    ELSE false
END),
    CONSTRAINT inquiry_wrap_up CHECK (((wrap_up_ends IS NULL) OR (state = 'completed'::text)))
);

COMMENT ON TABLE switchboard.closed_inquiry_default IS 'Inquiries of months that nobody made a partition for; should be empty.';

CREATE TABLE switchboard.event (
    at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_seq CHECK ((seq > 0))
)
PARTITION BY RANGE (at);

COMMENT ON TABLE switchboard.event IS 'The event log: ids and inputs, no personal data. A month a partition.';

COMMENT ON COLUMN switchboard.event.at IS 'By the engine''s clock.';

COMMENT ON COLUMN switchboard.event.seq IS 'Rises by one in commit order, without gaps, for each site.';

COMMENT ON COLUMN switchboard.event.inquiry IS 'NULL where the event is about no inquiry.';

COMMENT ON COLUMN switchboard.event.details IS 'In the words of the line protocol: times RFC 3339, durations as "1m30s", levels and limits as objects; NULL for nothing.';

CREATE TABLE switchboard.event_default (
    at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    inquiry bigint,
    site smallint NOT NULL,
    type text NOT NULL,
    agent text,
    queue text,
    details json,
    CONSTRAINT event_seq CHECK ((seq > 0))
);

COMMENT ON TABLE switchboard.event_default IS 'Events of months that nobody made a partition for; should be empty.';

CREATE TABLE switchboard.inquiry_key (
    at timestamp with time zone NOT NULL,
    inquiry bigint NOT NULL,
    fingerprint uuid NOT NULL,
    request uuid NOT NULL,
    CONSTRAINT inquiry_key_inquiry CHECK ((inquiry > 0))
);

COMMENT ON TABLE switchboard.inquiry_key IS 'Idempotency keys within the key window: which request of which source made which inquiry.';

COMMENT ON COLUMN switchboard.inquiry_key.at IS 'When it was used, by the engine''s clock; older than the key window, it may be used anew.';

COMMENT ON COLUMN switchboard.inquiry_key.fingerprint IS '128-bit digest of source and key.';

COMMENT ON COLUMN switchboard.inquiry_key.request IS '128-bit digest of all fields of the request.';

CREATE TABLE switchboard.migration (
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    CONSTRAINT migration_checksum CHECK ((checksum ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT migration_number CHECK ((number > 0))
);

COMMENT ON TABLE switchboard.migration IS 'The schema files that were applied, each once, in order of number.';

COMMENT ON COLUMN switchboard.migration.checksum IS 'SHA-256 of the file''s bytes, in hexadecimal.';

CREATE TABLE switchboard.plan (
    at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    author text,
    note text,
    body json NOT NULL,
    CONSTRAINT plan_version CHECK ((version > 0))
);

COMMENT ON TABLE switchboard.plan IS 'Every version of the routing plan that was ever published; the highest is in force.';

COMMENT ON COLUMN switchboard.plan.author IS 'The name or id of the token that published it.';

COMMENT ON COLUMN switchboard.plan.body IS 'The whole document, kept as it was published.';

CREATE TABLE switchboard.token (
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    id integer NOT NULL,
    role text NOT NULL,
    agent text,
    name text,
    teams text[],
    digest bytea NOT NULL,
    CONSTRAINT token_digest CHECK ((length(digest) = 32)),
    CONSTRAINT token_id CHECK ((id > 0)),
    CONSTRAINT token_role CHECK ((role = ANY (ARRAY['admin'::text, 'supervisor'::text, 'gateway'::text, 'upstream'::text, 'agent'::text])))
);

COMMENT ON TABLE switchboard.token IS 'Who may connect as what; the secret itself is never stored.';

COMMENT ON COLUMN switchboard.token.id IS 'The source of what is submitted with it; 1 is the first admin.';

COMMENT ON COLUMN switchboard.token.agent IS 'Sessions of this token are bound to this agent.';

COMMENT ON COLUMN switchboard.token.teams IS 'A supervisor sees these teams only; NULL for all.';

COMMENT ON COLUMN switchboard.token.digest IS 'SHA-256 of the secret.';

ALTER TABLE ONLY switchboard.closed_inquiry ATTACH PARTITION switchboard.closed_inquiry_default DEFAULT;

ALTER TABLE ONLY switchboard.event ATTACH PARTITION switchboard.event_default DEFAULT;

ALTER TABLE ONLY switchboard.agent
    ADD CONSTRAINT agent_number_key UNIQUE (number);

ALTER TABLE ONLY switchboard.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY switchboard.closed_inquiry
    ADD CONSTRAINT closed_inquiry_pkey PRIMARY KEY (id, closed_at);

ALTER TABLE ONLY switchboard.closed_inquiry_default
    ADD CONSTRAINT closed_inquiry_default_pkey PRIMARY KEY (id, closed_at);

ALTER TABLE ONLY switchboard.engine
    ADD CONSTRAINT engine_pkey PRIMARY KEY (site);

ALTER TABLE ONLY switchboard.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (site, seq, at);

ALTER TABLE ONLY switchboard.event_default
    ADD CONSTRAINT event_default_pkey PRIMARY KEY (site, seq, at);

ALTER TABLE ONLY switchboard.inquiry_key
    ADD CONSTRAINT inquiry_key_pkey PRIMARY KEY (fingerprint);

ALTER TABLE ONLY switchboard.inquiry
    ADD CONSTRAINT inquiry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY switchboard.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY switchboard.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (version);

ALTER TABLE ONLY switchboard.token
    ADD CONSTRAINT token_digest_key UNIQUE (digest);

ALTER TABLE ONLY switchboard.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);

CREATE INDEX closed_inquiry_customer_idx ON ONLY switchboard.closed_inquiry USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX closed_inquiry_default_customer_id_idx ON switchboard.closed_inquiry_default USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX inquiry_customer_idx ON switchboard.inquiry USING btree (customer COLLATE "C", id) WHERE (customer IS NOT NULL);

CREATE INDEX inquiry_key_at_idx ON switchboard.inquiry_key USING brin (at) WITH (autosummarize='true');

ALTER INDEX switchboard.closed_inquiry_customer_idx ATTACH PARTITION switchboard.closed_inquiry_default_customer_id_idx;

ALTER INDEX switchboard.closed_inquiry_pkey ATTACH PARTITION switchboard.closed_inquiry_default_pkey;

ALTER INDEX switchboard.event_pkey ATTACH PARTITION switchboard.event_default_pkey;
